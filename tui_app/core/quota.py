"""The arithmetic of the limit: what is left, when the next request may start. Time is an argument.

Times are seconds of a clock that all processes share and that nobody can set (see `Clock`).
"""

from __future__ import annotations

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
class Waiting:
    """One request in the queue: its place (1 is next), who asked, and when it should start."""

    id: str
    position: int
    member: str
    source: Source
    expected_in_s: float
    ours: bool = True


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left of one group for one limit, as of `at`; frozen, and good for counting down by itself.

    `free_at` holds, ascending, when each used slot is free again. Waiting requests of this
    process come in order; `others_waiting` counts those of other processes as far as published.
    """

    group: Group
    limit: int
    at: float
    free_at: tuple[float, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    others_waiting: int = 0
    closure: Closure | None = None
    paused: bool = False

    def used(self, now: float) -> int:
        """Count the slots still taken at `now`; never above the limit."""
        return min(self.limit, sum(free > now for free in self.free_at))

    def left(self, now: float) -> int:
        """Count the requests that may start at once; never negative."""
        return 0 if self.is_closed(now) else self.limit - self.used(now)

    def is_closed(self, now: float) -> bool:
        """Tell whether the service closed the group until later than `now`."""
        return self.closure is not None and self.closure.until > now

    def next_slot_in(self, now: float) -> float:
        """Seconds until one more request may start, 0 when one may start now."""
        raise NotImplementedError

    def full_in(self, now: float) -> float:
        """Seconds until the whole limit is free again."""
        raise NotImplementedError
