"""A process that starts as many requests as the quota allows and logs each start.

Run as `python -m tests.quota_worker JSON`, the JSON being a `Job`. It prints "ready" once its
ledger is open and waits for a line on standard input, the clock's time at which to begin; when it
ends it prints its CPU seconds.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tui_app.adapters.clock import SystemClock
from tui_app.adapters.ledger import SqliteLedger
from tui_app.core.claims import Terms
from tui_app.core.errors import QuotaError
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Group, Source

GROUP = Group("http://127.0.0.1", "fingerprint", "model")


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker does: `at_once` requests are in flight, for `seconds` after it began.

    Each waits `delay_s` between its turn and leave to send. `log` gets a line for each start: the
    clock's time and the process id.
    """

    folder: str
    log: str
    limit: int
    seconds: float
    window: float = 1.0
    margin: float = 0.0
    lease: float = 0.5
    grace: float = 0.25
    at_once: int = 20
    delay_s: float = 0.0
    member: str = "endpoint"

    def command(self) -> list[str]:
        """The command line that runs it."""
        return [sys.executable, "-m", "tests.quota_worker", json.dumps(asdict(self))]


def starts(log: Path) -> list[tuple[float, int]]:
    """Read the starts of a log, by time; a line that a kill cut short is no start."""
    lines = log.read_text("ascii").split("\n")[:-1] if log.exists() else []
    return sorted((float(at), int(pid)) for at, pid in (line.split() for line in lines))


def violations(times: list[float], limit: int, window: float) -> list[float]:
    """Find the starts that are the (limit + 1)th within a window, by brute force."""
    return [late for early, late in zip(times, times[limit:], strict=False) if late - early < window]


async def _run(job: Job) -> None:
    clock = SystemClock()
    terms = Terms(window=job.window, margin=job.margin, lease=job.lease, grace=job.grace)
    queue = RequestQueue(SqliteLedger(Path(job.folder), terms), clock)
    queue.quota(GROUP, job.limit)
    log = os.open(job.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    print("ready", flush=True)
    begin = float(sys.stdin.readline())
    until = begin + job.seconds
    await asyncio.sleep(begin - clock.now())

    async def sender() -> None:
        while clock.now() < until:
            async with queue.join(GROUP, job.limit, job.member, Source.BATCH) as place:
                await place.turn()
                if job.delay_s:
                    await asyncio.sleep(job.delay_s)
                await place.sent()
                os.write(log, f"{clock.now():.9f} {os.getpid()}\n".encode())

    used = time.process_time()
    senders = [asyncio.ensure_future(sender()) for _ in range(job.at_once)]
    await asyncio.sleep(until - clock.now())
    await queue.aclose()
    for ended in await asyncio.gather(*senders, return_exceptions=True):
        if ended is not None and not isinstance(ended, QuotaError):
            raise ended
    print(time.process_time() - used, flush=True)


if __name__ == "__main__":
    asyncio.run(_run(Job(**json.loads(sys.argv[1]))))
