"""The clock of the quota: seconds since the machine started, counting sleep, which nobody can set."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path

LONG_S = 1.0
"""A longer wait is done in two steps: the event loop's timers may be late by a thousandth."""

LAST_S = 0.1
"""The second step."""

STEP_S = 60.0
"""The longest stretch: the loop's own clock may stand still while the machine sleeps."""


class SystemClock:
    """CLOCK_BOOTTIME on Linux, the continuous time of macOS, the monotonic clock elsewhere."""

    def now(self) -> float:
        """Tell the time in seconds."""
        return time.clock_gettime(_CLOCK) if _CLOCK is not None else time.monotonic()

    def call_at(self, when: float, action: Callable[[], None]) -> Alarm:
        """Call `action` in the running event loop at `when` or a moment later, never earlier."""
        return Alarm(self, when, action)


class Alarm:
    """A timer of the event loop that goes by another clock."""

    __slots__ = ("_action", "_clock", "_handle", "_loop", "_when")

    def __init__(self, clock: SystemClock, when: float, action: Callable[[], None]) -> None:
        self._clock, self._when, self._action = clock, when, action
        self._loop = asyncio.get_running_loop()
        left = when - clock.now()
        self._handle = self._wait(left) if left > 0 else self._loop.call_soon(action)

    def cancel(self) -> None:
        """See to it that the action does not happen."""
        self._handle.cancel()

    def _wait(self, left: float) -> asyncio.Handle:
        step = left if left <= LONG_S else min(left - LAST_S, STEP_S)
        return self._loop.call_later(step, self._ring)

    def _ring(self) -> None:
        left = self._when - self._clock.now()
        if left > 0:
            self._handle = self._wait(left)
        else:
            self._action()


def boot_id() -> str | None:
    """Name this run of the machine, from start to shutdown; None where the system has no name for it."""
    if sys.platform == "linux":
        try:
            return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip() or None
        except OSError:
            return None
    if sys.platform == "darwin":
        return _sysctl("kern.bootsessionuuid")
    return None


def _sysctl(name: str) -> str | None:
    import ctypes

    text = ctypes.create_string_buffer(64)
    size = ctypes.c_size_t(ctypes.sizeof(text))
    libc = ctypes.CDLL(None)
    failed = libc.sysctlbyname(name.encode(), text, ctypes.byref(size), None, ctypes.c_size_t(0))
    return None if failed else text.value.decode("ascii") or None


def _continuous() -> int | None:
    if sys.platform == "linux":
        return time.CLOCK_BOOTTIME
    if sys.platform == "darwin":
        return time.CLOCK_MONOTONIC_RAW
    return None


_CLOCK = _continuous()
