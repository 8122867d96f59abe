"""Which lines of which turns are selected: as long as the turns are the same, also of those out of sight."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Offset
from textual.selection import Selection
from textual.strip import Strip

if TYPE_CHECKING:
    from tui_app.ui.widgets.turn_parts import PromptPart

MOST_LINES: Final = 1 << 24
"""How many lines of a turn can be told apart."""


def offset_of(index: int, line: int) -> int:
    """The line of a turn as Textual's selections name it: they keep their order whatever comes into sight."""
    return index * MOST_LINES + line


def place_of(y: int) -> tuple[int, int]:
    """The turn and its line that `offset_of` made this of."""
    return divmod(y, MOST_LINES)


def whole_lines(index: int, lines: range) -> Selection:
    """A selection of lines of one turn."""
    return Selection(Offset(0, offset_of(index, lines.start)), Offset(0, offset_of(index, lines.stop)))


def turns_in(selection: Selection, count: int) -> range:
    """Which of `count` turns it touches."""
    start, end = selection
    first = place_of(start.y)[0] if start is not None else 0
    last = place_of(end.y)[0] if end is not None else count - 1
    return range(max(0, first), min(last + 1, count))


def selected_lines(
    selection: Selection, index: int, lines: Iterator[str], rows: range, prompt: PromptPart
) -> Iterator[str]:
    """What is selected of the lines of a turn; of those of its prompt, in `rows`, the text that was asked."""
    asked: list[tuple[int, int]] = []
    for number, text in enumerate(lines):
        span = selection.get_span(offset_of(index, number))
        if span is not None:
            start, end = span
            if number in rows:
                asked = [*asked[:1], (number - rows.start, start), (number - rows.start, end)]
            else:
                yield text[start:] if end == -1 else text[start:end]
        if asked and (span is None or number == rows.stop - 1):
            yield prompt.text(asked[0], asked[-1])
            asked = []


def spans_of(words: Sequence[str], text: str) -> list[tuple[int, int]]:
    """Where words stand in a line, in capitals or not."""
    if not words or not (folded := text.lower()) or len(folded) != len(text):
        return []
    pattern = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return [found.span() for found in re.finditer(pattern, folded)]


def highlighted(strip: Strip, span: tuple[int, int], style: Style) -> Strip:
    """A line with a span of its characters in the style of what is selected; -1 is its end."""
    start, end = span
    text = strip.text
    first = cell_len(text[:start])
    last = strip.cell_length if end == -1 else cell_len(text[:end])
    chosen = strip.crop(first, last)
    marked = Strip(Segment.apply_style(chosen, None, style), chosen.cell_length)
    return Strip.join([strip.crop(0, first), marked, strip.crop(last, strip.cell_length)])
