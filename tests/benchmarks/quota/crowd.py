"""What it costs when many wait: 1,000 with nothing to be had, and 350 of whom every other one gives up."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection

from tests.benchmarks.quota.crew import Crew
from tests.benchmarks.quota.figures import overtaken, schedule
from tests.benchmarks.quota.limiters import KINDS, Allowance, Limiter
from tests.quota_worker import violations
from tui_app.adapters.clock import SystemClock

CROWD = 1000
SETTLE_S = 1.0
"""How long the crowd may sort itself before its CPU counts."""

WATCH_S = 4.0
"""How long its CPU counts: the longest pause between two looks of a waiter is a second."""

GONE = 2
"""How many of the crowd may go: one that counts in minutes of the clock lets one go as a minute ends."""

BARE = "bare"
"""Stands for a crowd of tasks that wait for nothing, the baseline of the memory."""

QUITTERS = 350
QUITTING_S = 0.1, 0.7
QUITTING_LIMIT = 100
PATIENCE_S = 8.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A crowd: the share of a core that it takes, and bytes for each of it."""

    cpu: float
    size: float


def wait_idly(job: tuple[str, str], pipe: Connection) -> None:
    """Let a crowd wait in this process; see `Crew`. The job is a limiter and a folder."""
    asyncio.run(_wait_idly(*job, pipe))


async def _wait_idly(kind: str, folder: str, pipe: Connection) -> None:
    pipe.send("ready")
    pipe.recv()
    limiter = await _used_up(kind, folder)
    tracemalloc.start()
    tasks = [asyncio.ensure_future(_waiter(limiter)) for _ in range(CROWD)]
    await asyncio.sleep(0.05)
    size = tracemalloc.get_traced_memory()[0] / CROWD
    tracemalloc.stop()
    await asyncio.sleep(SETTLE_S)
    used = time.process_time()
    await asyncio.sleep(WATCH_S)
    cpu = (time.process_time() - used) / WATCH_S
    gone = sum(task.done() for task in tasks)
    if gone > GONE:
        raise AssertionError(f"{kind} let {gone} go that were to wait")
    pipe.send(Waiting(cpu, size))


async def _waiter(limiter: Limiter | None) -> None:
    if limiter is None:
        await asyncio.get_running_loop().create_future()
    else:
        await limiter.start(0.0, _nothing)


async def _used_up(kind: str, folder: str) -> Limiter | None:
    if kind == BARE:
        return None
    limiter = KINDS[kind].build(Allowance(folder, 1, 60.0))
    await limiter.start(0.0, _nothing)
    return limiter


def crowds(kinds: list[str]) -> dict[str, Waiting]:
    """Let crowds wait for several limiters at the same time, each in a process of its own."""
    with tempfile.TemporaryDirectory() as parent, Crew() as crew:
        for kind in kinds:
            folder = tempfile.mkdtemp(dir=parent)
            crew.hire(wait_idly, (kind, folder))
        crew.begin()
        return dict(zip(kinds, crew.results(Waiting, SETTLE_S + WATCH_S), strict=True))


@dataclass(frozen=True, slots=True)
class Quitting:
    """Half of 350 gave up: how late the worst of the others started, and what went wrong meanwhile."""

    worst: float
    violations: int
    overtaken: int
    missing: int


def give_up(job: tuple[str, str], pipe: Connection) -> None:
    """Let half of those who wait in this process give up; see `Crew`."""
    asyncio.run(_give_up(*job, pipe))


async def _give_up(kind: str, folder: str, pipe: Connection) -> None:
    clock = SystemClock()
    pipe.send("ready")
    pipe.recv()
    limiter = KINDS[kind].build(Allowance(folder, QUITTING_LIMIT, 1.0))
    first: list[float] = []
    await asyncio.gather(
        *(limiter.start(0.0, lambda: first.append(clock.now())) for _ in range(QUITTING_LIMIT))
    )
    noted: list[tuple[float, int]] = []

    def note(number: int) -> Callable[[], None]:
        return lambda: noted.append((clock.now(), number))

    tasks = [asyncio.ensure_future(limiter.start(0.0, note(number))) for number in range(QUITTERS)]
    for task in tasks[1::2]:
        asyncio.get_running_loop().call_later(random.uniform(*QUITTING_S), task.cancel)
    _, left = await asyncio.wait(tasks, timeout=PATIENCE_S)
    stayed = [(at, number) for at, number in noted if number % 2 == 0]
    times = [at for at, _ in stayed]
    ideal = schedule(first, QUITTING_LIMIT, 1.0, len(times))
    pipe.send(
        Quitting(
            worst=max((at - due for at, due in zip(times, ideal, strict=True)), default=PATIENCE_S),
            violations=len(violations(sorted(first + [at for at, _ in noted]), QUITTING_LIMIT, 1.0)),
            overtaken=overtaken([number for _, number in stayed]),
            missing=len([task for task in left if not task.cancelled()]),
        )
    )


def quitters(kind: str) -> Quitting:
    """Let half of 350 give up waiting for a limiter."""
    with tempfile.TemporaryDirectory() as folder, Crew() as crew:
        crew.hire(give_up, (kind, folder))
        crew.begin()
        (found,) = crew.results(Quitting, PATIENCE_S)
    return found


def _nothing() -> None:
    return
