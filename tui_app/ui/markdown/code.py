"""Code as a piece of a page: in a fence or indented, on a surface of its own."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment

from tui_app.ui.markdown.blocks import Kind, Leaf
from tui_app.ui.markdown.colouring import Colouring
from tui_app.ui.markdown.look import Look
from tui_app.ui.markdown.wrapping import Span, between, spans_of


class Code:
    """Code; the lines that are settled are laid out once a width."""

    def __init__(self) -> None:
        self._colouring = Colouring("")
        self._rows: list[tuple[int, Span]] = []
        self._counted, self._settled_rows = 0, 0
        self._width = 0

    def grow(self, leaf: Leaf) -> None:
        """Take its lines."""
        lines, language = leaf.lines, _language(leaf.info)
        if self._colouring.language != language:
            self._colouring, self._width = Colouring(language), 0
        if leaf.kind is Kind.INDENTED:
            lines = list(lines)
            while lines and not lines[-1]:
                lines.pop()
        self._colouring.take(lines, unfinished=leaf.unfinished)

    def lay(self, width: int) -> int:
        """Break what is wider than the surface."""
        if width != self._width:
            self._width, self._counted, self._settled_rows = width, 0, 0
        del self._rows[self._settled_rows :]
        self._lay_lines(self._counted, self._colouring.settled)
        self._counted, self._settled_rows = self._colouring.settled, len(self._rows)
        self._lay_lines(self._counted, len(self._colouring.lines))
        if not self._rows:
            self._rows.append((0, (0, 0)))
        return len(self._rows)

    def _lay_lines(self, begin: int, end: int) -> None:
        room = max(1, self._width - 2)
        for number in range(begin, end):
            self._rows += [(number, span) for span in spans_of(self._colouring.lines[number], room)]

    def paint(self, line: int, look: Look) -> list[Segment]:
        """A line of code on its surface."""
        number, span = self._rows[line]
        runs = between(self._colouring.lines[number], span) if self._colouring.lines else []
        used = sum(cell_len(text) for text, _ in runs)
        painted = [Segment(text, look.code(kind)) for text, kind in runs]
        room = max(0, self._width - 1 - used)
        return [Segment(" ", look.ground), *painted, Segment(" " * room, look.ground)]

    @property
    def settled(self) -> int:
        """Those of the lines of code that are coloured for good."""
        return self._settled_rows


def _language(info: str) -> str:
    words = info.split()
    return words[0].strip("{}.").lower() if words else ""
