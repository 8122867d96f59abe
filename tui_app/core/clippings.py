"""Foreign text as it is read: where closing marks stand, on which line an offset is, what was found."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tui_app.core.jsons import JsonValue

_EDGE: Final = "\udfff"
"""No text that was decoded has it, and no endpoint takes it."""
UNKNOWN_KEY: Final = "<api_key>"
"""What stands for a key that the text reads from somewhere: a placeholder, as in documentation."""
_AGAIN: Final = 100_000

Span = tuple[int, int]
"""From an offset in the text up to another one."""


class Unreadable(ValueError):
    """Text that is not what it begins as: `at` is an offset; `reason` quotes nothing, it may be a key."""

    def __init__(self, at: int, reason: str) -> None:
        super().__init__(reason)
        self.at, self.reason = at, reason


@dataclass(frozen=True, slots=True)
class Value:
    """A JSON value with where each of its members stands: dotted path to span, `""` is the whole.

    Of a string the span is what lies between its marks, where they are simple.
    """

    value: JsonValue = field(repr=False)
    spans: Mapping[str, Span]


class Clipping:
    """A text from outside, with line ends of one kind, read from front to back in linear time."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines: list[int] | None = None
        self._none_from: dict[str, int] = {}
        self._spent = 0

    def line(self, at: int) -> int:
        """The line of an offset, from 1."""
        if self._lines is None:
            self._lines = [match.end() for match in re.finditer("\n", self.text)]
        return bisect_right(self._lines, at) + 1

    def find(self, mark: str, at: int) -> int:
        """The offset of the next `mark`, or -1, which is looked for but once."""
        if at >= self._none_from.get(mark, len(self.text) + 1):
            return -1
        found = self.text.find(mark, at)
        if found < 0:
            self._none_from[mark] = at
        return found

    def spend(self, characters: int, at: int) -> None:
        """Count what is read again because a name stands for it. Raises Unreadable when that grows large."""
        self._spent += characters
        if self._spent > len(self.text) + _AGAIN:
            raise Unreadable(at, "names stand for too much here")


def reference(name: str) -> str:
    """What stands for the value of a variable that is named and not known."""
    return f"{_EDGE}{name}{_EDGE}"


def referred(text: str) -> str:
    """The name of the variable that `text` is the reference to, or nothing."""
    inner = text[1:-1]
    return inner if text == reference(inner) and inner and _EDGE not in inner else ""


def refers(text: str) -> bool:
    """Tell whether a variable's value is somewhere in this text."""
    return _EDGE in text
