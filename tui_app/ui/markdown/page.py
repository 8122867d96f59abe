"""A Markdown text as lines of the terminal, that costs what comes and not what is there."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from textual.strip import Strip

from tui_app.ui.markdown.blocks import BlockReader, Container, Leaf
from tui_app.ui.markdown.look import Look
from tui_app.ui.markdown.margin import Margin, margin_width
from tui_app.ui.markdown.pieces import Piece, piece_of

LONGEST_LINE: Final = 2_000
"""A longer line of the source is read as several."""


@dataclass(slots=True)
class _Set:
    """A block as it is set on the page: what draws it, and what is before it."""

    leaf: Leaf
    piece: Piece
    before: tuple[Container, ...] | None
    apart: bool
    height: int = 0

    def lay(self, width: int) -> None:
        room = max(1, width - margin_width(self.leaf.containers))
        self.height = self.piece.lay(room) + self.apart

    def paint(self, line: int, width: int, look: Look) -> Strip:
        margin = Margin(self.leaf.containers, self.before or (), look)
        number = line - self.apart
        if number < 0:
            return margin.gap
        return margin.beside(self.piece.paint(number, look), width, first=not number)


def _apart(leaf: Leaf, before: Leaf | None) -> bool:
    """Whether an empty line is before a block: within a list or a quote as in the source, else always."""
    if before is None or leaf.joined:
        return False
    there, here = before.containers[:1], leaf.containers[:1]
    if not there or not here:
        return True
    same = there[0].serial == here[0].serial or there[0].list_serial == here[0].list_serial != 0
    return leaf.apart if same else True


def warm_up() -> None:
    """Load what the first words and the first code would wait for, some 0.2 s; for a thread."""
    page = Page()
    for _ in page.feed("*a* https://example.com\n```python\na = 1\n```\n"):
        pass


class Page:
    """Takes a text bit by bit and holds its lines for one width.

    A block that no further text can change is laid out once a width; of the last one only what is new.
    """

    def __init__(self) -> None:
        self._reader = BlockReader()
        self._line = ""
        self._sets: list[_Set] = []
        self._starts: list[int] = []
        self._open: list[_Set] = []
        self._width = 0
        self._closed = 0

    def __len__(self) -> int:
        return self._closed + sum(each.height for each in self._open)

    @property
    def width(self) -> int:
        """The width that the lines are laid out for, in cells; 0 before there is one."""
        return self._width

    @property
    def settled(self) -> int:
        """How many lines no further text can change."""
        if not self._open or not self._open[0].piece.settled:
            return self._closed
        return self._closed + self._open[0].apart + self._open[0].piece.settled

    def paint(self, y: int, look: Look) -> Strip:
        """The line `y`. Raises IndexError where there is none."""
        if y < self._closed:
            at = bisect_right(self._starts, y) - 1
            return self._sets[at].paint(y - self._starts[at], self._width, look)
        y -= self._closed
        for each in self._open:
            if y < each.height:
                return each.paint(y, self._width, look)
            y -= each.height
        raise IndexError(y)

    def feed(self, text: str) -> Iterator[None]:
        """Take more text, a line with each step; without the last step the end is not there."""
        *whole, last = text.split("\n")
        for line in whole:
            self._read(self._line + line)
            self._line = ""
            yield
        self._line += last
        while len(self._line) > LONGEST_LINE:
            line, self._line = _cut(self._line)
            self._read(line)
            yield
        self._look_ahead()
        yield

    def lay(self, width: int) -> None:
        """Lay all lines out for a width in cells."""
        if width == self._width:
            return
        self._width, self._closed = width, 0
        self._starts.clear()
        for each in self._sets:
            self._lay_settled(each)
        for each in self._open:
            each.lay(width)

    def _lay_settled(self, made: _Set) -> None:
        made.lay(self._width)
        self._starts.append(self._closed)
        self._closed += made.height

    def _read(self, line: str) -> None:
        while len(line) > LONGEST_LINE:
            first, line = _cut(line)
            self._reader.read(first)
        self._reader.read(line)
        for leaf in self._reader.take_closed():
            made = self._set(leaf, self._sets[-1].leaf if self._sets else None)
            self._sets.append(made)
            self._open = []
            if self._width:
                self._lay_settled(made)

    def _look_ahead(self) -> None:
        """Set the blocks that may still change, as if the text ended here."""
        reader = self._reader.with_unfinished(self._line) if self._line else self._reader
        made: list[_Set] = []
        before = self._sets[-1].leaf if self._sets else None
        for leaf in [*reader.closed, *([reader.leaf] if reader.leaf is not None else [])]:
            made.append(self._set(leaf, before))
            before = leaf
            if self._width:
                made[-1].lay(self._width)
        self._open = made

    def _set(self, leaf: Leaf, before: Leaf | None) -> _Set:
        """A block with the piece that drew it already, or a new one."""
        name = (leaf.serial, leaf.kind)
        known = (each.piece for each in self._open if (each.leaf.serial, each.leaf.kind) == name)
        piece = next(known, None) or piece_of(leaf.kind)
        piece.grow(leaf)
        return _Set(leaf, piece, before.containers if before else None, _apart(leaf, before))


def _cut(line: str) -> tuple[str, str]:
    """A line that is too long in two, if possible between words."""
    at = line.rfind(" ", LONGEST_LINE // 2, LONGEST_LINE) + 1 or LONGEST_LINE
    return line[:at], line[at:]
