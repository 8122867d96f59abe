"""Sums over requests: counts, tokens, cost, percentiles, errors. Pure arithmetic on receipts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from tui_app.core.conversation import MEASURABLE_S, Usage
from tui_app.core.error_kinds import ErrorKind
from tui_app.core.models import cost
from tui_app.core.receipts import Receipt


def percentile(values: Sequence[float], share: float) -> float:
    """The least of sorted `values` that at least `share` of them do not exceed (nearest rank).

    Raises ValueError where there are none.
    """
    if not values:
        raise ValueError("no values have no percentile")
    return values[max(0, math.ceil(share * len(values)) - 1)]


@dataclass(frozen=True, slots=True)
class Spread:
    """How measured values lie: the middle one, the one that 19 of 20 do not exceed, how many there are."""

    p50: float
    p95: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread | None:
        """That of some values in any order; None where there are none."""
        if not values:
            return None
        ordered = sorted(values)
        return cls(percentile(ordered, 0.5), percentile(ordered, 0.95), len(ordered))


@dataclass(frozen=True, slots=True)
class Cost:
    """US dollars: `dollars` that are paid for, `free` that the sandbox's answers would have cost.

    `unpriced` counts requests with tokens of models whose price is not known, `cut` those whose output the
    service did not tell any more. Where there is one that is paid for, `dollars` are the least it cost.
    """

    dollars: float = 0.0
    free: float = 0.0
    unpriced: int = 0
    cut: int = 0
    paid: int = 0

    @property
    def at_least(self) -> bool:
        """Whether more may have been paid than `dollars`."""
        return bool(self.unpriced or self.cut)


@dataclass(frozen=True, slots=True)
class Sum:
    """All of some requests. `attempts` counts what was tried, `requests` what was asked.

    `errors` counts requests that failed by kind, `retried` attempts that failed and were followed by another.
    `first_token` is in seconds from the sending, `speed` in output tokens a second.
    """

    requests: int = 0
    stopped: int = 0
    failed: int = 0
    usage: Usage = field(default_factory=Usage)
    cost: Cost = field(default_factory=Cost)
    first_token: Spread | None = None
    speed: Spread | None = None
    errors: Mapping[ErrorKind, int] = field(default_factory=dict)
    retried: Mapping[ErrorKind, int] = field(default_factory=dict)

    @property
    def tokens(self) -> int:
        """All tokens, in and out."""
        return self.usage.total_input + self.usage.output_tokens

    @property
    def attempts(self) -> int:
        """How often something was sent, or tried to be."""
        return self.requests + sum(self.retried.values())


Kind: TypeAlias = tuple[str, bool]
"""What decides the price of a request: the model, and whether nothing is paid."""


class Gathering:
    """Receipts on their way into a `Sum`; those of one model and one kind of payment."""

    __slots__ = (
        "cut",
        "errors",
        "failed",
        "first",
        "retried",
        "speeds",
        "stopped",
        "tally",
        "tokens",
        "weighed",
    )

    def __init__(self) -> None:
        self.tally = self.stopped = self.failed = self.cut = self.weighed = 0
        self.tokens = [0, 0, 0, 0]
        self.first: list[float] = []
        self.speeds: list[float] = []
        self.errors: list[str] = []
        self.retried: list[str] = []

    def add(self, receipt: Receipt) -> None:
        """Take one more; its fields are taken out at once, which is quicker than by their names."""
        _, _, _, _, _, _, _, outcome, error, retried, plain, out, written, read, told, *times = receipt
        _, first, streamed, _ = times
        tokens = self.tokens
        self.tally += 1
        tokens[0] += plain
        tokens[1] += out
        tokens[2] += written
        tokens[3] += read
        self.weighed += bool(out or plain)
        if first is not None:
            self.first.append(first)
        if not told:
            self.cut += 1
        elif streamed is not None and streamed >= MEASURABLE_S and out > 1:
            self.speeds.append(out / streamed)
        if outcome != "complete":
            self.stopped += outcome == "stopped"
            self.failed += outcome == "failed"
            if error:
                self.errors.append(error)
        if retried:
            self.retried += retried.split()


Parts: TypeAlias = dict[Kind, Gathering]
"""Requests by what decides their price."""


def joined(many: Iterable[Parts]) -> Sum:
    """The sum of all parts of all of them."""
    all_parts = [(*kind, part) for parts in many for kind, part in parts.items()]
    every = [part for _, _, part in all_parts]
    return Sum(
        sum(part.tally for part in every),
        sum(part.stopped for part in every),
        sum(part.failed for part in every),
        Usage(*(sum(part.tokens[place] for part in every) for place in range(4))),
        _cost(all_parts),
        Spread.of([each for part in every for each in part.first]),
        Spread.of([each for part in every for each in part.speeds]),
        _kinds([each for part in every for each in part.errors]),
        _kinds([each for part in every for each in part.retried]),
    )


def _cost(parts: Sequence[tuple[str, bool, Gathering]]) -> Cost:
    """Prices are by the token, so sums of tokens are priced as single requests are."""
    dollars, free, unpriced, cut, paid = 0.0, 0.0, 0, 0, 0
    for model, is_free, part in parts:
        price = cost(model, Usage(*part.tokens))
        if is_free:
            free += price or 0.0
            continue
        paid += part.tally
        dollars += price or 0.0
        cut += part.cut
        if price is None:
            unpriced += part.weighed
    return Cost(dollars, free, unpriced, cut, paid)


def _kinds(words: Sequence[str]) -> Mapping[ErrorKind, int]:
    """How many of each kind, the most frequent first; kinds of a later inferterm count as other."""
    known = {kind.value: kind for kind in ErrorKind}
    counted = Counter(known.get(word, ErrorKind.OTHER) for word in words)
    return dict(counted.most_common())
