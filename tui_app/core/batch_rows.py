"""Rows of a batch as a person wants to see them: sorted and filtered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tui_app.core.batch_comparison import CHANGED, Change, change_of
from tui_app.core.batch_items import Result, Row, RowState
from tui_app.core.batch_output import worst


class Order(StrEnum):
    """By what rows are sorted."""

    ROWS = "as in the file"
    WORST = "failures first"
    CHANGES = "changes first"
    TOKENS = "most tokens first"
    SECONDS = "slowest first"
    MARKS = "best marks first"


class Show(StrEnum):
    """Which rows are shown."""

    ALL = "all"
    WRONG = "failures"
    CHANGED = "changes"


_SEVERAL, _WORTH = 2, 12
_CHANGES = {change: rank for rank, change in enumerate(Change)}


@dataclass(slots=True)
class Folded:
    """Rows as text in which case does not matter, each made once."""

    _texts: dict[int, tuple[Row, str]] = field(default_factory=dict)

    def holds(self, row: Row, words: Sequence[str]) -> bool:
        """Tell whether every word stands in prompt, answer, settings or what is wrong."""
        known = self._texts.get(row.item.position)
        if known is None or known[0] is not row:
            varied = " ".join(map(str, row.item.variation.values()))
            text = f"{row.item.prompt} {varied} {(row.result or Result()).text} {worst(row)}".casefold()
            known = self._texts[row.item.position] = (row, text)
        return all(word in known[1] for word in words)


def as_told(rows: Sequence[Row], *, at_work: bool) -> tuple[Row, ...]:
    """The rows as they are: where nobody works on them, those that were sent are lost."""
    if at_work:
        return tuple(rows)
    return tuple(row.given_up for row in rows)


def shared_start(rows: Sequence[Row]) -> int:
    """How many characters all prompts begin with, up to the last word; 0 where that is not worth leaving out.

    Prompts that a template makes tell nothing by their beginning.
    """
    prompts = {row.item.prompt for row in rows}
    if len(prompts) < _SEVERAL:
        return 0
    first, last = min(prompts), max(prompts)
    count = next((at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    at = max(first.rfind(" ", 0, count), first.rfind("\n", 0, count)) + 1
    return at if at >= _WORTH else 0


def chosen(
    rows: Sequence[Row],
    order: Order,
    wanted: str = "",
    *,
    show: Show = Show.ALL,
    earlier: Mapping[int, Row] | None = None,
    folded: Folded | None = None,
) -> tuple[Row, ...]:
    """The rows that are shown and hold every wanted word, sorted. `earlier` are those of another run."""
    words, folded, then = wanted.casefold().split(), folded or Folded(), earlier or {}
    found = [row for row in rows if _shown(row, show, then) and (not words or folded.holds(row, words))]
    return tuple(sorted(found, key=lambda row: _rank(row, order, then)))


def _shown(row: Row, show: Show, earlier: Mapping[int, Row]) -> bool:
    match show:
        case Show.WRONG:
            return _wrong(row)
        case Show.CHANGED:
            return change_of(row, earlier.get(row.item.position)) in CHANGED
        case _:
            return True


def _wrong(row: Row) -> bool:
    return row.result is not None and not row.result.passed


def _rank(row: Row, order: Order, earlier: Mapping[int, Row]) -> float:
    result = row.result or Result()
    match order:
        case Order.WORST:
            return 0 if _wrong(row) else 1 if row.state is RowState.ANSWERED else 2
        case Order.CHANGES:
            return _CHANGES[change_of(row, earlier.get(row.item.position))]
        case Order.TOKENS:
            return -result.usage.output_tokens
        case Order.SECONDS:
            return -result.seconds
        case Order.MARKS:
            return -(row.mark or 0)
        case _:
            return row.item.position
