"""Which words of two texts differ: the longest words they share in order, and what is left of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final, TypeAlias

_WORD: Final = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
    r"|[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
    r"|[^\w\s\u2500-\u259f]"
)
"""Words; signs, and letters of scripts without spaces, one by one; rules of tables are no words."""

MOST_WORDS: Final = 12_000
"""Texts with more words are compared line by line: the work grows with the product of both lengths."""

_ISLAND: Final = 2
"""So few words that both have amid much that differs are chance, and are marked with it."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a text, and whether the other text has it otherwise."""

    text: str
    differs: bool


Marked: TypeAlias = tuple[Stretch, ...]
"""A text in stretches: joined, they are the text."""


def compared(first: str, second: str) -> tuple[Marked, Marked]:
    """Two texts with the words marked that the other one does not have there.

    White space is not compared; what is between two marked words is marked with them.
    """
    ones, others = list(_WORD.finditer(first)), list(_WORD.finditer(second))
    if max(len(ones), len(others)) > MOST_WORDS:
        return _by_line(first, second)
    shared, there = _shared([each.group() for each in ones], [each.group() for each in others])
    _sink_islands(shared, there)
    return (
        _marked(first, [each.span() for each in ones], shared),
        _marked(second, [each.span() for each in others], there),
    )


def open_ended(marked: Marked) -> Marked:
    """The same without the mark at its end: the other text was cut, and what follows is no difference."""
    last = next((stretch for stretch in reversed(marked) if stretch.text.strip()), None)
    return tuple(replace(each, differs=False) if each is last else each for each in marked)


def _by_line(first: str, second: str) -> tuple[Marked, Marked]:
    ones, others = _lines(first), _lines(second)
    shared, there = _shared([first[a:b] for a, b in ones], [second[a:b] for a, b in others])
    return _marked(first, ones, shared), _marked(second, others, there)


def _lines(text: str) -> list[tuple[int, int]]:
    return [each.span() for each in re.finditer(r"[^\n]*\S[^\n]*", text)]


def _shared(ones: Sequence[str], others: Sequence[str]) -> tuple[list[bool], list[bool]]:
    """Tell of each word whether it belongs to the longest common sequence."""
    start = _alike(zip(ones, others, strict=False))
    end = _alike(zip(reversed(ones[start:]), reversed(others[start:]), strict=False))
    first, second = ones[start : len(ones) - end], others[start : len(others) - end]
    found, there = [False] * len(first), [False] * len(second)
    if len(first) * len(second) <= MOST_WORDS**2:
        for here, beside in _matches(first, second):
            found[here] = there[beside] = True
    head, tail = [True] * start, [True] * end
    return head + found + tail, head + there + tail


def _alike(pairs: Iterable[tuple[str, str]]) -> int:
    count = 0
    for one, other in pairs:
        if one != other:
            break
        count += 1
    return count


def _matches(first: Sequence[str], second: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The pairs of a longest common sequence, from its end.

    Hyyrö's bit-parallel way: a row of the table is one number, in which a 0 says where the common
    part grows by one.
    """
    places: dict[str, int] = {}
    for at, word in enumerate(first):
        places[word] = places.get(word, 0) | 1 << at
    row = full = (1 << len(first)) - 1
    rows = []
    for word in second:
        both = row & places.get(word, 0)
        row = (row + both | row - both) & full
        rows.append(row)
    here, beside = len(first), len(second)
    while here and beside:
        if rows[beside - 1] >> (here - 1) & 1:
            here -= 1
        else:
            beside -= 1
            if not beside or rows[beside - 1] >> (here - 1) & 1:
                here -= 1
                yield here, beside


def _sink_islands(shared: list[bool], there: list[bool]) -> None:
    """Mark words that both have by chance: few, with more that differs on both sides of them."""
    here, beside = _places(shared), _places(there)
    runs: list[list[int]] = []
    for at in range(len(here)):
        joined = runs and here[at] == here[at - 1] + 1 and beside[at] == beside[at - 1] + 1
        if joined:
            runs[-1].append(at)
        else:
            runs.append([at])
    for number, run in enumerate(runs[1:-1], 1):
        before, after = runs[number - 1][-1], runs[number + 1][0]
        gaps = [
            places[far] - places[near] - 1
            for places in (here, beside)
            for near, far in ((before, run[0]), (run[-1], after))
        ]
        if len(run) <= _ISLAND and min(gaps) > len(run):
            for at in run:
                shared[here[at]] = there[beside[at]] = False


def _places(flags: Sequence[bool]) -> list[int]:
    return [at for at, flag in enumerate(flags) if flag]


def _marked(text: str, spans: Sequence[tuple[int, int]], shared: Sequence[bool]) -> Marked:
    made: list[Stretch] = []
    at = 0
    for same, group in groupby(zip(spans, shared, strict=True), key=lambda pair: pair[1]):
        if same:
            continue
        words = [span for span, _ in group]
        start, end = words[0][0], words[-1][1]
        if start > at:
            made.append(Stretch(text[at:start], False))
        made.append(Stretch(text[start:end], True))
        at = end
    return (*made, *([Stretch(text[at:], False)] if at < len(text) else []))
