"""The limiters that are compared, each used as its documentation says.

pyrate-limiter: `SQLiteBucket.init_from_file` with `use_file_lock` for several processes, its default
buffer of 50 ms, `try_acquire_async`. aiolimiter: `async with AsyncLimiter`. limits: `hit`, and where
that refuses, sleep until the reset time of `get_window_stats`; its stores for several processes
(Redis, Memcached, MongoDB) are servers, so it takes part within one process.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.quota_worker import GROUP
from tui_app.adapters.clock import SystemClock
from tui_app.adapters.ledger import SqliteLedger
from tui_app.core.claims import Terms
from tui_app.core.errors import LedgerBusy
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Source

SHORTEST_NAP_S = 0.001
"""How long at least a waiter for `limits` sleeps: its reset time may have passed already."""

Note = Callable[[], None]


class Limiter(Protocol):
    """What lets requests start; `errors` are those after which it may be asked again."""

    errors: tuple[type[Exception], ...]

    async def start(self, delay_s: float, note: Note) -> None:
        """Wait for leave, then `delay_s` as a connection does, then call `note` at the very start."""

    async def aclose(self) -> None:
        """Let go of everything."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many may start in a window of so many seconds, and the folder in which that is kept."""

    folder: str
    limit: int
    window: float
    margin: float = 0.0
    lease: float = 0.5
    grace: float = 0.25


class Inferterm:
    """This project's queue on its ledger."""

    errors: tuple[type[Exception], ...] = ()

    def __init__(self, allowance: Allowance) -> None:
        terms = Terms(allowance.window, allowance.margin, allowance.lease, allowance.grace)
        self.ledger = SqliteLedger(Path(allowance.folder), terms)
        self.queue = RequestQueue(self.ledger, SystemClock())
        with suppress(LedgerBusy):  # another one makes the file at this moment
            self.queue.quota(GROUP, allowance.limit)
        self._limit = allowance.limit

    async def start(self, delay_s: float, note: Note) -> None:
        async with self.queue.join(GROUP, self._limit, "endpoint", Source.BATCH) as place:
            await place.turn()
            if delay_s:
                await asyncio.sleep(delay_s)
            await place.sent()
            note()

    async def aclose(self) -> None:
        await self.queue.aclose()


class Pyrate:
    """pyrate-limiter on a SQLite file."""

    errors: tuple[type[Exception], ...] = (sqlite3.OperationalError,)

    def __init__(self, allowance: Allowance, *, file_lock: bool) -> None:
        from pyrate_limiter import Limiter as PyrateLimiter
        from pyrate_limiter import Rate, SQLiteBucket

        self.bucket = SQLiteBucket.init_from_file(
            [Rate(allowance.limit, int(allowance.window * 1000))],
            db_path=str(Path(allowance.folder, "pyrate.sqlite")),
            use_file_lock=file_lock,
        )
        self.limiter = PyrateLimiter(self.bucket)

    async def start(self, delay_s: float, note: Note) -> None:
        await self.limiter.try_acquire_async("endpoint")
        if delay_s:
            await asyncio.sleep(delay_s)
        note()

    async def aclose(self) -> None:
        self.limiter.close()


class Aiolimiter:
    """aiolimiter: a leaky bucket within one event loop."""

    errors: tuple[type[Exception], ...] = ()

    def __init__(self, allowance: Allowance) -> None:
        from aiolimiter import AsyncLimiter

        self.limiter = AsyncLimiter(allowance.limit, allowance.window)

    async def start(self, delay_s: float, note: Note) -> None:
        async with self.limiter:
            if delay_s:
                await asyncio.sleep(delay_s)
            note()

    async def aclose(self) -> None:
        return


class Limits:
    """limits, over its store in memory: its moving window, or its sliding counter."""

    errors: tuple[type[Exception], ...] = ()

    def __init__(self, allowance: Allowance, *, moving: bool) -> None:
        from limits import RateLimitItemPerSecond
        from limits.aio.storage import MemoryStorage
        from limits.aio.strategies import MovingWindowRateLimiter, SlidingWindowCounterRateLimiter

        self._item = RateLimitItemPerSecond(allowance.limit, int(allowance.window))
        strategy = MovingWindowRateLimiter if moving else SlidingWindowCounterRateLimiter
        self._limiter = strategy(MemoryStorage())

    async def start(self, delay_s: float, note: Note) -> None:
        while not await self._limiter.hit(self._item, "endpoint"):
            stats = await self._limiter.get_window_stats(self._item, "endpoint")
            await asyncio.sleep(max(stats.reset_time - time.time(), SHORTEST_NAP_S))
        if delay_s:
            await asyncio.sleep(delay_s)
        note()

    async def aclose(self) -> None:
        return


@dataclass(frozen=True, slots=True)
class Kind:
    """A limiter to compare; `processes` are the numbers among which it can share a limit."""

    title: str
    build: Callable[[Allowance], Limiter]
    processes: tuple[int, ...] = (1, 2, 8)


OURS, PLAIN, LOCKED, AIO, MOVING, COUNTER = "ours", "pyrate", "pyrate-lock", "aiolimiter", "moving", "counter"

KINDS: dict[str, Kind] = {
    OURS: Kind("inferterm", Inferterm),
    LOCKED: Kind("pyrate-limiter, SQLite + file lock", lambda to: Pyrate(to, file_lock=True)),
    PLAIN: Kind("pyrate-limiter, SQLite", lambda to: Pyrate(to, file_lock=False)),
    AIO: Kind("aiolimiter", Aiolimiter, (1,)),
    MOVING: Kind("limits, moving window", lambda to: Limits(to, moving=True), (1,)),
    COUNTER: Kind("limits, sliding counter", lambda to: Limits(to, moving=False), (1,)),
}
