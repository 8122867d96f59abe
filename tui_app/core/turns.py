"""Whose turn it is: the order in which the waiting requests of all processes get the slots of a group."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui_app.core.claims import Bid, Lane
from tui_app.core.quota import Pacing

AT_ONCE = 32
"""How many of a lane are granted in one transaction; more have to ask again, since each takes its time."""


@dataclass(slots=True)
class Count:
    """How many slots of a group are taken at `now`, and what else decides whether one more may go.

    `opens` is when the group is open, `last_start` when the latest request started or was claimed.
    """

    now: float
    used: int
    opens: float
    last_start: float
    cooldown: float

    def may_go(self, limit: int, pacing: Pacing) -> bool:
        """Tell whether a request under this limit may start now."""
        if self.now < self.opens or self.used >= limit:
            return False
        return pacing is Pacing.BURST or self.now >= self.even_from(limit)

    def even_from(self, limit: int) -> float:
        """When an even pacing lets the next one go."""
        return self.last_start + self.cooldown / limit

    def take(self, requests: int = 1) -> None:
        """One more starts now, or several."""
        self.used += requests
        self.last_start = self.now


@dataclass(frozen=True, slots=True)
class Contender:
    """The waiting requests of an endpoint in another process, as last written at `seen_at`.

    `arrival` is that of the first of `count`, `arrivals` those of the first of them, as many as are known.
    """

    process: str
    pid: int
    member: str
    limit: int
    pacing: Pacing
    arrival: float
    count: int
    seen_at: float
    arrivals: tuple[float, ...] = ()

    def before(self, arrival: float) -> tuple[int, int]:
        """Tell how many of them came before `arrival`, at the least and at the most."""
        known = bisect_left(self.arrivals, arrival)
        if known < len(self.arrivals):
            return known, known
        return (max(known, 1), self.count) if self.arrival < arrival else (0, 0)


@dataclass(frozen=True, slots=True)
class Decision:
    """Who goes; `held_until` when an earlier one elsewhere may go, and how long it is waited for."""

    granted: tuple[Bid, ...]
    held_until: float | None


def decide(
    count: Count,
    lanes: Sequence[Lane],
    contenders: Sequence[Contender],
    patience: Callable[[Contender], float | None],
) -> Decision:
    """Grant slots by arrival among all that may go; `count` is counted on.

    One that may not go (its limit is lower) holds up nobody, and nobody is held up while there are
    slots for all that came earlier. `patience` tells how long a contender that may go and has not
    is waited for, or None if it is to be passed over.
    """
    if not contenders and len(lanes) == 1 and lanes[0].pacing is Pacing.BURST:
        return _alone(count, lanes[0])
    granted: list[Bid] = []
    tried = dict.fromkeys((lane.member for lane in lanes), 0)
    others = sorted(contenders, key=lambda contender: contender.arrival)
    while True:
        able = [lane for lane in lanes if _has_next(lane, tried) and count.may_go(lane.limit, lane.pacing)]
        if not able:
            return Decision(tuple(granted), None)
        lane = min(able, key=lambda lane: lane.bids[tried[lane.member]].arrival)
        bid = lane.bids[tried[lane.member]]
        first = _in_the_way(count, lane, bid, others)
        if first is None:
            granted.append(bid)
            tried[lane.member] += 1
            count.take()
        elif (until := patience(first)) is None:
            others.remove(first)
        else:
            return Decision(tuple(granted), until)


def _alone(count: Count, lane: Lane) -> Decision:
    """Grant what the limit leaves, where nobody else waits."""
    free = min(lane.limit - count.used, AT_ONCE)
    granted = lane.bids[:free] if count.may_go(lane.limit, lane.pacing) else ()
    if granted:
        count.take(len(granted))
    return Decision(granted, None)


def _has_next(lane: Lane, tried: dict[str, int]) -> bool:
    return tried[lane.member] < min(len(lane.bids), AT_ONCE)


def _in_the_way(count: Count, lane: Lane, bid: Bid, others: Sequence[Contender]) -> Contender | None:
    """Find the first of those that came earlier and may go, unless there is a slot left after them."""
    earlier = [
        other for other in others if other.arrival < bid.arrival and count.may_go(other.limit, other.pacing)
    ]
    wanted = sum(min(other.before(bid.arrival)[1], other.limit - count.used) for other in earlier)
    if not earlier or (lane.pacing is Pacing.BURST and count.used + wanted < lane.limit):
        return None
    return earlier[0]
