"""Long Markdown cut into pieces that are drawn apart, so that a long answer costs what its end costs."""

from __future__ import annotations

import re
from typing import Final

from tui_app.core.text import plain

PIECE: Final = 700
"""From how many characters on a piece may end."""
_LINES: Final = re.compile(r"[^\n]*\n|[^\n]+")
_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})(.*)", re.DOTALL)


def shown(text: str) -> str:
    """Make foreign text fit to be drawn: plain, and every kind of line end a line feed.

    Textual counts lines by `str.splitlines`, the Markdown parser by line feeds; a text in which
    the two differ would lose its end.
    """
    return plain(text).replace("\u2028", "\n").replace("\u2029", "\n\n")


class Cutter:
    """Cuts a text that grows where a new block of Markdown surely begins; the pieces joined are the text.

    That is at a line that starts with a letter or a heading after an empty one, outside of fences.
    """

    def __init__(self, size: int = PIECE) -> None:
        self._size, self._length = size, 0
        self._line = ""
        self._after_blank = False
        self._fence = ""

    def add(self, text: str) -> list[str]:
        """Take more text: what of it belongs to the piece at hand, then the beginnings of further pieces."""
        pieces = [""]
        for part in _LINES.findall(text):
            if not self._line and self._may_cut(part[0]):
                pieces.append("")
                self._length = 0
            pieces[-1] += part
            self._length += len(part)
            self._line += part
            if part.endswith("\n"):
                self._end_line()
        return pieces

    def _may_cut(self, first: str) -> bool:
        ripe = self._length >= self._size and self._after_blank and not self._fence
        return ripe and (first.isalpha() or first == "#")

    def _end_line(self) -> None:
        line, self._line = self._line, ""
        self._after_blank = not line.strip()
        found = _FENCE.match(line)
        if not found:
            return
        marks, rest = found[1], found[2]
        if not self._fence:
            if marks[0] == "~" or "`" not in rest:
                self._fence = marks
        elif marks[0] == self._fence[0] and len(marks) >= len(self._fence) and not rest.strip():
            self._fence = ""


def pieces_of(text: str, size: int = PIECE) -> list[str]:
    """Cut a whole text."""
    return Cutter(size).add(text)
