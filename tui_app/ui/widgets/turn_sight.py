"""What of a conversation is in sight, and what keeps its place when heights turn out to be others."""

from __future__ import annotations

from typing import Final, NamedTuple

from tui_app.ui.widgets.turn_heights import Heights

JUMP_PAGES: Final = 2
"""A move by more is one to somewhere else."""


class Pin(NamedTuple):
    """A line of a turn, and the row of the window in which it stays; the row may be out of sight."""

    turn: int
    line: int
    row: int


class Sight:
    """A window of `rows` lines over turns and the `foot` lines below them; `top` is its first line.

    It follows the end, or keeps one line where it is whatever is learned of the heights of others.
    """

    def __init__(self) -> None:
        self.heights = Heights()
        self.top = self.rows = self.foot = 0
        self.following = True
        self._pin: Pin | None = None

    @property
    def total(self) -> int:
        """How many lines there are."""
        return self.heights.total + self.foot

    @property
    def last_top(self) -> int:
        """The first line where the end is in sight."""
        return max(0, self.total - self.rows)

    @property
    def blank(self) -> int:
        """How many rows stay empty above a short conversation, which stands at the bottom."""
        return max(0, self.rows - self.total)

    @property
    def below(self) -> int:
        """How many lines are out of sight below."""
        return max(0, self.last_top - self.top)

    def turns(self, pages: float = 0) -> range:
        """The turns in sight, and those so many pages away."""
        if not self.heights:
            return range(0)
        away = round(self.rows * pages)
        first, _ = self.heights.at(self.top - away)
        last, _ = self.heights.at(self.top + max(1, self.rows) - 1 + away)
        return range(first, last + 1)

    def row(self, index: int, line: int = 0) -> int:
        """In which row of the window a line is; out of sight that is negative or too large."""
        return self.heights.start(index) + line - self.top + self.blank

    def show(self, heights: Heights) -> None:
        """Look at the end of another conversation."""
        self.heights, self.following, self._pin = heights, True, None
        self._hold()

    def fit(self, rows: int, foot: int) -> None:
        """Have another size."""
        self.rows, self.foot = rows, foot
        self._hold()

    def stretch(self, heights: Heights) -> None:
        """Have the same turns in another width."""
        pin = self._somewhere(self.top)
        if pin is not None:
            line = pin.line * heights[pin.turn] // self.heights[pin.turn]
            self._pin = pin._replace(line=line)
        self.heights = heights
        self._hold()

    def go(self, top: int) -> None:
        """Move, as a person does."""
        step = top - self.top
        if abs(step) <= JUMP_PAGES * self.rows and self.heights:
            self._pin = Pin(*self.heights.at(self.top), -step)
        else:
            self._pin = self._somewhere(top)
        self.following = top >= self.last_top
        self._hold()

    def go_to(self, index: int) -> None:
        """Have a turn begin at the top, as far as there is enough below it."""
        self._pin, self.following = Pin(index, 0, 0), False
        self._hold()

    def bring(self, index: int, line: int) -> None:
        """Have a line in sight, with some of what is before it."""
        self._pin, self.following = Pin(index, line, self.rows // 3), False
        self._hold()

    def follow(self) -> None:
        """Keep the end in sight."""
        self.following = True
        self._hold()

    def stay(self, index: int, line: int) -> None:
        """Keep this line where it is, and follow nothing."""
        self._pin, self.following = Pin(index, line, self.row(index, line) - self.blank), False

    def laid(self, index: int, height: int) -> None:
        """Learn how high a turn is; what was estimated of it is stretched."""
        before = self.heights[index]
        if height == before:
            return
        self.heights[index] = height
        if self._pin is not None and self._pin.turn == index and before:
            self._pin = self._pin._replace(line=min(height - 1, self._pin.line * height // before))
        self._hold()

    def grew(self, index: int, height: int) -> None:
        """A turn has another end; what was of it before is where it was."""
        if height != self.heights[index]:
            self.heights[index] = height
            self._hold()

    def added(self, height: int) -> None:
        """A turn came below all others."""
        self.heights.append(height)
        self._hold()

    def gone(self, index: int) -> None:
        """A turn was taken out."""
        self.heights.pop(index)
        pin = self._pin
        if pin is not None and index < pin.turn:
            self._pin = pin._replace(turn=pin.turn - 1)
        elif pin is not None and index == pin.turn:
            self._pin = Pin(index, 0, 0) if index < len(self.heights) else None
        self._hold()

    def come_to_rest(self) -> None:
        """Follow the end if that is where a move ended."""
        if not self.following and self.top >= self.last_top:
            self.following = True

    def _somewhere(self, top: int) -> Pin | None:
        """The first turn that begins in sight stays, or what is at the top."""
        if not self.heights:
            return None
        index, line = self.heights.at(top)
        if line and index + 1 < len(self.heights) and self.heights.start(index + 1) < top + self.rows:
            index, line = index + 1, 0
        return Pin(index, line, self.heights.start(index) + line - top)

    def _hold(self) -> None:
        if self.following or self._pin is None:
            self.top = self.last_top if self.following else min(self.top, self.last_top)
            return
        index, line, row = self._pin
        self.top = max(0, min(self.heights.start(index) + line - row, self.last_top))
