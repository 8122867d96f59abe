"""Real processes on one ledger, killed and stopped, their starts counted by brute force."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from tests.quota_worker import GROUP, Job, starts, violations
from tui_app.adapters.clock import SystemClock
from tui_app.adapters.ledger import SqliteLedger
from tui_app.core.claims import Terms
from tui_app.core.place import Stage
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Source

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")

TERMS = Terms(window=0.5, margin=0.0, lease=0.5)
HOLDER = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
time.sleep(60)
"""


def job(
    folder: Path,
    limit: int,
    seconds: float,
    *,
    at_once: int = 10,
    delay_s: float = 0.0,
    lease: float = TERMS.lease,
) -> Job:
    ledger, log = str(folder / "ledger"), str(folder / "log")
    window, margin = TERMS.window, TERMS.margin
    return Job(ledger, log, limit, seconds, window, margin, lease, at_once=at_once, delay_s=delay_s)


@contextmanager
def running(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """A process that has said its first word; it is killed if it does not end by itself."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline()
            yield process
        finally:
            process.kill()


def begin(*processes: subprocess.Popen[str]) -> None:
    """Let workers begin at one moment."""
    at = SystemClock().now() + 0.05
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(f"{at}\n")
        process.stdin.flush()


def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)


def times(folder: Path) -> list[float]:
    return [at for at, _ in starts(folder / "log")]


@pytest.mark.parametrize("processes", [1, 2, 8])
def test_no_window_has_more_starts_than_the_limit_and_all_get_their_share(
    tmp_path: Path, processes: int
) -> None:
    work = job(tmp_path, 40, 2.2)
    with ExitStack() as stack:
        workers = [stack.enter_context(running(work.command())) for _ in range(processes)]
        begin(*workers)
        assert [worker.wait(30) for worker in workers] == [0] * processes
    found = starts(tmp_path / "log")
    assert violations([at for at, _ in found], 40, TERMS.window) == []
    assert len(found) >= 40 * 3
    shares = Counter(pid for _, pid in found)
    assert len(shares) == processes
    assert min(shares.values()) >= 10


def test_a_delay_between_grant_and_start_puts_no_start_into_another_window(tmp_path: Path) -> None:
    work = job(tmp_path, 20, 2.0, delay_s=0.05)
    with running(work.command()) as one, running(work.command()) as two:
        begin(one, two)
        assert (one.wait(30), two.wait(30)) == (0, 0)
    assert violations(times(tmp_path), 20, TERMS.window) == []
    assert len(times(tmp_path)) >= 40


def test_killing_processes_at_random_moments_breaks_no_limit_and_stops_nobody(tmp_path: Path) -> None:
    work = job(tmp_path, 30, 60.0)
    chance = random.Random(1)
    with ExitStack() as stack:
        workers = [stack.enter_context(running(work.command())) for _ in range(3)]
        begin(*workers)
        for _ in range(10):
            time.sleep(chance.uniform(0.0, 0.15))
            workers.pop(0).kill()
            workers.append(stack.enter_context(running(work.command())))
            begin(workers[-1])
        killed_at = SystemClock().now()
        until(lambda: sum(at > killed_at for at in times(tmp_path)) > 90)
        for worker in workers:
            worker.kill()
    assert violations(times(tmp_path), 30, TERMS.window) == []


def test_a_process_stopped_for_a_while_breaks_no_limit_and_goes_on_afterwards(tmp_path: Path) -> None:
    work = job(tmp_path, 30, 60.0, lease=20.0)

    def starts_since(moment: float, pid: int) -> int:
        return sum(at > moment and by == pid for at, by in starts(tmp_path / "log"))

    with running(work.command()) as one, running(work.command()) as two:
        begin(one, two)
        until(lambda: len(times(tmp_path)) > 10)
        for _ in range(3):
            one.send_signal(signal.SIGSTOP)
            stopped_at = SystemClock().now()
            patience = partial(starts_since, stopped_at + 2 * TERMS.grace, two.pid)
            with suppress(AssertionError):
                until(patience, 1.0)
            one.send_signal(signal.SIGCONT)
            going_on = partial(starts_since, SystemClock().now(), one.pid)
            until(going_on)
    assert violations(times(tmp_path), 30, TERMS.window) == []


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGSTOP])
async def test_the_event_loop_goes_on_while_another_process_holds_the_lock(
    tmp_path: Path, ending: signal.Signals
) -> None:
    queue = RequestQueue(SqliteLedger(tmp_path, TERMS), SystemClock())
    queue.quota(GROUP, 5)
    (file,) = tmp_path.glob("*.sqlite3")
    with running([sys.executable, "-c", HOLDER, str(file)]) as holder:
        if ending is signal.SIGSTOP:
            holder.send_signal(signal.SIGSTOP)
        place = queue.join(GROUP, 5, "one", Source.CHAT)
        reasons = []
        turns = 0

        async def listen() -> None:
            async for standing in place.standings():
                reasons.append(standing.reason)

        listening = asyncio.ensure_future(listen())
        while not reasons:
            turns += 1
            await asyncio.sleep(0.001)
        assert turns > 50
        assert place.stage is Stage.WAITING
        assert queue.quota(GROUP, 5).left(queue.clock.now()) == 5
        assert reasons == ["another inferterm process holds the quota's ledger"]
        holder.kill()
        await asyncio.wait_for(listening, 20)
    await place.sent()
    await queue.aclose()


async def test_a_waiter_goes_on_when_the_one_before_it_is_killed(tmp_path: Path) -> None:
    first = job(tmp_path, 1, 60.0, at_once=5)
    queue = RequestQueue(SqliteLedger(tmp_path / "ledger", TERMS), SystemClock())
    with running(first.command()) as worker:
        begin(worker)
        until(lambda: len(times(tmp_path)) >= 1)
        place = queue.join(GROUP, 1, "two", Source.CHAT)
        await asyncio.sleep(0)
        worker.kill()
        await asyncio.wait_for(place.turn(), 20)
    await queue.aclose()


def test_many_processes_that_make_the_ledger_at_once_agree_on_one(tmp_path: Path) -> None:
    work = job(tmp_path, 8, 0.3, at_once=4)
    with ExitStack() as stack:
        opened = [
            stack.enter_context(
                subprocess.Popen(work.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            for _ in range(6)
        ]
        assert {process.stdout.readline() for process in opened if process.stdout} == {"ready\n"}
        begin(*opened)
        assert [process.wait(30) for process in opened] == [0] * 6
    (file,) = (tmp_path / "ledger").glob("*.sqlite3")
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert violations(times(tmp_path), 8, TERMS.window) == []
    assert len(times(tmp_path)) >= 8
    assert not list((tmp_path / "ledger").glob("*.draft"))


def test_the_clock_is_shared_by_processes_and_is_not_the_wall_clock() -> None:
    program = "from tui_app.adapters.clock import SystemClock; print(SystemClock().now())"
    before = SystemClock().now()
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert before < float(run.stdout) < SystemClock().now()
    assert abs(SystemClock().now() - time.time()) > 86400
    assert os.path.exists("/proc/uptime") is False or abs(_uptime() - SystemClock().now()) < 5.0


def _uptime() -> float:
    return float(Path("/proc/uptime").read_text("ascii").split()[0])
