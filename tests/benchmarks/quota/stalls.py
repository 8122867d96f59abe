"""How long an event loop is held up by the others: by their writing, by one that stopped or died."""

from __future__ import annotations

import os
import signal
import sqlite3
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path

from tests.benchmarks.quota.contest import Account, Job, job, work
from tests.benchmarks.quota.crew import PATIENCE_S, Crew
from tests.benchmarks.quota.figures import starts
from tests.benchmarks.quota.limiters import LOCKED, OURS, Allowance
from tui_app.adapters.clock import SystemClock

CONTENDERS = 7
CONTEST_S = 2.0
STOP_S = 1.0
"""How long the holder of the lock is stopped before it is killed."""

AFTER_S = 0.5

HEAD_WINDOW_S = 1.0


@dataclass(frozen=True, slots=True)
class Stall:
    """The longest stall of an event loop that contends, and of one that only ticks, in seconds."""

    contending: float
    idle: float


def among_contenders(kind: str) -> Stall:
    """Let a process contend with seven others, beside one that has nothing to do with them."""
    with tempfile.TemporaryDirectory() as folder, Crew() as crew:
        base = job(kind, CONTEST_S, CONTENDERS + 1)
        base = replace(base, allowance=replace(base.allowance, folder=folder))
        crew.hire(work, replace(base, ticks=True))
        crew.hire(work, replace(base, ticks=True, at_once=0))
        for _ in range(CONTENDERS):
            crew.hire(work, base)
        crew.begin()
        contending, idle, *_ = crew.results(Account, CONTEST_S)
    return Stall(contending.stall, idle.stall)


def hold(place: tuple[str, str], pipe: Connection) -> None:
    """Take the lock of a limiter and keep it; see `Crew`. The place is a limiter and its folder."""
    kind, folder = place
    if kind == OURS:
        (ledger,) = Path(folder).glob("*.sqlite3")
        connection = sqlite3.connect(ledger, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
    else:
        from filelock import FileLock

        lock = FileLock(str(Path(folder, "pyrate.sqlite.lock")))
        lock.acquire()
    pipe.send("held")
    with suppress(EOFError):
        pipe.recv()


@dataclass(frozen=True, slots=True)
class Stopped:
    """A stopped holder of the lock: the stall of another's event loop, and its first start after the
    holder was killed, in seconds."""

    stall: float
    next_start: float


def stopped_holder(kind: str) -> Stopped:
    """Stop the process that holds the lock, kill it a second later, and see what another one does."""
    assert kind in {OURS, LOCKED}
    with tempfile.TemporaryDirectory() as folder, Crew() as crew:
        seconds = STOP_S + AFTER_S
        asked = Job(kind, Allowance(folder, 10, 60.0), seconds, at_once=20, ticks=True)
        observer = crew.hire(work, asked)
        observer.hear(str)
        holder = crew.hire(hold, (kind, folder))
        holder.hear(str)
        pid = holder.process.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        clock = SystemClock()
        observer.pipe.send(clock.now())
        time.sleep(STOP_S)
        killed = clock.now()
        os.kill(pid, signal.SIGKILL)
        account = observer.hear(Account, seconds + PATIENCE_S)
        first = min((start.at for start in starts(asked.log)), default=float("inf"))
    return Stopped(account.stall, first - killed)


def dead_head() -> float:
    """Tell how late the next one starts when the one whose turn it is was killed while it waited."""
    with tempfile.TemporaryDirectory() as folder, Crew() as crew:
        asked = Job(OURS, Allowance(folder, 1, HEAD_WINDOW_S), 3 * HEAD_WINDOW_S, at_once=2)
        head, other = crew.hire(work, asked), crew.hire(work, replace(asked, at_once=1))
        head.hear(str)
        other.hear(str)
        begin = SystemClock().now()
        head.pipe.send(begin)
        other.pipe.send(begin + HEAD_WINDOW_S / 3)
        time.sleep(HEAD_WINDOW_S / 3 * 2)
        crew.dismiss(head)
        other.hear(Account, PATIENCE_S)
        before, after, *_ = (start.at for start in starts(asked.log))
    return after - before - HEAD_WINDOW_S
