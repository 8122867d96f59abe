"""Marks on lines as they are drawn."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.word_marks import Stretch, compared
from tui_app.ui.widgets.marked_text import lines_of, spans_of


def test_a_mark_over_lines_is_cut_at_their_ends() -> None:
    marked = (Stretch("a ", False), Stretch("b\n  c\n\nd", True), Stretch(" e", False))
    assert spans_of(marked) == {0: [(2, 3)], 1: [(2, 3)], 3: [(0, 1)]}


@given(st.text("ab \n"), st.text("ab \n"))
def test_each_mark_holds_what_differs_and_nothing_else(first: str, second: str) -> None:
    for text, marked in zip((first, second), compared(first, second), strict=True):
        lines = text.split("\n")
        held = [lines[y][a:b] for y, spans in spans_of(marked).items() for a, b in spans]
        wanted = [
            part.strip() for each in marked if each.differs for part in each.text.split("\n") if part.strip()
        ]
        assert held == wanted


async def test_an_answer_out_of_sight_is_read_as_it_would_be_drawn() -> None:
    assert await lines_of("# A *title*\n\n- one\n- two") == ["A title", "", " • one", " • two"]
