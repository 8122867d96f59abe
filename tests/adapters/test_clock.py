"""The clock of the quota: timers that are never early, and a name for this run of the machine."""

from __future__ import annotations

import asyncio
import sys

import pytest

from tui_app.adapters import clock as module
from tui_app.adapters.clock import SystemClock, boot_id


@pytest.mark.parametrize("seconds", [-1.0, 0.0, 0.003, 0.03])
async def test_a_timer_rings_and_is_never_early(seconds: float) -> None:
    clock = SystemClock()
    rung: asyncio.Future[float] = asyncio.get_running_loop().create_future()
    when = clock.now() + seconds
    clock.call_at(when, lambda: rung.set_result(clock.now()))
    assert await asyncio.wait_for(rung, 10) >= when


async def test_a_long_wait_is_done_in_steps_and_not_early_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONG_S", 0.01)
    monkeypatch.setattr(module, "LAST_S", 0.005)
    await test_a_timer_rings_and_is_never_early(0.05)


async def test_a_cancelled_timer_does_not_ring() -> None:
    clock = SystemClock()
    rung: list[str] = []
    clock.call_at(clock.now() + 0.001, lambda: rung.append("cancelled")).cancel()
    clock.call_at(clock.now(), lambda: rung.append("cancelled")).cancel()
    last = asyncio.Event()
    clock.call_at(clock.now() + 0.002, last.set)
    await asyncio.wait_for(last.wait(), 10)
    assert rung == []


@pytest.mark.skipif(sys.platform not in {"linux", "darwin"}, reason="this system names no boots")
def test_the_run_of_the_machine_has_one_name() -> None:
    assert boot_id()
    assert boot_id() == boot_id()


def test_time_goes_on() -> None:
    clock = SystemClock()
    before = clock.now()
    assert 0 < before <= clock.now()
