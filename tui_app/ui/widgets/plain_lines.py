"""Plain text broken into lines; what comes later costs only itself."""

from __future__ import annotations

from tui_app.ui.markdown.wrapping import Span, spans_of


class PlainLines:
    """Text that grows; its lines are broken between words, once a width."""

    def __init__(self, text: str = "") -> None:
        self._lines = text.split("\n")
        self._rows: list[tuple[int, Span]] = []
        self._whole_rows, self._whole_lines, self._width = 0, 0, 0

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, text: str) -> None:
        """Append text."""
        first, *more = text.split("\n")
        self._lines[-1] += first
        self._lines += more

    def lay(self, width: int) -> int:
        """Break it for a width in cells; how many lines that takes."""
        if width != self._width:
            self._width, self._whole_rows, self._whole_lines = width, 0, 0
        del self._rows[self._whole_rows :]
        for number in range(self._whole_lines, len(self._lines)):
            self._whole_rows, self._whole_lines = len(self._rows), number
            self._rows += [(number, span) for span in spans_of([(self._lines[number], None)], width)]
        return len(self._rows)

    def line(self, y: int) -> str:
        """One of the lines as laid out."""
        number, (begin, end) = self._rows[y]
        return self._lines[number][begin:end]

    def offset(self, y: int, x: int) -> int:
        """Which character of the whole text is the one at `x` of a line; -1 is the line's end."""
        number, (begin, end) = self._rows[y]
        before = sum(len(line) + 1 for line in self._lines[:number])
        return before + (end if x == -1 else min(begin + x, end))
