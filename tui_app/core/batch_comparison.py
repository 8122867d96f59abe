"""Two runs of the same rows beside each other: what broke, what was mended, what is answered otherwise."""

from __future__ import annotations

import json
from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tui_app.core.batch_estimates import dollars
from tui_app.core.batch_items import Result, Row, RowState


class Change(StrEnum):
    """How a row stands against an earlier run."""

    BROKE = "broke"
    MENDED = "mended"
    OTHER = "other"
    SAME = "same"
    NEW = "new"
    OPEN = ""


CHANGED: Final = frozenset({Change.BROKE, Change.MENDED, Change.OTHER})
"""What is worth a look."""
_WORDS: Final = {
    Change.BROKE: "passed before and not now",
    Change.MENDED: "passed only now",
    Change.OTHER: "answered otherwise",
    Change.SAME: "the same",
    Change.NEW: "not answered before",
    Change.OPEN: "not answered yet",
}
SECONDS_WORTH: Final = 0.05
"""Fewer seconds are no difference."""


def paired(rows: Sequence[Row], earlier: Sequence[Row]) -> dict[int, Row]:
    """The earlier row of each row, by position: that with the same cells, settings and prompt's name.

    Of several that are the same the first belongs to the first.
    """
    found: dict[str, deque[Row]] = defaultdict(deque)
    for row in earlier:
        found[_key(row)].append(row)
    pairs = ((row.item.position, found.get(_key(row))) for row in rows)
    return {position: there.popleft() for position, there in pairs if there}


def change_of(row: Row, earlier: Row | None) -> Change:
    """How a row stands against the earlier one; an answer counts as the same by its text."""
    if row.result is None:
        return Change.OPEN
    if earlier is None or earlier.result is None or earlier.state is RowState.LOST:
        return Change.NEW
    if row.result.passed is not earlier.result.passed:
        return Change.MENDED if row.result.passed else Change.BROKE
    same = (row.state, row.result.text) == (earlier.state, earlier.result.text)
    return Change.SAME if same else Change.OTHER


@dataclass(frozen=True, slots=True)
class Difference:
    """What rows that were answered in both runs took more than before; `dollars` is None if not known."""

    tokens: int
    dollars: float | None
    seconds: float

    @property
    def words(self) -> str:
        """It in one line, `+` for more: `+120 tokens out, +$0.0012, -0.3 s`."""
        parts = [f"{self.tokens:+,} tokens out"]
        if self.dollars:
            parts.append(f"{'-' if self.dollars < 0 else '+'}{dollars(abs(self.dollars))}")
        if abs(self.seconds) >= SECONDS_WORTH:
            parts.append(f"{self.seconds:+.1f} s")
        return ", ".join(parts)


def difference(now: Result | None, then: Result | None) -> Difference | None:
    """What one answer took more than an earlier one; None where one did not come or was not counted."""
    if now is None or then is None or now.trouble or then.trouble or not (now.counted and then.counted):
        return None
    known = now.dollars is not None and then.dollars is not None
    return Difference(
        now.usage.output_tokens - then.usage.output_tokens,
        (now.dollars or 0.0) - (then.dollars or 0.0) if known else None,
        now.seconds - then.seconds,
    )


def comparison_words(rows: Sequence[Row], earlier: Mapping[int, Row]) -> str:
    """What changed between two runs, in one line; seconds are the mean of a row."""
    counts = Counter(change_of(row, earlier.get(row.item.position)) for row in rows)
    told = [f"{counts[each]:,} {words}" for each, words in _WORDS.items() if counts[each]]
    pairs = ((row.result, earlier.get(row.item.position)) for row in rows)
    both = [more for now, then in pairs if then and (more := difference(now, then.result))]
    if both:
        prices = [each.dollars for each in both]
        price = None if None in prices else sum(each for each in prices if each is not None)
        mean = sum(each.seconds for each in both) / len(both)
        told.append(Difference(sum(each.tokens for each in both), price, mean).words)
    return ", ".join(told)


def _key(row: Row) -> str:
    return json.dumps([row.item.row, row.item.variation], sort_keys=True)
