"""The strip of starts as rows of characters: tiles with letters, a time axis, a legend with counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, TypeAlias

from tui_app.core.quota import WINDOW_S
from tui_app.core.starts import EIGHTHS, Kind, Picture, Tile

Cell: TypeAlias = tuple[str, str]
"""What stands in a cell or several, and the name of its look."""

_LEVELS: Final = " ▁▂▃▄▅▆▇"
_MARKS_S: Final = 10
"""Seconds between two marks of the axis."""
_LEAST_GAP: Final = 6
QUIET: Final = (
    "Nothing started in the last 60 s.",
    "Each request shows up here when it goes, from this terminal or any other.",
)


def look_of(kind: Kind) -> str:
    """The name of a tile's look."""
    if not kind.sent:
        return "unsent"
    return kind.source.value if kind.ours else f"{kind.source.value}-elsewhere"


def chart_row(picture: Picture, row: int) -> Iterator[Cell]:
    """One row of the stacks, 0 being the lowest; one cell each, the count stands over the highest.

    Where a tile is several starts, the lowest row tells by a letter who made most of a column's.
    """
    over = _count_over(picture, row)
    grid = _grid(len(picture.stacks))
    for column, stack in enumerate(picture.stacks):
        kind = picture.kinds[column]
        tile = row - base(picture)
        if column in over:
            yield over[column], "count"
        elif kind is not None and tile < 0:
            yield kind.letter, f"{look_of(kind)}-part"
        elif tile < len(stack) and kind is not None:
            yield _tile_cell(stack[tile])
        else:
            yield ("┊", "grid") if column in grid else (" ", "ground")


def base(picture: Picture) -> int:
    """How many rows of letters stand below the stacks."""
    return int(picture.scale > 1)


def height(picture: Picture) -> int:
    """How many rows from the lowest differ from an empty strip, the count included if there is one."""
    letters_and_count = 2 * base(picture)
    return max(map(len, picture.stacks), default=0) + letters_and_count


def _tile_cell(tile: Tile) -> Cell:
    look = look_of(tile.kind)
    full = tile.eighths == EIGHTHS
    return (tile.kind.letter, look) if full else (_LEVELS[tile.eighths], f"{look}-part")


def _count_over(picture: Picture, row: int) -> dict[int, str]:
    """The count of the highest stack by column, where it is more than its tiles and stands free."""
    peak = picture.peak
    if peak is None or picture.scale == 1 or row != len(picture.stacks[peak]) + 1:
        return {}
    words = str(picture.counts[peak])
    left = max(0, min(peak - len(words) // 2, len(picture.stacks) - len(words)))
    place = range(left, left + len(words))
    free = all(len(picture.stacks[column]) + 1 <= row for column in place)
    return dict(zip(place, words, strict=True)) if free else {}


def _marks(columns: int) -> Iterator[tuple[int, int]]:
    """The marks of the axis: seconds ago, and the column."""
    step = _MARKS_S if columns * _MARKS_S / WINDOW_S > _LEAST_GAP + 4 else 2 * _MARKS_S
    for ago in range(step, int(WINDOW_S), step):
        yield ago, columns - 1 - round(columns * ago / WINDOW_S)


@cache
def _grid(columns: int) -> frozenset[int]:
    """The columns of the marks."""
    return frozenset(column for _, column in _marks(columns))


def axis(columns: int) -> str:
    """The time axis: how many seconds ago, a mark each ten where there is room, `now` at the end."""
    line = ["─"] * columns
    for ago, column in _marks(columns):
        words = f" {ago} "
        left = column - len(words) // 2
        line[left : left + len(words)] = words
    start, end = f"{WINDOW_S:.0f} s ago ", " now"
    line[: len(start)] = start
    line[-len(end) :] = end
    return "".join(line)[:columns]


def legend(counts: Sequence[tuple[Kind, int]], scale: int, width: int) -> Iterator[Cell]:
    """Each kind with its tile and its count, then what a tile stands for and what small letters mean."""
    note = _note(counts, scale, width)
    used, room = 0, width - len(note)
    for kind, count in counts:
        words = f" {kind.source if kind.sent else 'about to go'} {count}  "
        if used + 1 + len(words) <= room:
            yield kind.letter, look_of(kind)
            yield words, "words"
            used += 1 + len(words)
    yield note.rjust(width - used), "note"


def _note(counts: Sequence[tuple[Kind, int]], scale: int, width: int) -> str:
    """What a tile stands for, and who the small letters are where there is room for that."""
    needed = sum(len(f"? {kind.source} {count}  ") for kind, count in counts)
    tile = (f"a tile is {scale} starts", f"1 tile = {scale}") if scale > 1 else ("",)
    others = "small letters: other processes" if any(not kind.ours for kind, _ in counts) else ""
    said: list[str] = [", ".join(filter(None, (tile[0], others))), *tile]
    return next((words for words in said if needed + len(words) <= width), said[-1])
