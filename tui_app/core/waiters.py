"""All that waits in this process for one group: a first-come-first-served lane for each endpoint."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from heapq import merge
from itertools import islice

from tui_app.core.claims import Bid, Lane, Line, Verdict
from tui_app.core.place import Place, Stage
from tui_app.core.quota import Group, Pacing

DEPTH = 64
"""How many of a lane the ledger hears of: those that may go at once, and those that are then first."""

INSTANT_S = 1e-6
"""The least difference between two arrivals."""


class _Lane:
    """The waiting places of one endpoint, by arrival, and the limit that holds for them."""

    __slots__ = ("limit", "limit_since", "places")

    def __init__(self, limit: int, since: float) -> None:
        self.limit = limit
        self.limit_since = since
        self.places: OrderedDict[int, Place] = OrderedDict()


class Waiters:
    """The lanes of one group, and what the ledger last said about them.

    `due` says that they are to be tried at the ledger, `ranked` that the positions of its places are
    right, `unanswered` are those who joined since it was last asked.
    """

    def __init__(self, group: Group) -> None:
        self.group = group
        self.due = False
        self.ranked = False
        self.unanswered: list[Place] = []
        self.wake_at: float | None = None
        self.held_until: float | None = None
        self._lanes: dict[str, _Lane] = {}

    def __len__(self) -> int:
        return sum(len(lane.places) for lane in self._lanes.values())

    def add(self, place: Place) -> None:
        """Take a place in, in its lane by arrival; nearly always that is the end or the head.

        The newer of its limit and that of the lane becomes the limit of both.
        """
        lane = self._lanes.get(place.bid.member)
        if lane is None:
            lane = self._lanes[place.bid.member] = _Lane(place.limit, place.limit_since)
        elif place.limit_since > lane.limit_since:
            self.limit(place.bid.member, place.limit, place.limit_since)
        place.limit, place.limit_since = lane.limit, lane.limit_since
        head = next(iter(lane.places.values()), None)
        last = lane.places[next(reversed(lane.places))] if lane.places else None
        lane.places[place.bid.id] = place
        if head is not None and place.bid.arrival < head.bid.arrival:
            lane.places.move_to_end(place.bid.id, last=False)
            self.ranked = False
        elif last is not None and place.bid.arrival < last.bid.arrival:
            ordered = sorted(lane.places.values(), key=lambda each: each.bid.arrival)
            lane.places = OrderedDict((each.bid.id, each) for each in ordered)
            self.ranked = False

    def remove(self, place: Place) -> None:
        """Take a place out, wherever it stands."""
        lane = self._lanes[place.bid.member]
        del lane.places[place.bid.id]
        self.ranked = False
        if not lane.places:
            del self._lanes[place.bid.member]

    def limit(self, member: str, limit: int, since: float) -> None:
        """Let another limit hold for all of an endpoint that wait."""
        lane = self._lanes.get(member)
        if lane is None:
            return
        lane.limit_since = since
        if lane.limit != limit:
            lane.limit = limit
            self.due = True
            for place in lane.places.values():
                place.limit, place.limit_since = limit, since

    @property
    def watched(self) -> bool:
        """Tell whether anybody hears how they stand."""
        return any(place.watched for lane in self._lanes.values() for place in lane.places.values())

    def has_come(self, now: float) -> bool:
        """Tell whether the time has come at which the ledger wanted to be asked again."""
        return any(when is not None and when <= now for when in (self.wake_at, self.held_until))

    def answer(self, verdict: Verdict, now: float) -> None:
        """Take in what the ledger said; the granted places are out already."""
        self.due = self.ranked = False
        self.wake_at, self.held_until = verdict.wake_at, verdict.held_until
        for member, limit in verdict.limits.items():
            self.limit(member, limit, now)
        self.let_know()

    def let_know(self) -> None:
        """Tell those who joined since the last answer that they have to wait."""
        for place in self.unanswered:
            place.answered = place.stage is Stage.WAITING
            place.tell()
        self.unanswered.clear()

    def earliest(self) -> float | None:
        """Tell the arrival of the first of all."""
        return min((place.bid.arrival for place in self._heads()), default=None)

    def ordered(self) -> Iterator[Place]:
        """Give all places by arrival."""
        lanes = [lane.places.values() for lane in self._lanes.values()]
        return merge(*lanes, key=lambda place: place.bid.arrival)

    def move(self, place: Place, by: int) -> None:
        """Move a place `by` places back (forward if negative); the arrivals stay where they are."""
        order = list(self.ordered())
        arrivals = [each.bid.arrival for each in order]
        old = order.index(place)
        order.insert(min(max(old + by, 0), len(order) - 1), order.pop(old))
        for lane in self._lanes.values():
            lane.places.clear()
        for each, arrival in zip(order, arrivals, strict=True):
            each.bid = replace(each.bid, arrival=arrival)
            self._lanes[each.bid.member].places[each.bid.id] = each
        self.due, self.ranked = True, False

    def line(self, pacing: Pacing, *, withdrawn: bool = False) -> Line:
        """Put it as the ledger is asked; when withdrawn, as if nobody waited."""
        return Line(
            self.group,
            ()
            if withdrawn
            else tuple(
                Lane(
                    member=member,
                    limit=lane.limit,
                    limit_since=lane.limit_since,
                    pacing=pacing,
                    bids=tuple(_bids(lane)),
                    count=len(lane.places),
                    last=lane.places[next(reversed(lane.places))].bid.arrival,
                )
                for member, lane in self._lanes.items()
            ),
        )

    def _heads(self) -> Iterator[Place]:
        for lane in self._lanes.values():
            yield from islice(lane.places.values(), 1)


def _bids(lane: _Lane) -> Iterator[Bid]:
    return (place.bid for place in islice(lane.places.values(), DEPTH))
