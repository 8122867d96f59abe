"""What single acts cost, in microseconds: medians of single calls, which a pause elsewhere hardly moves."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

from tests.benchmarks.quota.crew import Crew
from tests.benchmarks.quota.limiters import (
    LOCKED,
    OURS,
    PLAIN,
    Aiolimiter,
    Allowance,
    Inferterm,
    Limiter,
    Pyrate,
)
from tests.quota_worker import GROUP
from tui_app.adapters.clock import SystemClock
from tui_app.adapters.ledger import SqliteLedger
from tui_app.adapters.ledger_file import MEMORY
from tui_app.core.claims import Bid, Lane, Line, Order, Terms
from tui_app.core.quota import Pacing, Source

USED = 200
"""How many starts lie in the window while it is read and written."""

CALLS = 1000
AT_ONCE = 1000

_ids = count(1)


@dataclass(frozen=True, slots=True)
class Costs:
    """What acts of a kind cost, by name."""

    claiming: dict[str, float]
    reading: dict[str, float]
    in_process: dict[str, float]


def work(folder: str, pipe: Connection) -> None:
    """Measure in this process, below a folder; see `Crew`."""
    tempfile.tempdir = folder
    pipe.send("ready")
    pipe.recv()
    pipe.send(Costs(claiming(), asyncio.run(reading()), asyncio.run(in_process())))


def costs() -> Costs:
    """Measure in a process of its own: the peers' threads end with it, before their files go."""
    with tempfile.TemporaryDirectory() as folder, Crew() as crew:
        member = crew.hire(work, folder)
        crew.begin()
        return member.hear(Costs)


def microseconds(calls: int, act: Callable[[], object]) -> float:
    """Time some calls one by one; the median."""
    taken = []
    for _ in range(calls):
        before = time.perf_counter_ns()
        act()
        taken.append(time.perf_counter_ns() - before)
    return statistics.median(taken) / 1000


def claim(ledger: SqliteLedger, now: float) -> int:
    """Claim one slot; the claim."""
    bid = Bid(next(_ids), "endpoint", Source.BATCH, now)
    lane = Lane("endpoint", 10 * USED, now, Pacing.BURST, (bid,), 1, now)
    (verdict,) = ledger.settle(Order(now, lines=(Line(GROUP, (lane,)),)))
    (granted,) = verdict.granted
    return granted


def claim_and_confirm(ledger: SqliteLedger, now: float) -> None:
    """One start in two transactions, as when nothing else is going on."""
    ledger.settle(Order(now, sent={claim(ledger, now): now}))


def claiming() -> dict[str, float]:
    """One start, up to 200 of them in the window: ours, and pyrate-limiter's without and with file lock."""
    clock, ledger = SystemClock(), SqliteLedger(Path(tempfile.mkdtemp()), Terms())
    found = {OURS: microseconds(USED, lambda: claim_and_confirm(ledger, clock.now()))}
    ledger.close()
    for kind, file_lock in ((LOCKED, True), (PLAIN, False)):
        pyrate = Pyrate(_allowance(), file_lock=file_lock)
        found[kind] = microseconds(USED, pyrate.limiter.try_acquire)
        pyrate.limiter.close()
    return found


async def reading() -> dict[str, float]:
    """What is left of a quota of which 200 are used: as the gauge asks, after a change, the peer's count."""
    ours, clock = Inferterm(_allowance()), SystemClock().now
    for _ in range(USED):
        claim_and_confirm(ours.ledger, clock())

    def look() -> None:
        ours.ledger.version(clock())
        ours.queue.quota(GROUP, 10 * USED)

    found = {
        "kept": microseconds(CALLS, lambda: ours.queue.quota(GROUP, 10 * USED)),
        "looked": microseconds(CALLS, look),
        "read": microseconds(CALLS, lambda: ours.ledger.read(GROUP, clock())),
    }
    await ours.aclose()
    for name, file_lock in (("count", False), ("count, file lock", True)):
        pyrate = Pyrate(_allowance(), file_lock=file_lock)
        for _ in range(USED):
            pyrate.limiter.try_acquire()
        found[name] = microseconds(CALLS, pyrate.bucket.count)
        pyrate.limiter.close()
    return found


async def in_process() -> dict[str, float]:
    """CPU of a start that has not to wait, within one process: one after the other, and 1,000 at once."""
    limit = 100 * AT_ONCE
    limiters: dict[str, Limiter] = {
        "memory": Inferterm(Allowance(str(MEMORY), limit, 60.0)),
        "file": Inferterm(Allowance(tempfile.mkdtemp(), limit, 60.0)),
        "aiolimiter": Aiolimiter(Allowance("", limit, 60.0)),
    }
    found: dict[str, float] = {}
    for name, limiter in limiters.items():
        used = time.process_time()
        for _ in range(AT_ONCE):
            await limiter.start(0.0, _nothing)
        found[f"{name}, one by one"] = 1e6 * (time.process_time() - used) / AT_ONCE
        used = time.process_time()
        await asyncio.gather(*(limiter.start(0.0, _nothing) for _ in range(AT_ONCE)))
        found[f"{name}, at once"] = 1e6 * (time.process_time() - used) / AT_ONCE
        await limiter.aclose()
    return found


def _allowance() -> Allowance:
    return Allowance(tempfile.mkdtemp(), 10 * USED, 60.0)


def _nothing() -> None:
    return
