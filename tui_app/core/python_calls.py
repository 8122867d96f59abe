"""Calls of Python's client as they are written: their arguments, read without running anything."""

from __future__ import annotations

import re
from typing import Final

from tui_app.core.clippings import Clipping, Unreadable, Value
from tui_app.core.python_values import PythonExpression

_PIECE: Final = re.compile(
    r"[^()\[\]{}\"'#.\n]++|\#[^\n]*+|\"{3}|'{3}"
    r"|\"(?:[^\"\\\n]++|\\(?:.|\n))*+\"|'(?:[^'\\\n]++|\\(?:.|\n))*+'|.|\n"
)
_ANOTHER: Final = re.compile(r"\.\s*inference\s*\.\s*\w+\s*\(")
_ASSIGNED: Final = re.compile(r"^[ \t]*+([A-Za-z_]\w*+)[ \t]*+(?::[^=\n]*+)?=(?!=)[ \t]*+", re.MULTILINE)
_CLOSERS: Final = {"(": ")", "[": "]", "{": "}"}
_DEEPEST: Final = 60
_LONGEST: Final = 200_000


class PythonReader:
    """Reads the arguments of calls in one text; `at` is where it stands, also after it failed."""

    def __init__(self, clipping: Clipping) -> None:
        self.clipping, self.at = clipping, 0
        self._assigned: dict[str, int] | None = None

    def arguments(self, opening: int) -> Value:
        """The named arguments of the call whose `(` stands at `opening`. Raises Unreadable."""
        end = self._extent(opening, within_line=False)
        return PythonExpression(self.clipping.text[opening:end], opening, self._value_of).arguments()

    def _value_of(self, name: str) -> tuple[str, int] | None:
        """The expression that a name was assigned last, and its offset."""
        if self._assigned is None:
            self._assigned = {found[1]: found.end() for found in _ASSIGNED.finditer(self.clipping.text)}
        start = self._assigned.get(name)
        if start is None:
            return None
        at, end = self.at, self._extent(start, within_line=True)
        self.at = at
        self.clipping.spend(end - start, start)
        return self.clipping.text[start:end], start

    def _extent(self, start: int, *, within_line: bool) -> int:
        """Where an expression ends: with its bracket, or with its line outside of brackets."""
        open_, self.at = "", start
        while self.at < len(self.clipping.text) and self.at - start < _LONGEST:
            piece = self._piece()
            if piece in _CLOSERS:
                open_ += _CLOSERS[piece]
            elif piece in {")", "]", "}"}:
                if open_[-1:] != piece:
                    raise Unreadable(self.at - 1, "this bracket closes nothing")
                open_ = open_[:-1]
            if len(open_) > _DEEPEST:
                raise Unreadable(self.at - 1, "it is nested too deeply")
            if not open_ and (piece == "\n" or not within_line):
                return self.at
        if within_line and not open_:
            return self.at
        too_long = self.at - start >= _LONGEST
        raise Unreadable(start, "this call is too long" if too_long else "this call has no end")

    def _piece(self) -> str:
        """Go past one bracket, string, comment or run of anything else."""
        found = _PIECE.match(self.clipping.text, self.at)
        assert found is not None
        piece, start = found.group(), self.at
        if piece in {'"', "'"} or (piece in {'"""', "'''"} and self._close(piece) < 0):
            raise Unreadable(start, "the string that begins here has no end")
        if piece == "." and _ANOTHER.match(self.clipping.text, start):
            raise Unreadable(start, "the call before this one has no end")
        self.at = self._close(piece) + 3 if piece in {'"""', "'''"} else found.end()
        return piece

    def _close(self, mark: str) -> int:
        return self.clipping.find(mark, self.at + 3)
