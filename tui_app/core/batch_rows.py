"""Rows of a batch as a person wants to see them: sorted, filtered, and found again in another run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum

from tui_app.core.batch_items import Result, Row, RowState
from tui_app.core.batch_output import worst


class Order(StrEnum):
    """By what rows are sorted."""

    ROWS = "as in the file"
    WORST = "failures first"
    TOKENS = "most tokens first"
    SECONDS = "slowest first"
    MARKS = "best marks first"


def chosen(
    rows: Sequence[Row], order: Order, wanted: str = "", *, only_wrong: bool = False
) -> tuple[Row, ...]:
    """The rows that hold every wanted word, sorted; with `only_wrong` those that failed or fail a check."""
    words = wanted.casefold().split()
    found = [row for row in rows if _holds(row, words) and (not only_wrong or _wrong(row))]
    return tuple(sorted(found, key=lambda row: _rank(row, order)))


def key_of(row: Row) -> str:
    """What a row is in every run of the same file: its cells and what was varied, not its place."""
    return json.dumps([row.item.row, row.item.variation], sort_keys=True)


def _holds(row: Row, words: Sequence[str]) -> bool:
    if not words:
        return True
    text = f"{row.item.prompt} {(row.result or Result()).text} {worst(row)}".casefold()
    return all(word in text for word in words)


def _wrong(row: Row) -> bool:
    return row.result is not None and not row.result.passed


def _rank(row: Row, order: Order) -> float:
    result = row.result or Result()
    match order:
        case Order.WORST:
            return 0 if _wrong(row) else 1 if row.state is RowState.ANSWERED else 2
        case Order.TOKENS:
            return -result.usage.output_tokens
        case Order.SECONDS:
            return -result.seconds
        case Order.MARKS:
            return -(row.mark or 0)
        case _:
            return row.item.position
