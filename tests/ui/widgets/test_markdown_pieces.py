"""Foreign text on the screen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui_app.ui.widgets.markdown_pieces import shown


@given(st.text())
def test_nothing_that_is_shown_moves_the_cursor_or_splits_lines_unseen(text: str) -> None:
    lines = shown(text).splitlines()
    assert lines == shown(text).removesuffix("\n").split("\n") or not lines
    assert "\x1b" not in shown(text)
