"""Plain text in lines: what came in pieces looks like what was there at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui_app.ui.widgets.plain_lines import PlainLines

PIECES = st.lists(st.text(st.sampled_from(list("ab \n語🙂")), max_size=20), max_size=12)


def lines(text: PlainLines, width: int) -> list[str]:
    """All lines for a width."""
    return [text.line(y) for y in range(text.lay(width))]


@given(PIECES, st.integers(1, 12), st.integers(1, 12))
def test_text_in_pieces_looks_like_the_whole_also_in_another_width(
    pieces: list[str], width: int, other: int
) -> None:
    grown = PlainLines()
    for piece in pieces:
        grown.add(piece)
        grown.lay(width)
    whole = PlainLines("".join(pieces))
    assert lines(grown, width) == lines(whole, width)
    assert lines(grown, other) == lines(whole, other)


def test_lines_are_broken_between_words() -> None:
    assert lines(PlainLines("one two three\n\nfour"), 8) == ["one two", "three", "", "four"]
