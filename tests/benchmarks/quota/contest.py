"""One round: processes that start as many requests as a limiter lets them, and log each start."""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path

from tests.benchmarks.quota.crew import Crew
from tests.benchmarks.quota.figures import Figures, Start, starts
from tests.benchmarks.quota.limiters import KINDS, Allowance, Limiter
from tests.benchmarks.quota.wall import Wall
from tui_app.adapters.clock import SystemClock

LIMIT = 200
WINDOW_S = 1.0
IN_FLIGHT = 2 * LIMIT
"""How many requests all processes together want to start at any time: the limit is what they wait for."""

TICK_S = 0.001
"""How often the event loop of a process that ticks should come round."""


@dataclass(frozen=True, slots=True)
class Job:
    """What each process does for `seconds`: keeps `at_once` requests on their way.

    Each waits a random time up to `delay_s` between leave and start. `ticks`: measure how long the
    event loop is ever held up. `wall_steps`: the wall clock is set an hour back and forward.
    """

    kind: str
    allowance: Allowance
    seconds: float
    at_once: int = IN_FLIGHT
    delay_s: float = 0.0
    ticks: bool = False
    wall_steps: bool = False

    @property
    def log(self) -> Path:
        """Where the starts are noted."""
        return Path(self.allowance.folder, "log")


@dataclass(frozen=True, slots=True)
class Account:
    """What a process tells at the end.

    CPU seconds, errors of the limiter, looks at the wall clock, the longest stall of its event loop,
    and how long the first of those waited that had not started by then; seconds.
    """

    cpu: float
    errors: int
    wall_reads: int
    stall: float
    in_vain: float


@dataclass(frozen=True, slots=True)
class Round:
    """All starts of a round, what they amount to, and what the processes told."""

    found: list[Start]
    figures: Figures
    accounts: list[Account]


class Contestant:
    """A process in a round."""

    def __init__(self, job: Job, limiter: Limiter) -> None:
        self._job = job
        self._limiter = limiter
        self._clock = SystemClock()
        self._log = os.open(job.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.errors = 0
        self.stall = 0.0
        self._waiting: set[float] = set()

    @property
    def waits_since(self) -> float:
        """Since when the first of those waits that have not started."""
        return min(self._waiting, default=float("inf"))

    async def run(self, begin: float) -> None:
        """Start requests from `begin` on."""
        until = begin + self._job.seconds
        await asyncio.sleep(begin - self._clock.now())
        tasks = [asyncio.ensure_future(self._tick())] if self._job.ticks else []
        tasks += [asyncio.ensure_future(self._send()) for _ in range(self._job.at_once)]
        ended, _ = await asyncio.wait(
            [*tasks, asyncio.ensure_future(asyncio.sleep(until - self._clock.now()))],
            return_when=asyncio.FIRST_COMPLETED,
        )
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for task in ended:
            task.result()

    async def _send(self) -> None:
        while True:
            joined = self._clock.now()
            self._waiting.add(joined)

            def note(joined: float = joined) -> None:
                self._waiting.discard(joined)
                os.write(self._log, f"{self._clock.now():.6f} {os.getpid()} {joined:.6f}\n".encode())

            delay_s = random.uniform(0.0, self._job.delay_s) if self._job.delay_s else 0.0
            try:
                await self._limiter.start(delay_s, note)
            except self._limiter.errors:
                self.errors += 1
                await asyncio.sleep(TICK_S)

    async def _tick(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(TICK_S)
            self.stall = max(self.stall, time.perf_counter() - before - TICK_S)


def work(job: Job, pipe: Connection) -> None:
    """Run a contestant in this process; see `Crew`."""
    wall = Wall(SystemClock().now, job.seconds)
    if job.wall_steps:
        wall.hang_up()
    asyncio.run(_work(job, pipe, wall))


async def _work(job: Job, pipe: Connection, wall: Wall) -> None:
    limiter = KINDS[job.kind].build(job.allowance)
    contestant = Contestant(job, limiter)
    pipe.send("ready")
    wall.begin = pipe.recv()
    wall.reads, used = 0, time.process_time()
    await contestant.run(wall.begin)
    cpu = time.process_time() - used
    in_vain = max(0.0, wall.begin + job.seconds - contestant.waits_since)
    with suppress(*limiter.errors):
        await limiter.aclose()
    pipe.send(Account(cpu, contestant.errors, wall.reads, contestant.stall, in_vain))


def compete(job: Job, processes: int) -> Round:
    """Let several processes do a job in a folder of their own."""
    with tempfile.TemporaryDirectory() as folder, Crew() as crew:
        job = replace(job, allowance=replace(job.allowance, folder=folder))
        for _ in range(processes):
            crew.hire(work, job)
        begin = crew.begin()
        accounts = crew.results(Account, job.seconds)
        found = starts(job.log)
    return Round(found, figures(job, found, begin, processes, accounts), accounts)


def figures(job: Job, found: list[Start], begin: float, processes: int, accounts: list[Account]) -> Figures:
    """Work out what a round amounts to."""
    allowance = job.allowance
    return Figures.of(
        found,
        limit=allowance.limit,
        window=allowance.window,
        cooldown=allowance.window + allowance.margin,
        processes=processes,
        begin=begin,
        until=begin + job.seconds,
        cpu=sum(account.cpu for account in accounts),
        in_vain=max(account.in_vain for account in accounts),
    )


def job(kind: str, seconds: float, processes: int, *, margin: float = 0.0) -> Job:
    """The job of each of several processes in a round; the folder is filled in by `compete`."""
    return Job(kind, Allowance("", LIMIT, WINDOW_S, margin), seconds, IN_FLIGHT // processes)
