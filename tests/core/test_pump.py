"""The worker between those who wait and a ledger in trouble."""

from __future__ import annotations

import asyncio

import pytest

from tests.fakes_quota import (
    COOLDOWN,
    GROUP,
    FakeClock,
    TroubledLedger,
    heard,
    join,
    send,
    stages,
)
from tui_app.core.errors import LedgerFailed
from tui_app.core.queue import RequestQueue


async def test_a_machine_that_slept_lets_those_go_whose_time_came(
    queue: RequestQueue, clock: FakeClock
) -> None:
    first, second = join(queue, 1), join(queue, 1)
    clock.advance()
    await send(first)
    clock.advance(1.0)
    clock.leap(3600.0)
    clock.advance()
    assert stages(second) == "c"


async def test_a_locked_ledger_is_asked_again_until_it_is_free(
    troubled: RequestQueue, clock: FakeClock, ledger: TroubledLedger
) -> None:
    ledger.busy = True
    places = [join(troubled, 1) for _ in range(2)]
    clock.advance(0.1)
    assert stages(*places) == "ww"
    assert 10 < ledger.asked < 100
    ledger.busy = False
    clock.advance(0.008)
    assert stages(*places) == "cw"


async def test_who_waits_for_a_ledger_that_stays_locked_is_told(
    troubled: RequestQueue, clock: FakeClock, ledger: TroubledLedger
) -> None:
    ledger.busy = True
    place = join(troubled)
    listening = asyncio.ensure_future(heard(place))
    await clock.run(2.0)
    ledger.busy = False
    await clock.run(0.1)
    assert [each.reason for each in await listening] == ["another inferterm process holds the quota's ledger"]


async def test_a_start_is_not_lost_while_the_ledger_is_locked(
    troubled: RequestQueue, clock: FakeClock, ledger: TroubledLedger
) -> None:
    first, second = join(troubled, 1), join(troubled, 1)
    clock.advance()
    ledger.busy = True
    await send(first)
    clock.advance(10.0)
    ledger.busy = False
    clock.advance(COOLDOWN - 10.0 - 0.001)
    assert stages(second) == "w"
    clock.advance(0.001)
    assert stages(second) == "c"


async def test_a_failing_ledger_refuses_those_who_wait_and_works_again_when_it_is_mended(
    troubled: RequestQueue, clock: FakeClock, ledger: TroubledLedger
) -> None:
    ledger.failure = LedgerFailed("no room on the disk", "Make some.")
    place = join(troubled)
    listening = asyncio.ensure_future(heard(place))
    await clock.run()
    with pytest.raises(LedgerFailed, match="no room on the disk") as caught:
        await listening
    assert caught.value.advice == "Make some."
    with pytest.raises(LedgerFailed):
        troubled.quota(GROUP, 1)
    ledger.failure = None
    again = join(troubled)
    clock.advance()
    assert stages(again) == "c"
