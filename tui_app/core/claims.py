"""What the queue of a process and the ledger of all processes say to each other.

A request becomes a `Bid`; a bid that may go becomes a claim, which keeps a slot for a lease; a claim
becomes a start when the request is sent, or is refunded when it never was. Times are seconds of
`ports.Clock`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tui_app.core.quota import WINDOW_S, Closure, Group, Pacing, Source

if TYPE_CHECKING:
    from tui_app.core.activity import ToldLimit


_NOTHING: Mapping[Any, Any] = MappingProxyType({})


def _nothing() -> Mapping[Any, Any]:
    return _NOTHING


@dataclass(frozen=True, slots=True)
class Terms:
    """How long things last, in seconds; all processes on one ledger keep the same.

    `margin` is added to the window because the service counts a request when it arrives.
    `lease` is how long a claim is good for sending: the connect timeout and one second.
    `grace` is how long a process may leave a slot that is its turn before it is passed over.
    """

    window: float = WINDOW_S
    margin: float = 0.5
    lease: float = 6.0
    grace: float = 0.25

    @property
    def cooldown(self) -> float:
        """How long a start keeps its slot."""
        return self.window + self.margin

    def free_after_claim(self, at: float) -> float:
        """When the slot of a claim is free if nobody says whether it was sent."""
        return at + self.lease + self.cooldown

    def free_after_start(self, at: float) -> float:
        """When the slot of a request that was sent by `at` is free."""
        return at + self.cooldown


@dataclass(frozen=True, slots=True)
class Bid:
    """One waiting request: what it is called, who asked, and since when it waits."""

    id: int
    member: str
    source: Source
    arrival: float


@dataclass(frozen=True, slots=True)
class Lane:
    """The waiting requests of one endpoint in one group, by arrival; `bids` are the first of `count`.

    `last` is the arrival of the last of them, `limit_since` when the limit became what it is.
    """

    member: str
    limit: int
    limit_since: float
    pacing: Pacing
    bids: tuple[Bid, ...]
    count: int
    last: float


@dataclass(frozen=True, slots=True)
class Line:
    """All that waits in this process for one group."""

    group: Group
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True)
class Telling:
    """What one answer told of the service's own limits; its request was sent not before `sent_at`."""

    group: Group
    sent_at: float
    limits: tuple[ToldLimit, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """What a process asks of the ledger in one transaction; everything in it happens, or nothing.

    `sent` maps claims to when they were sent, `refunds` are claims that never were. `limits` are
    limits of endpoints that were changed, a closure of None reopens, `told` is what answers told,
    `withdrawn` says that some wait no more that were not granted. Then the lines are tried.
    """

    now: float
    sent: Mapping[int, float] = field(default_factory=_nothing)
    refunds: tuple[int, ...] = ()
    closures: Mapping[Group, Closure | None] = field(default_factory=_nothing)
    limits: Mapping[str, int] = field(default_factory=_nothing)
    told: tuple[Telling, ...] = ()
    withdrawn: bool = False
    lines: tuple[Line, ...] = ()

    @property
    def frees(self) -> bool:
        """Tell whether some that wait in other processes may have to go, or to wake, at another time."""
        return bool(self.refunds or self.closures or self.limits or self.withdrawn)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the ledger answers to a line.

    `granted` are the bids that may go, claimed at the order's `now`. `wake_at` is when another may
    (None: nobody waits). `held_until`: an earlier one of another process may go and has not yet;
    ask again when the ledger changes, at the latest then. `limits` are newer than the line's.
    """

    group: Group
    granted: tuple[int, ...] = ()
    wake_at: float | None = None
    held_until: float | None = None
    limits: Mapping[str, int] = field(default_factory=_nothing)


@dataclass(frozen=True, slots=True)
class Rival:
    """What another process has published of its waiting requests of one endpoint.

    `arrival` and `source` are those of the first, `last` is the arrival of the last of `count`;
    `arrivals` and `sources` are those of the first of them, as many as are known.
    """

    member: str
    source: Source
    limit: int
    arrival: float
    last: float
    count: int
    arrivals: tuple[float, ...] = ()
    sources: tuple[Source, ...] = ()

    def ahead_of(self, arrival: float) -> int:
        """Tell how many of them came before `arrival`; behind those that are known, evenly spread."""
        known = bisect_left(self.arrivals, arrival)
        if known < len(self.arrivals) or arrival <= self.arrival:
            return known
        if arrival >= self.last:
            return self.count
        begin = self.arrivals[-1] if self.arrivals else self.arrival
        counted = max(known, 1)
        return counted + int((self.count - counted) * (arrival - begin) / (self.last - begin))


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for an endpoint in a group: until when that is closed, a limit that was published.

    `limit` is None if none was, `limit_since` is when it was.
    """

    closed_until: float = 0.0
    limit: int | None = None
    limit_since: float = 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What the ledger holds of one group.

    `free_at` tells, ascending, when the slots that are taken are expected to be free (a claim is
    expected to be sent as soon as it is made), `claims` when those are that may yet be sent (they are
    in `free_at` too), `last_start` when the latest of them was taken.
    `rivals` are those who wait in other processes, by arrival. `alone` is why only this process is
    counted, if no ledger can be shared; else it is empty.
    """

    free_at: tuple[float, ...] = ()
    claims: tuple[float, ...] = ()
    last_start: float | None = None
    rivals: tuple[Rival, ...] = ()
    closure: Closure | None = None
    alone: str = ""
