"""The gauge draws a quota and counts it down, and is still when there is nothing to count."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.content import Content

from tui_app.core.quota import Closure, Group, Quota
from tui_app.ui.widgets.gauge import Gauge, bar, gauge_content, gauge_details

FREE = Quota(Group("https://x", "abcd1234", "m"), 3, 100.0)
SPENT = replace(FREE, free_at=(112.0, 130.0, 150.0))


@given(st.integers(1, 1000), st.data(), st.integers(6, 40))
def test_a_bar_has_its_width_and_is_full_or_empty_only_when_the_quota_is(
    limit: int, data: st.DataObject, width: int
) -> None:
    left = data.draw(st.integers(0, limit))
    drawn = bar(left, limit, width)
    assert drawn.cell_length == width
    assert (drawn.plain == "━" * width) == (left == limit)
    assert (drawn.plain == "─" * width) == (left == 0)


@given(st.integers(10, 120), st.floats(90, 160))
def test_a_line_of_the_gauge_never_leaves_its_width(width: int, now: float) -> None:
    line = gauge_content(SPENT, now, width)
    assert line.cell_length <= width
    assert "\n" not in line.plain


def test_a_line_of_the_gauge_says_what_the_bar_shows() -> None:
    assert gauge_content(FREE, 100, 40).plain.endswith(" 3 of 3 left")
    assert gauge_content(SPENT, 100, 46).plain.endswith("none of 3 left, next in 12 s")


def test_foreign_words_in_a_closure_are_no_markup() -> None:
    closed = replace(FREE, closure=Closure(165.0, "[/v1/messages] [bold]no"))
    seen = gauge_details(closed, 100, 80, wall=0.0, shares=("other",))
    assert "[/v1/messages] [bold]no" in seen.plain
    assert "shared with other" in seen.plain


def test_a_limit_of_this_process_alone_is_said_beside_the_bar() -> None:
    alone = replace(FREE, alone="the ledger [/x] cannot be used")
    assert "! this process's own limit, others are not counted: the ledger [/x]" in (
        gauge_details(alone, 100, 120, wall=0.0).plain
    )
    assert "own limit" in gauge_content(alone, 100, 46).plain


class _Bench(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.time = 100.0

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {"gauge-left": "red", "gauge-used": "grey"}

    def compose(self) -> ComposeResult:
        yield Gauge(lambda: self.time)


def _words(gauge: Gauge) -> str:
    assert isinstance(gauge.content, Content)
    return gauge.content.plain


async def test_a_gauge_ticks_while_it_counts_and_then_stops() -> None:
    app = _Bench()
    async with app.run_test(size=(100, 10)) as pilot:
        gauge = app.query_one(Gauge)
        gauge.quota = FREE
        await pilot.pause()
        assert not gauge.ticking
        gauge.quota = SPENT
        await pilot.pause()
        assert gauge.ticking
        assert "none of 3 left" in _words(gauge)
        app.time = 151.0
        while gauge.ticking:
            await pilot.pause(0.01)
        assert "3 of 3 left" in _words(gauge)


@pytest.mark.parametrize("width", [30, 80, 120])
async def test_a_gauge_fits_its_place(width: int) -> None:
    app = _Bench()
    async with app.run_test(size=(width, 10)) as pilot:
        gauge = app.query_one(Gauge)
        gauge.quota = SPENT
        await pilot.pause()
        assert max(len(line) for line in _words(gauge).splitlines()) <= width


async def test_a_gauge_says_why_there_is_no_telling_and_comes_back() -> None:
    app = _Bench()
    async with app.run_test(size=(80, 10)) as pilot:
        gauge = app.query_one(Gauge)
        gauge.quota = SPENT
        await pilot.pause()
        gauge.trouble = "the ledger [/x] cannot be used"
        await pilot.pause()
        assert "✗ no request starts" in str(gauge.content)
        assert "[/x]" in str(gauge.content)
        assert not gauge.ticking
        gauge.trouble = ""
        await pilot.pause()
        assert "of 3 left" in str(gauge.content)
        assert gauge.ticking
