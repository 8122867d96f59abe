"""The strip of starts in characters: readable without a colour, never wider than its place."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.core.test_starts import NOW, STARTS
from tui_app.core.activity import Start
from tui_app.core.quota import Source
from tui_app.core.starts import picture, tally
from tui_app.ui.widgets.start_cells import axis, chart_row, legend


def rows(starts: list[Start], columns: int, height: int) -> list[str]:
    """The chart from top to bottom."""
    drawn = picture(starts, NOW, columns, height)
    return ["".join(text for text, _ in chart_row(drawn, row)) for row in range(height - 1, -1, -1)]


def said(starts: list[Start], width: int, scale: int = 1) -> str:
    """The legend."""
    return "".join(text for text, _ in legend(tally(starts), scale, width))


def test_a_single_start_is_a_letter_in_its_place() -> None:
    seen = rows([Start(NOW - 29.6, "a", Source.ASK, False), Start(NOW - 0.1, "a", Source.CHAT, True)], 60, 2)
    assert seen[0].strip(" ┊") == ""
    assert seen[1].index("a") == 29
    assert seen[1].endswith(("C", "C "))


def test_a_burst_has_its_count_above_it_and_a_letter_below() -> None:
    burst = [Start(NOW - 30.1, "a", Source.ASK, True)] * 50 + [Start(NOW - 10.1, "a", Source.CHAT, False)]
    top, *middle, letters = rows(burst, 60, 5)
    assert [row.count("A") for row in middle] == [0, 1, 1]
    assert "50" in top
    assert letters.replace(" ", "").replace("┊", "") == "Ac"
    assert "a tile is 20 starts" in said(burst, 80, 20)


@given(STARTS, st.integers(40, 150), st.integers(1, 7))
def test_rows_are_as_wide_as_the_strip(starts: list[Start], columns: int, height: int) -> None:
    assert {len(row) for row in rows(starts, columns, height)} == {columns}
    assert len(axis(columns)) == columns
    assert len(said(starts, columns)) == columns


def test_the_axis_runs_from_a_minute_ago_to_now() -> None:
    line = axis(118)
    assert line.startswith("60 s ago")
    assert line.endswith(" now")
    assert all(f" {ago} " in line for ago in (50, 40, 30, 20, 10))


def test_the_legend_names_each_source_with_its_count_and_who_the_small_letters_are() -> None:
    starts = [Start(NOW, "a", Source.CHAT, True)] * 3 + [Start(NOW, "a", Source.SERVE, False)]
    assert said(starts, 100).startswith("C chat 3  s serve 1  ")
    assert said(starts, 100).endswith("small letters: other processes")


def test_what_a_tile_stands_for_is_said_however_little_room_there_is() -> None:
    starts = [Start(NOW, "a", source, ours) for source in Source for ours in (True, False)]
    assert said(starts, 60, 5).endswith("1 tile = 5")
