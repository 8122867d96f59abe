"""Tables, whose columns are as wide as their cells ask for until the table is long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from rich.cells import cell_len
from rich.segment import Segment

from tui_app.ui.markdown.blocks import Leaf, cells_of
from tui_app.ui.markdown.ink import PLAIN, Run, inked
from tui_app.ui.markdown.look import Look
from tui_app.ui.markdown.wrapping import Span, between, spans_of

MEASURED_ROWS: Final = 64
"""How many rows have a say in how wide the columns are; later ones fit themselves in."""
SPARE: Final = 4
"""How many cells a column of a longer table is wider than it needs to be, where there is room."""
GAP: Final = 3
Side: TypeAlias = Literal["left", "center", "right"]
Cell: TypeAlias = list[list[Run]]


class Row:
    """A row: its cells, what each wants to be wide, and where their lines break."""

    __slots__ = ("cells", "source", "spans", "wanted")

    def __init__(self, source: str, columns: int) -> None:
        self.source = source
        cells = [inked(cell) for cell in cells_of(source)[:columns]]
        self.cells: list[Cell] = cells + [[[("", PLAIN)]]] * (columns - len(cells))
        self.wanted = [max(_length(line) for line in cell) for cell in self.cells]
        self.spans: list[list[tuple[Sequence[Run], Span]]] = []

    def lay(self, widths: Sequence[int]) -> int:
        """Break its cells; how many lines the highest takes."""
        if not any(len(cell) > 1 for cell in self.cells) and all(map(int.__le__, self.wanted, widths)):
            self.spans = []
            return 1
        self.spans = [
            [(line, span) for line in cell for span in spans_of(line, width)]
            for cell, width in zip(self.cells, widths, strict=True)
        ]
        return max(map(len, self.spans))

    def runs(self, column: int, line: int) -> Sequence[Run]:
        """What stands in a column on a line of the row."""
        if not self.spans:
            return self.cells[column][0]
        rows = self.spans[column]
        return between(*rows[line]) if line < len(rows) else []


class Table:
    """A table; its rows are laid out again only when a column gets another width."""

    def __init__(self) -> None:
        self._sides: list[Side] = []
        self._rows: list[Row] = []
        self._lines: list[tuple[int, int]] = []
        self._ends: list[int] = []
        self._widths: list[int] = []

    def grow(self, leaf: Leaf) -> None:
        """Take its rows, of which only the last may have changed."""
        head, delimiter, *body = leaf.lines
        sources = [head, *body]
        self._sides = [_side(cell) for cell in cells_of(delimiter)]
        while self._rows and self._rows[-1].source not in sources[len(self._rows) - 1 : len(self._rows)]:
            self._rows.pop()
        self._rows += [Row(source, len(self._sides)) for source in sources[len(self._rows) :]]

    def lay(self, width: int) -> int:
        """Share the width out among the columns and break the cells."""
        measured = [row.wanted for row in self._rows[:MEASURED_ROWS]]
        wanted = [max(column) for column in zip(*measured, strict=True)]
        widths = widths_of(wanted, width, long=len(self._rows) > MEASURED_ROWS)
        if widths != self._widths:
            self._widths, self._ends = widths, []
        # The row laid out last may have been unfinished.
        del self._ends[max(0, min(len(self._rows), len(self._ends)) - 1) :]
        del self._lines[self._ends[-1] if self._ends else 0 :]
        for number in range(len(self._ends), len(self._rows)):
            self._lines += [(number, nth) for nth in range(self._rows[number].lay(widths))]
            self._ends.append(len(self._lines))
        return len(self._lines)

    def paint(self, line: int, look: Look) -> list[Segment]:
        """A line of a row."""
        number, nth = self._lines[line]
        painted: list[Segment] = []
        for column, (width, side) in enumerate(zip(self._widths, self._sides, strict=True)):
            inks = [(text, look.words(ink)) for text, ink in self._rows[number].runs(column, nth)]
            words = [Segment(text, style if number else look.head + style) for text, style in inks]
            room = max(0, width - sum(segment.cell_length for segment in words))
            before = {"left": 0, "center": room // 2, "right": room}[side]
            painted += [Segment(" " * before), *words, Segment(" " * (room - before + GAP))]
        return painted[:-1]

    @property
    def settled(self) -> int:
        """None before its end: a column may get wider."""
        return 0


def _length(runs: Sequence[Run]) -> int:
    return cell_len("".join(text for text, _ in runs))


def _side(cell: str) -> Side:
    if cell.endswith(":"):
        return "center" if cell.startswith(":") else "right"
    return "left"


def widths_of(wanted: Sequence[int], width: int, *, long: bool) -> list[int]:
    """Share the width out: who wants little gets it, the others get the same."""
    room = max(len(wanted), width - GAP * (len(wanted) - 1))
    if not long:
        return _shared(wanted, room)
    narrow = _shared([want + 1 for want in wanted], room)
    more = max(0, room - sum(narrow)) // len(wanted)
    return [got + min(SPARE, more) for got in narrow]


def _shared(wanted: Sequence[int], room: int) -> list[int]:
    got, left = [0] * len(wanted), room
    order = sorted(range(len(wanted)), key=lambda column: wanted[column])
    for nth, column in enumerate(order):
        got[column] = max(1, min(wanted[column], left // (len(order) - nth)))
        left = max(0, left - got[column])
    return got
