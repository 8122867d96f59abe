"""The queue of one process: what goes, what waits, what is refused."""

from __future__ import annotations

import asyncio

import pytest

from tests.fakes_quota import (
    COOLDOWN,
    GROUP,
    OTHER,
    FakeClock,
    Process,
    heard,
    join,
    send,
    stages,
)
from tui_app.core.errors import QueueFull, QuotaError
from tui_app.core.place import Stage
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Pacing, Source


async def test_as_many_as_the_limit_go_at_once_and_the_next_when_the_first_has_cooled_down(
    queue: RequestQueue, clock: FakeClock
) -> None:
    places = [join(queue) for _ in range(3)]
    clock.advance()
    assert stages(*places) == "ccw"
    await send(places[0])
    clock.advance(1.0)
    await send(places[1])
    clock.advance(COOLDOWN - 1.001)
    assert stages(places[2]) == "w"
    clock.advance(0.001)
    assert stages(places[2]) == "c"


async def test_a_cancelled_waiter_costs_nothing_and_frees_no_slot(
    queue: RequestQueue, clock: FakeClock
) -> None:
    places = [join(queue) for _ in range(10)]
    clock.advance()
    for place in places[:2]:
        await send(place)
    for place in places[2:9]:
        place.cancel()
        place.cancel()
    clock.advance(1.0)
    assert queue.quota(GROUP, 2).used(clock.now()) == 2
    assert stages(places[9]) == "w"
    clock.advance(COOLDOWN)
    assert stages(places[9]) == "c"


async def test_another_model_on_the_same_key_has_a_budget_of_its_own(
    queue: RequestQueue, clock: FakeClock
) -> None:
    places = [join(queue, 1), join(queue, 1, group=OTHER)]
    clock.advance()
    assert stages(*places) == "cc"


async def test_a_full_queue_refuses_but_not_a_retry(clock: FakeClock) -> None:
    process = Process(clock)
    queue = RequestQueue(process.ledger, clock, capacity=3)
    places = [join(queue, 1) for _ in range(3)]
    with pytest.raises(QueueFull):
        join(queue, 1)
    places.append(queue.join(GROUP, 1, "one", Source.RETRY, head=True))
    clock.advance()
    assert stages(*places) == "wwwc"
    await queue.aclose()


async def test_a_closed_group_lets_nothing_go_and_says_why(queue: RequestQueue, clock: FakeClock) -> None:
    queue.close_group(GROUP, 30.0, "Number of requests has exceeded your rate limit")
    place, other = join(queue), join(queue, group=OTHER)
    listening = asyncio.ensure_future(heard(place))
    await clock.run()
    await clock.run(29.9, 0.5)
    assert stages(place, other) == "wc"
    await clock.run(0.2)
    standings = await listening
    assert standings[0].reason == "Number of requests has exceeded your rate limit"
    assert standings[0].expected_in_s == pytest.approx(30.0)


async def test_closing_begins_also_for_those_who_wait_already(queue: RequestQueue, clock: FakeClock) -> None:
    first, second = join(queue, 1), join(queue, 1)
    listening = asyncio.ensure_future(heard(second))
    await clock.run()
    await send(first)
    await clock.run(1.0)
    queue.close_group(GROUP, 120.0, "slow down")
    await clock.run(121.0, 0.5)
    assert [(each.reason, round(each.expected_in_s)) for each in await listening] == [
        (None, 60),
        ("slow down", 120),
    ]


async def test_of_two_closures_the_longer_holds_until_the_group_is_reopened(
    queue: RequestQueue, clock: FakeClock
) -> None:
    queue.close_group(GROUP, 30.0, "long")
    clock.advance()
    queue.close_group(GROUP, 5.0, "short")
    place = join(queue)
    clock.advance(6.0)
    assert stages(place) == "w"
    queue.reopen_group(GROUP)
    clock.advance()
    assert stages(place) == "c"


async def test_even_pacing_lets_one_go_each_nth_of_the_window(queue: RequestQueue, clock: FakeClock) -> None:
    queue.pacing = Pacing.EVEN
    places = [join(queue, 10) for _ in range(3)]
    clock.advance()
    assert stages(*places) == "cww"
    await send(places[0])
    clock.advance(COOLDOWN / 10 - 0.01)
    assert stages(*places) == "oww"
    clock.advance(0.02)
    assert stages(*places) == "ocw"


async def test_closing_ends_all_waiting_and_gives_back_what_was_not_sent(clock: FakeClock) -> None:
    process = Process(clock)
    places = [join(process.queue, 1) for _ in range(2)]
    clock.advance()
    waiting = asyncio.ensure_future(places[1].turn())
    await asyncio.sleep(0)
    await process.queue.aclose()
    with pytest.raises(QuotaError):
        await waiting
    assert {place.stage for place in places} == {Stage.OVER}
    with pytest.raises(QuotaError):
        join(process.queue)
    assert clock.pending == 0
