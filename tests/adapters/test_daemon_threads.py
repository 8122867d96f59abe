"""Calls that may never return: they hold up neither the loop nor the end of the process."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from tui_app.adapters.daemon_threads import DaemonLane


@pytest.fixture
def answer() -> Iterator[threading.Event]:
    """What a call waits for; it comes at the latest when the test is over."""
    event = threading.Event()
    yield event
    event.set()


async def test_a_result_and_an_error_come_back_whole() -> None:
    lane = DaemonLane("test")
    assert await lane.call(lambda: 7, 10.0) == 7
    with pytest.raises(ZeroDivisionError):
        await lane.call(lambda: 1 // 0, 10.0)


async def test_a_call_without_an_answer_times_out_and_the_loop_runs_on(answer: threading.Event) -> None:
    with pytest.raises(TimeoutError):
        await DaemonLane("test").call(answer.wait, 0.05)


async def waiting(lane: DaemonLane, answer: threading.Event) -> asyncio.Task[bool]:
    """A call that has begun and that waits for its answer."""
    begun = threading.Event()

    def wait() -> bool:
        begun.set()
        return answer.wait()

    task = asyncio.create_task(lane.call(wait, 10.0))
    assert await asyncio.to_thread(begun.wait, 10)
    return task


async def test_calls_wait_for_one_another(answer: threading.Event) -> None:
    lane, done = DaemonLane("test"), list[str]()
    one = await waiting(lane, answer)
    two = asyncio.create_task(lane.call(lambda: done.append("second"), 10.0))
    await asyncio.wait([two], timeout=0.05)
    assert done == []
    answer.set()
    await asyncio.gather(one, two)
    assert done == ["second"]


async def test_a_call_given_up_before_its_turn_never_starts(answer: threading.Event) -> None:
    lane, done = DaemonLane("test"), list[str]()
    one = await waiting(lane, answer)
    with pytest.raises(TimeoutError):
        await lane.call(lambda: done.append("second"), 0.05)
    answer.set()
    await one
    await lane.call(lambda: done.append("third"), 10.0)
    assert done == ["third"]


@pytest.mark.parametrize("how", ["timed out", "cancelled"])
def test_the_process_ends_at_once_while_a_call_still_waits(how: str) -> None:
    give_up = {
        "timed out": "await lane.call(threading.Event().wait, 0.05)",
        "cancelled": "await asyncio.wait_for(lane.call(threading.Event().wait, 600), 0.05)",
    }[how]
    code = f"""
import asyncio, threading
from tui_app.adapters.daemon_threads import DaemonLane

async def main():
    lane = DaemonLane("test")
    try:
        {give_up}
    except TimeoutError:
        print("given up")

asyncio.run(main())
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "given up\n", "")
