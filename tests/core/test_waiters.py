"""Those who wait: their order and the limits that hold for them."""

from __future__ import annotations

import asyncio

import pytest

from tests.fakes_quota import (
    COOLDOWN,
    GROUP,
    FakeClock,
    join,
    send,
    stages,
)
from tui_app.core.errors import QuotaError
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Source


async def test_a_retry_goes_to_the_head_of_the_queue(queue: RequestQueue, clock: FakeClock) -> None:
    first, second, third = (join(queue, 1) for _ in range(3))
    clock.advance()
    await send(first)
    retry = queue.join(GROUP, 1, "one", Source.RETRY, head=True)
    clock.advance(COOLDOWN)
    assert stages(retry, second, third) == "cww"


async def test_retries_keep_the_order_of_their_first_attempts_whichever_is_refused_first(
    queue: RequestQueue, clock: FakeClock
) -> None:
    first, second, third = (join(queue, 2) for _ in range(3))
    clock.advance()
    arrivals = [first.bid.arrival, second.bid.arrival]
    await send(first)
    await send(second)
    retries = [queue.join(GROUP, 2, "one", Source.RETRY, head=True, since=since) for since in arrivals]
    waiting = queue.quota(GROUP, 2).waiting
    assert [each.id for each in waiting] == [retries[0].id, retries[1].id, third.id]


async def test_a_lower_limit_holds_at_once_for_those_who_wait(queue: RequestQueue, clock: FakeClock) -> None:
    places = [join(queue, 3) for _ in range(6)]
    clock.advance()
    for place in places[:3]:
        await send(place)
        clock.advance(1.0)
    queue.change_limit("one", 1)
    clock.advance(COOLDOWN - 1.001)
    assert stages(*places[3:]) == "www"
    clock.advance(0.002)
    assert stages(*places[3:]) == "cww"


async def test_a_lower_limit_holds_for_a_claim_that_was_not_sent(
    queue: RequestQueue, clock: FakeClock
) -> None:
    places = [join(queue, 2) for _ in range(2)]
    clock.advance(0.1)
    await send(places[0])
    clock.advance()
    queue.change_limit("one", 1)
    clock.advance()
    sending = asyncio.ensure_future(places[1].sent())
    await clock.run(COOLDOWN - 0.1)
    assert not sending.done()
    await clock.run(0.2)
    assert sending.done()


async def test_a_higher_limit_lets_those_go_who_wait(queue: RequestQueue, clock: FakeClock) -> None:
    places = [join(queue, 1) for _ in range(4)]
    clock.advance()
    queue.change_limit("one", 3)
    clock.advance()
    assert stages(*places) == "cccw"


async def test_endpoints_of_a_group_draw_on_one_count_and_each_keeps_its_own_limit(
    queue: RequestQueue, clock: FakeClock
) -> None:
    low = [join(queue, 1, "low") for _ in range(2)]
    high = [join(queue, 3, "high") for _ in range(3)]
    clock.advance()
    assert stages(*low, *high) == "cwccw"
    for place in (low[0], *high[:2]):
        await send(place)
    clock.advance(1.0)
    assert queue.quota(GROUP, 1).used(clock.now()) == 1
    assert queue.quota(GROUP, 3).used(clock.now()) == 3


async def test_two_thousand_wait_in_order_and_half_of_them_leave(
    queue: RequestQueue, clock: FakeClock
) -> None:
    places = [join(queue, 1) for _ in range(2000)]
    clock.advance()
    await send(places[0])
    for place in places[1::2]:
        place.cancel()
    for place in places[2:40:2]:
        clock.advance(COOLDOWN)
        assert stages(place) == "c"
        await send(place)


async def test_a_waiting_request_can_be_moved_and_taken_out(queue: RequestQueue, clock: FakeClock) -> None:
    places = [join(queue, 1) for _ in range(4)]
    clock.advance()
    await send(places[0])
    waiting = queue.quota(GROUP, 1).waiting
    assert [each.id for each in waiting] == [place.id for place in places[1:]]
    assert [each.position for each in waiting] == [1, 2, 3]
    queue.move(places[3].id, -1)
    queue.cancel(places[1].id)
    assert [each.id for each in queue.quota(GROUP, 1).waiting] == [places[3].id, places[2].id]
    with pytest.raises(QuotaError):
        await places[1].turn()
    clock.advance(COOLDOWN)
    assert stages(places[3], places[2]) == "cw"
