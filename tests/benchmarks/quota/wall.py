"""A wall clock that is set an hour back and forward, in one process: the real one is not ours to set."""

from __future__ import annotations

import time
from collections.abc import Callable

HOUR_S = 3600.0


class Wall:
    """Stands in the place of time.time, time.time_ns and the real-time clock of time.clock_gettime.

    It has to be put there before a library takes those functions for its own. From `begin` (of the
    clock `now`) on, the wall clock is right for a third of `seconds`, then an hour behind, then an
    hour ahead. `reads` counts who looked.
    """

    def __init__(self, now: Callable[[], float], seconds: float) -> None:
        self.begin = float("inf")
        self.reads = 0
        self._now = now
        self._seconds = seconds
        self._time_ns = time.time_ns
        self._clock_gettime = time.clock_gettime

    def hang_up(self) -> None:
        """Let this process see it from now on."""
        time.time = self._read
        time.time_ns = self._read_ns
        time.clock_gettime = self._read_any

    def offset(self, now: float) -> float:
        """Tell by how much it is wrong."""
        third = int(max(0.0, now - self.begin) * 3 / self._seconds)
        return (0.0, -HOUR_S, HOUR_S)[min(third, 2)]

    def _read_ns(self) -> int:
        self.reads += 1
        return self._time_ns() + int(self.offset(self._now()) * 1e9)

    def _read(self) -> float:
        return self._read_ns() / 1e9

    def _read_any(self, clock: int) -> float:
        return self._read() if clock == time.CLOCK_REALTIME else self._clock_gettime(clock)
