"""Where runs of text break into lines of so many cells, and what of them is on a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias, TypeVar

from rich.cells import cell_len, get_character_cell_size

T = TypeVar("T")
Span: TypeAlias = tuple[int, int]
"""From which character of a text to which."""
_WORD: Final = re.compile(r"\S+")


def spans_of(runs: Sequence[tuple[str, object]], width: int) -> list[Span]:
    """Lines of at most `width` cells, broken between words; what is longer is broken anywhere.

    A character that is wider than the line is left out. Indentation at the begin stays.
    """
    text = runs[0][0] if len(runs) == 1 else "".join([part for part, _ in runs])
    if text.isascii():
        return [(0, len(text))] if len(text) <= width else list(_narrow_spans(text, width))
    return list(_spans(text, width))


def between(runs: Sequence[tuple[str, T]], span: Span) -> list[tuple[str, T]]:
    """What of the runs is within a span."""
    begin, end = span
    found: list[tuple[str, T]] = []
    at = 0
    for text, kind in runs:
        after = at + len(text)
        if after > begin and at < end:
            found.append((text[max(0, begin - at) : end - at], kind))
        at = after
    return found


def _narrow_spans(text: str, width: int) -> Iterator[Span]:
    """The same as `_spans` for a text of characters that are each one cell wide."""
    begin, size = 0, len(text)
    while size - begin > width:
        end = text.rfind(" ", begin, begin + width + 1)
        stop = len(text[begin : end if end > begin else begin].rstrip(" "))
        if stop and text[begin : begin + stop].strip(" "):
            yield begin, begin + stop
            begin = end
        else:
            yield begin, begin + width
            begin += width
        while begin < size and text[begin] == " ":
            begin += 1
    if begin < size or not size:
        yield begin, size


def _spans(text: str, width: int) -> Iterator[Span]:
    begin = end = used = 0
    for word in _WORD.finditer(text):
        start, stop = word.span()
        gap, length = cell_len(text[end:start]), cell_len(word[0])
        if used + gap + length <= width:
            end, used = stop, used + gap + length
            continue
        if end > begin:
            yield begin, end
        begin, end, used = start, stop, length
        if length > width:
            *whole, (begin, end) = _folded(text, start, stop, width)
            yield from whole
            used = cell_len(text[begin:end])
    yield begin, end


def _folded(text: str, start: int, stop: int, width: int) -> list[Span]:
    spans, used = [(start, start)], 0
    for at in range(start, stop):
        size = get_character_cell_size(text[at])
        if size > width or used + size > width:
            spans.append((at, at))
            used = 0
        if size <= width:
            spans[-1] = (spans[-1][0], at + 1)
            used += size
        else:
            spans[-1] = (at + 1, at + 1)
    return spans
