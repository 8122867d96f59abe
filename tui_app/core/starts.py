"""The starts of the last window as a picture that moves: stacks of tiles, a column for each bit of time."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tui_app.core.activity import Start
from tui_app.core.quota import WINDOW_S, Source

EIGHTHS: Final = 8
"""How finely the uppermost tile of a stack is cut."""
_STEPS: Final = (1, 2, 5)
_ROOMY: Final = 4
"""Rows from which one can be spared."""
_ORDER: Final = {source: rank for rank, source in enumerate(Source)}


@dataclass(frozen=True, slots=True)
class Kind:
    """What starts have in common: who asked, in this process or another, and whether they were sent."""

    source: Source
    ours: bool = True
    sent: bool = True

    @classmethod
    def of(cls, start: Start) -> Kind:
        """The kind of a start; all that were not sent yet are of one."""
        return cls(start.source, start.ours) if start.sent else cls(Source.CHAT, sent=False)

    @property
    def letter(self) -> str:
        """Its sign: the first letter of its source, a capital for this process; `?` if not sent yet."""
        if not self.sent:
            return "?"
        return self.source[0].upper() if self.ours else self.source[0]

    @property
    def rank(self) -> tuple[bool, int, bool]:
        """Its place in a stack and in the legend: by source, ours before others', the unsent last."""
        return (not self.sent, _ORDER[self.source], not self.ours)


@dataclass(frozen=True, slots=True)
class Tile:
    """A piece of a stack: of which kind most of its starts are, and how much of it is filled (1 to 8)."""

    kind: Kind
    eighths: int = EIGHTHS


@dataclass(frozen=True, slots=True)
class Picture:
    """Stacks from the oldest column to now, bottom tile first; a whole tile is `scale` starts.

    `counts` are the starts of each column; nothing is left out: they add up to all of the window.
    `kinds` are what most starts of each column are, None where there are none.
    """

    stacks: tuple[tuple[Tile, ...], ...]
    counts: tuple[int, ...]
    kinds: tuple[Kind | None, ...]
    scale: int = 1

    @property
    def peak(self) -> int | None:
        """The latest of the columns with the most starts; None where nothing started."""
        most = max(self.counts, default=0)
        return len(self.counts) - 1 - self.counts[::-1].index(most) if most else None


def recent(starts: Iterable[Start], now: float) -> tuple[Start, ...]:
    """Those of `starts` that lie in the last window before `now`."""
    return tuple(start for start in starts if now - start.at < WINDOW_S)


def tally(starts: Iterable[Start]) -> tuple[tuple[Kind, int], ...]:
    """Count starts by kind, in the order of the legend."""
    counted = Counter(Kind.of(start) for start in starts)
    return tuple(sorted(counted.items(), key=lambda item: item[0].rank))


def by_member(starts: Iterable[Start]) -> Counter[str]:
    """Count starts by the endpoint for which they were made."""
    return Counter(start.member for start in starts)


def picture(starts: Sequence[Start], now: float, columns: int, rows: int) -> Picture:
    """Draw the starts of the last window before `now` into so many columns and rows.

    The columns lie on a grid of the clock, so that a stack moves as a whole and never changes on its way.
    Where a tile is more than one start, a row is kept free for letters below the stacks, and one for a
    count above them if there are enough.
    """
    width = WINDOW_S / columns
    last = math.floor(now / width)
    heaps: list[list[Start]] = [[] for _ in range(columns)]
    for start in recent(starts, now):
        back = min(columns - 1, max(0, last - math.floor(start.at / width)))
        heaps[columns - 1 - back].append(start)
    counts = tuple(map(len, heaps))
    scale = scale_of(max(counts), rows)
    if scale > 1:
        scale = scale_of(max(counts), max(1, rows - 1 - (rows >= _ROOMY)))
    stacks = tuple(_stack(heap, scale) if heap else () for heap in heaps)
    return Picture(stacks, counts, tuple(_most(heap) if heap else None for heap in heaps), scale)


def scale_of(most: int, rows: int) -> int:
    """Tell for how many starts a tile stands (1, 2, 5, 10, 20, …) so that `most` fit into `rows` tiles."""
    scale = 1
    for power in range(most.bit_length() + 1):
        for step in _STEPS:
            scale = step * int(10**power)
            if scale * rows >= most:
                return scale
    return scale


def _stack(heap: Sequence[Start], scale: int) -> tuple[Tile, ...]:
    kinds = sorted((Kind.of(start) for start in heap), key=lambda kind: kind.rank)
    parts = (kinds[at : at + scale] for at in range(0, len(kinds), scale))
    return tuple(_tile(part, scale) for part in parts)


def _most(heap: Sequence[Start]) -> Kind:
    return max(tally(heap), key=lambda item: item[1])[0]


def _tile(part: Sequence[Kind], scale: int) -> Tile:
    most = max(Counter(part).items(), key=lambda item: item[1])[0]
    return Tile(most, max(1, round(EIGHTHS * len(part) / scale)))
