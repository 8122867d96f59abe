"""What is told: standings, announcements, and nothing while nothing happens."""

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
    join_and_go,
    send,
)
from tui_app.core.errors import QuotaError
from tui_app.core.queue import RequestQueue


async def test_one_that_need_not_wait_hears_no_standing(queue: RequestQueue, clock: FakeClock) -> None:
    place = join(queue)
    listening = asyncio.ensure_future(heard(place))
    await clock.run()
    assert await listening == []


async def test_one_that_waits_hears_its_place_and_when_it_is_its_turn(
    queue: RequestQueue, clock: FakeClock
) -> None:
    places = [join(queue, 1) for _ in range(3)]
    listening = asyncio.ensure_future(heard(places[2]))
    await clock.run()
    await send(places[0])
    await clock.run(COOLDOWN + 0.1, 0.05)
    await send(places[1])
    await clock.run(COOLDOWN + 0.1, 0.05)
    assert [standing.position for standing in await listening] == [2, 1]
    first, second = listening.result()
    assert first.expected_in_s == pytest.approx(2 * COOLDOWN)
    assert second.expected_in_s == pytest.approx(COOLDOWN, abs=0.5)


async def test_others_who_come_and_go_elsewhere_do_not_disturb_who_waits(
    queue: RequestQueue, clock: FakeClock
) -> None:
    places = [join(queue, 1) for _ in range(2)]
    listening = asyncio.ensure_future(heard(places[1]))
    await clock.run()
    await send(places[0])
    await clock.run(1.0)
    for _ in range(20):
        join(queue, 1).cancel()
        await clock.run(0.1)
    places[1].cancel()
    with pytest.raises(QuotaError):
        await listening


async def test_nothing_ticks_when_nobody_waits_or_watches(queue: RequestQueue, clock: FakeClock) -> None:
    place = join(queue)
    clock.advance()
    await send(place)
    clock.advance(1.0)
    assert clock.pending == 0


async def test_watching_ends_with_the_subscription(queue: RequestQueue, clock: FakeClock) -> None:
    calls: list[float] = []
    unsubscribe = queue.subscribe(lambda: calls.append(clock.now()))
    place = join(queue)
    clock.advance(1.0)
    await send(place)
    clock.advance(1.0)
    assert len(calls) == 2
    unsubscribe()
    await send(join_and_go(queue, clock))
    clock.advance(1.0)
    assert len(calls) == 2
    assert clock.pending == 0


async def test_changes_are_announced_at_most_four_times_a_second(
    queue: RequestQueue, clock: FakeClock
) -> None:
    calls: list[float] = []
    queue.subscribe(lambda: calls.append(clock.now()))
    for _ in range(100):
        join(queue, 1000).cancel()
        clock.advance(0.01)
    assert 3 <= len(calls) <= 5


async def test_the_quota_is_read_once_for_many_questions(clock: FakeClock, ledger: TroubledLedger) -> None:
    queue = RequestQueue(ledger, clock)
    before = queue.quota(GROUP, 5)
    assert all(queue.quota(GROUP, 5) is before for _ in range(100))
    await send(join_and_go(queue, clock))
    clock.advance()
    assert queue.quota(GROUP, 5).used(clock.now()) == 1
    await queue.aclose()


async def test_a_claim_in_flight_is_expected_to_be_sent_at_once(
    queue: RequestQueue, clock: FakeClock
) -> None:
    join_and_go(queue, clock)
    clock.advance(1.0)
    assert queue.quota(GROUP, 1).next_slot_in(clock.now()) == pytest.approx(COOLDOWN - 1.0)
