"""Words of a command line, each with where its characters came from."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field


@dataclass(slots=True)
class Word:
    """One word as the program gets it: pieces of text, each with its offset in the source.

    A variable is a reference. Pieces that came of an escape stand for more of the source than their length.
    """

    pieces: list[str] = field(default_factory=list, repr=False)
    offsets: list[int] = field(default_factory=list, repr=False)
    ends: list[int] = field(default_factory=list, repr=False)

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self.pieces)

    def add(self, piece: str, start: int, end: int) -> None:
        """Append what stands for the source from `start` to `end`."""
        self.pieces.append(piece)
        self.offsets.append(start)
        self.ends.append(end)


class WordMap:
    """From offsets in a word to those in the source."""

    def __init__(self, word: Word) -> None:
        self._word, self._starts = word, [0]
        for piece in word.pieces:
            self._starts.append(self._starts[-1] + len(piece))

    def source(self, at: int) -> int:
        """The offset in the source that an offset in the word came from."""
        word = self._word
        if not word.pieces:
            return 0
        place = min(max(bisect_right(self._starts, at) - 1, 0), len(word.pieces) - 1)
        inside = at - self._starts[place]
        if inside >= len(word.pieces[place]):
            return word.ends[place]
        straight = word.ends[place] - word.offsets[place] == len(word.pieces[place])
        return word.offsets[place] + (inside if straight else 0)
