"""Processes of the quota that are killed or stopped at any point, also within a transaction of SQLite.

Run as `python -m tests.quota_victims JSON`, the JSON being `Victims`. It prints "ready", then forks one
victim after the other; each uses the ledger until a signal hits it. For each it prints where it was
hit: "t" within a transaction, "s" within another statement, "o" outside of SQLite.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from unittest import mock

from tests.quota_worker import GROUP
from tui_app.adapters.clock import SystemClock
from tui_app.adapters.ledger import SqliteLedger
from tui_app.core.claims import Terms
from tui_app.core.place import Place
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Source

INSTRUCTIONS = {"transaction": 600, "statement": 3000}
"""About how many instructions of SQLite's machine a victim's first requests take within these."""

POINTS = ("transaction", "statement", "moment", "start")
"""Where victims are hit, in turn: within SQLite, at any moment, or after a start of which nobody knows."""

LONGEST_S = 0.03
"""The latest of those moments."""

DELAY_S = 0.05
"""How long such a start comes after its claim."""


@dataclass(frozen=True, slots=True)
class Victims:
    """So many of them; with `stop` there is one, which is stopped within a transaction and waited for."""

    folder: str
    log: str
    limit: int
    count: int
    window: float
    lease: float
    seed: int = 1
    stop: bool = False

    def command(self) -> list[str]:
        """The command line that runs them."""
        return [sys.executable, "-m", "tests.quota_victims", json.dumps(asdict(self))]


def _hit_within(what: str, at: int, hit: signal.Signals, told: int) -> Callable[..., sqlite3.Connection]:
    """A `sqlite3.connect` whose connections are hit at the `at`-th instruction within `what`."""
    connect = sqlite3.connect
    left = at

    def connected(*args: object, **options: object) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **options)  # type: ignore[call-overload]

        def step() -> None:
            nonlocal left
            left -= what == "statement" or connection.in_transaction
            if left < 0:
                left = sys.maxsize
                os.write(told, b"t" if connection.in_transaction else b"s")
                os.kill(os.getpid(), hit)

        connection.set_progress_handler(step, 1)
        return connection

    return connected


async def _use(job: Victims, what: str) -> None:
    """Send some and give one back, over and over."""
    clock = SystemClock()
    terms = Terms(window=job.window, margin=0.0, lease=job.lease)
    queue = RequestQueue(SqliteLedger(Path(job.folder), terms), clock)
    log = os.open(job.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    async def send(place: Place) -> None:
        async with place:
            if what == "start":
                await place.turn()
                await asyncio.sleep(DELAY_S)
            await place.sent()
            os.write(log, f"{clock.now():.9f} {os.getpid()}\n".encode())
            if what == "start":
                os.kill(os.getpid(), signal.SIGKILL)

    while True:
        queue.quota(GROUP, job.limit)
        places = [queue.join(GROUP, job.limit, "victim", Source.BATCH) for _ in range(4)]
        await places[0].turn()
        places[0].cancel()
        await asyncio.gather(*(send(place) for place in places[1:]))


def _run(job: Victims) -> None:
    chance = random.Random(job.seed)
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(job.count):
        told, tell = os.pipe()
        what = POINTS[number % len(POINTS)]
        at = chance.randrange(INSTRUCTIONS.get(what, 1))
        pid = os.fork()
        if pid == 0:
            hit = signal.SIGSTOP if job.stop else signal.SIGKILL
            connect = _hit_within(what, at, hit, tell) if what in INSTRUCTIONS else sqlite3.connect
            with mock.patch("sqlite3.connect", connect):
                asyncio.run(_use(job, what))
        os.close(tell)
        if what == "moment":
            time.sleep(chance.uniform(0.0, LONGEST_S))
            os.kill(pid, signal.SIGKILL)
        print(os.read(told, 1).decode() or "o", pid, flush=True)
        os.close(told)
        if not job.stop:
            os.waitpid(pid, 0)
    if job.stop:
        sys.stdin.readline()


if __name__ == "__main__":
    _run(Victims(**json.loads(sys.argv[1])))
