"""The arithmetic of the limit: what is left, when the next request may start. Time is an argument.

Times are seconds of a clock that all processes share and that nobody can set (see `ports.Clock`).
"""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass
from enum import StrEnum

WINDOW_S = 60.0
"""Length of the sliding window, in seconds: a limit of N is N starts in any 60 of them."""


class Source(StrEnum):
    """Who starts a request."""

    CHAT = "chat"
    ASK = "ask"
    VERIFY = "verify"
    RETRY = "retry"
    SERVE = "serve"
    BATCH = "batch"


class Pacing(StrEnum):
    """How the starts that a limit allows are spread: as they come, or one each window/N."""

    BURST = "burst"
    EVEN = "even"


@dataclass(frozen=True, slots=True)
class Group:
    """Requests that draw on one budget: same base URL, same key, same model.

    `key` is the key's fingerprint, never the key.
    """

    base_url: str
    key: str
    model: str

    def __str__(self) -> str:
        return f"{self.model} at {self.base_url} with key {self.key}"


@dataclass(frozen=True, slots=True)
class Closure:
    """A group that the service closed: until when (shared clock), and why in the service's words."""

    until: float
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a waiting request stands: place (1 is next), seconds until its start, what holds it up.

    `reason` is set when it is something else than the limit: the service closed the group, the
    queue is paused, another process holds the ledger.
    """

    position: int
    expected_in_s: float
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """One request in the queue: its place (1 is next), who asked, and when it should start.

    `arrival` decides on its place, `ours` tells that it waits in this process.
    """

    id: str
    position: int
    member: str
    source: Source
    expected_in_s: float
    arrival: float = 0.0
    ours: bool = True


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left of one group for one limit, as of `at`; frozen, and good for counting down by itself.

    `free_at` holds, ascending, when each used slot is free again (it may hold more than `limit`
    of them: others may use the same group under a higher limit). Waiting requests of this
    process come in order; `others_waiting` counts those of other processes as far as published.
    `claims`, ascending and among `free_at`, belong to requests that were about to be sent; of one that
    is not known to be sent within `lease_s` the slot is free so much later.
    `cooldown_s` is how long a start keeps its slot, `paced_until` when an even pacing lets the
    next one go. `alone` is why only this process is counted, if no ledger can be shared; else empty.
    """

    group: Group
    limit: int
    at: float
    free_at: tuple[float, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    others_waiting: int = 0
    closure: Closure | None = None
    paused: bool = False
    pacing: Pacing = Pacing.BURST
    paced_until: float = 0.0
    cooldown_s: float = WINDOW_S
    alone: str = ""
    claims: tuple[float, ...] = ()
    lease_s: float = 0.0

    def used(self, now: float) -> int:
        """Count the slots still taken at `now`; never above the limit."""
        return min(self.limit, self._taken(now))

    def left(self, now: float) -> int:
        """Count the requests that may start at once; never negative."""
        if self.is_closed(now):
            return 0
        free = self.limit - self.used(now)
        if self.pacing is Pacing.EVEN:
            return min(free, int(self.paced_until <= now))
        return free

    def is_closed(self, now: float) -> bool:
        """Tell whether the service closed the group until later than `now`."""
        return self.closure is not None and self.closure.until > now

    def slots(self, now: float) -> tuple[float, ...]:
        """Tell, ascending, when each slot is expected to be free, as far as `now` is known."""
        late = bisect_right(self.claims, now + self.cooldown_s - self.lease_s) if self.claims else 0
        if not late:
            return self.free_at
        slots = list(self.free_at)
        for at in self.claims[:late]:
            slots.remove(at)
            insort(slots, at + self.lease_s)
        return tuple(slots)

    def next_slot_in(self, now: float) -> float:
        """Seconds until one more request may start, 0 when one may start now."""
        return self.start_in(1, now)

    def full_in(self, now: float) -> float:
        """Seconds until the whole limit is free again, if nothing else starts."""
        last = max(self._opens(), *self.slots(now)[-1:], self.paced_until)
        return max(0.0, last - now)

    def start_in(self, nth: int, now: float) -> float:
        """Seconds until the `nth` request from now (1 is the next) starts, if each goes as soon as it may."""
        opens = max(now, self._opens())
        start = nth_start(self.slots(now), self.limit, nth, opens, self.cooldown_s)
        if self.pacing is Pacing.EVEN:
            step = self.cooldown_s / self.limit * (nth - 1)
            start = max(start, max(self.paced_until, opens) + step)
        return start - now

    def wait_of(self, waiting: Waiting, now: float) -> float:
        """Seconds until one that waits should start, `now` being later than the quota is from."""
        return max(0.0, self.at + waiting.expected_in_s - now)

    def _taken(self, now: float) -> int:
        slots = self.slots(now)
        return len(slots) - bisect_right(slots, now)

    def _opens(self) -> float:
        return self.closure.until if self.closure else 0.0


def nth_start(free_at: tuple[float, ...], limit: int, nth: int, earliest: float, cooldown_s: float) -> float:
    """Tell when the `nth` (1 is next) of several starts happens that go as soon as `limit` allows.

    `free_at` is ascending. The `limit` latest of it are the slots that count; each start takes
    the slot that is free first, not before `earliest`, and keeps it for `cooldown_s`, as those do
    that were taken before `earliest`.
    """
    rounds, slot = divmod(nth - 1, limit)
    taken = len(free_at) - bisect_right(free_at, earliest)
    free = max(0, limit - taken)
    first = earliest if slot < free else free_at[len(free_at) - min(taken, limit) + slot - free]
    return first + rounds * cooldown_s
