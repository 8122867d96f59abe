"""Clocks that jump, machines that sleep or start anew: what counts, and what those who wait are told."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.adapters.test_ledger_file import claim, ledger
from tests.adapters.test_ledger_processes import begin, job, running, times
from tests.fakes_quota import FakeClock, Process, heard, join, stages
from tests.quota_worker import GROUP, Job, violations
from tui_app.adapters import clock as module
from tui_app.adapters.clock import SystemClock
from tui_app.adapters.ledger import SqliteLedger
from tui_app.core.claims import Terms
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Source

WALL = """
import runpy, sys, time
steps, first, clock = (0, -3600, 3600), int(sys.argv.pop()), time.time
time.time = lambda: clock() + steps[(int(time.monotonic() / 0.3) + first) % 3]
runpy.run_module("tests.quota_worker", run_name="__main__")
"""
"""A worker whose wall clock is set an hour back, forward and right again, all the time."""

AFTER_SLEEP = """
import asyncio, sys
from pathlib import Path
from tests.quota_worker import GROUP
from tui_app.adapters.clock import SystemClock
from tui_app.adapters.ledger import SqliteLedger
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Source

async def run():
    queue = RequestQueue(SqliteLedger(Path(sys.argv[1])), SystemClock())
    places = [queue.join(GROUP, 5, "one", Source.CHAT) for _ in range(9)]
    async for _ in places[-1].standings():
        break
    claimed = [place for place in places if place.stage == "claimed"]
    for place in claimed:
        await place.sent()
    await queue.aclose()
    print(len(claimed))

asyncio.run(run())
"""


@dataclass
class Sleeper:
    """Adds the time that the machine slept to the clock that counts it; the event loop's stands meanwhile."""

    slept: float = 0.0


@pytest.fixture
def sleeper(monkeypatch: pytest.MonkeyPatch) -> Sleeper:
    """A machine that can be put to sleep."""
    machine, awake = Sleeper(), SystemClock.now

    def now(clock: SystemClock) -> float:
        return awake(clock) + machine.slept

    monkeypatch.setattr(SystemClock, "now", now)
    return machine


async def test_who_waits_goes_soon_after_the_machine_slept_over_its_turn(
    tmp_path: Path, sleeper: Sleeper
) -> None:
    queue = RequestQueue(SqliteLedger(tmp_path, Terms(window=3600.0)), SystemClock())
    first, second = (queue.join(GROUP, 1, "one", Source.CHAT) for _ in range(2))
    await first.sent()
    first.cancel()
    waiting = asyncio.ensure_future(second.turn())
    await asyncio.sleep(0.05)
    sleeper.slept = 3500.0
    await asyncio.sleep(1.2)
    assert stages(second) == "w"
    assert not waiting.done()
    sleeper.slept = 3602.0
    await asyncio.wait_for(waiting, 20)
    await queue.aclose()


async def test_a_claim_over_which_the_machine_slept_is_not_sent_with_it(
    tmp_path: Path, sleeper: Sleeper
) -> None:
    queues = [RequestQueue(SqliteLedger(tmp_path), SystemClock()) for _ in range(2)]
    slept_over = queues[0].join(GROUP, 1, "one", Source.CHAT)
    await slept_over.turn()
    sleeper.slept = 100.0
    other = queues[1].join(GROUP, 1, "one", Source.CHAT)
    await asyncio.wait_for(other.sent(), 20)
    assert queues[0].start(slept_over) is False
    await asyncio.sleep(0.05)
    assert stages(slept_over) == "w"
    for queue in queues:
        await queue.aclose()


async def test_a_long_timer_looks_up_now_and_then_and_rings_after_a_sleep(
    sleeper: Sleeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STEP_S", 0.05)
    clock, rung = SystemClock(), asyncio.Event()
    clock.call_at(clock.now() + 7200.0, rung.set)
    await asyncio.sleep(0.2)
    assert not rung.is_set()
    sleeper.slept = 7200.0
    await asyncio.wait_for(rung.wait(), 10)


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("unshare"), reason="Linux has such clocks")
def test_sleep_counts_on_the_real_clock(tmp_path: Path) -> None:
    space = ["unshare", "--user", "--map-root-user", "--time", "--boottime"]
    if subprocess.run([*space, "1", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody have a clock of its own")
    command = [sys.executable, "-c", AFTER_SLEEP, str(tmp_path)]

    def granted(*slept: str) -> str:
        return subprocess.run([*slept, *command], capture_output=True, text=True, check=True).stdout.strip()

    assert granted() == "5"
    assert granted(*space, "50") == "0"
    assert granted(*space, "61") == "5"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_wall_clock_set_an_hour_back_and_forward_changes_nothing(tmp_path: Path) -> None:
    work = job(tmp_path, 30, 2.0)
    with running(_walled(work, 0)) as one, running(_walled(work, 1)) as two:
        begin(one, two)
        assert (one.wait(30), two.wait(30)) == (0, 0)
    assert violations(times(tmp_path), 30, work.window) == []
    assert len(times(tmp_path)) >= 90


def _walled(work: Job, first: int) -> list[str]:
    return [sys.executable, "-c", WALL, work.command()[-1], str(first)]


async def test_after_a_reboot_those_who_wait_are_told_until_the_machine_has_run_for_a_window(
    tmp_path: Path,
) -> None:
    with closing(ledger(tmp_path, "boot-before")) as book:
        claim(book, 2)
    clock = FakeClock(10.0)
    process = Process(clock, tmp_path)
    places = [join(process.queue, 500) for _ in range(3)]
    listening = asyncio.ensure_future(heard(places[0]))
    await clock.run(50.4, 0.5)
    assert stages(*places) == "www"
    quota = process.queue.quota(GROUP, 500)
    assert (quota.left(clock.now()), round(quota.next_slot_in(clock.now()), 3)) == (0, 0.1)
    await clock.run(0.2)
    assert stages(*places) == "ccc"
    assert [each.reason for each in await listening] == [
        "the machine was restarted: earlier requests still count"
    ]
    await process.queue.aclose()
