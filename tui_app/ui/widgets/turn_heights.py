"""How many lines each turn takes: as laid out, or as estimated until then."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from tui_app.core.conversation import Turn
from tui_app.ui.widgets.answer_blocks import FOLDED


@dataclass(frozen=True, slots=True)
class Bulk:
    """What is known of a turn's height before it is laid out: lines of its source, characters of its text."""

    lines: int
    characters: int

    @classmethod
    def of(cls, turn: Turn) -> Bulk:
        """Count, without making anything of the text."""
        texts = [
            turn.message.folded,
            *(block.text for block in turn.answer.blocks if block.kind not in FOLDED),
        ]
        around = 4 + 2 * len(turn.answer.blocks)
        return cls(around + sum(text.count("\n") for text in texts), sum(map(len, texts)))

    def height(self, width: int) -> int:
        """About how many lines that takes."""
        return self.lines + self.characters // max(1, width)


class Heights:
    """Heights of turns that stand below one another, in lines; none is less than 1."""

    def __init__(self, heights: Iterable[int] = ()) -> None:
        self._heights = [max(1, height) for height in heights]
        self._ends: list[int] | None = None

    def __len__(self) -> int:
        return len(self._heights)

    def __getitem__(self, index: int) -> int:
        return self._heights[index]

    def __setitem__(self, index: int, height: int) -> None:
        self._heights[index], self._ends = max(1, height), None

    @property
    def total(self) -> int:
        """All of them together."""
        ends = self._known_ends()
        return ends[-1] if ends else 0

    def start(self, index: int) -> int:
        """The first line of a turn."""
        return self._known_ends()[index - 1] if index else 0

    def at(self, y: int) -> tuple[int, int]:
        """Which turn has the line `y`, and which of its lines that is; the nearest where there is none."""
        y = max(0, min(y, self.total - 1))
        index = bisect_right(self._known_ends(), y)
        return index, y - self.start(index)

    def append(self, height: int) -> None:
        """Put a turn below all others."""
        self._heights.append(max(1, height))
        self._ends = None

    def pop(self, index: int) -> None:
        """Take a turn out."""
        del self._heights[index]
        self._ends = None

    def _known_ends(self) -> list[int]:
        if self._ends is None:
            self._ends = list(accumulate(self._heights))
        return self._ends
