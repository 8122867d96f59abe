"""The columns of the list fit every width, and what matters most stays whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.bench import BROKEN, endpoint
from tui_app.core.quota import Group, Quota
from tui_app.ui.widgets.columns import Columns, head_line
from tui_app.ui.widgets.endpoint_rows import Moment, row_line

LEAST, MOST = 56, 240
QUOTA = Quota(Group("https://one.example", "0a1b2c3d", "m"), 50, 0.0)


@given(st.integers(LEAST, MOST))
def test_no_line_is_longer_than_its_room(width: int) -> None:
    columns = Columns.of(width)
    for row in (endpoint("a-name-that-is-rather-long-for-a-list"), BROKEN):
        line = row_line(row, QUOTA, columns, Moment(0.0, 0.0), marked=True)
        assert line.cell_length <= width
    assert head_line(columns).cell_length <= width


@pytest.mark.parametrize("width", [LEAST, 76, 116, 196])
def test_the_quota_is_said_in_numbers_at_every_width(width: int) -> None:
    columns = Columns.of(width)
    line = row_line(endpoint(), QUOTA, columns, Moment(0.0, 0.0), marked=False)
    assert "50 of 50 left" in line.plain
    assert bool(columns.model) == (width > LEAST)
