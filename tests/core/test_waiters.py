"""Those who wait: their order and the limits that hold for them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.fakes_quota import (
    COOLDOWN,
    GROUP,
    FakeClock,
    Process,
    heard,
    join,
    send,
    stages,
)
from tui_app.core.errors import QuotaError, TakenOut
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


async def test_what_is_set_aside_holds_up_nobody_and_is_put_back_before_all_that_came_later(
    clock: FakeClock, tmp_path: Path
) -> None:
    one, two = Process(clock, tmp_path), Process(clock, tmp_path)
    first, second = join(one.queue, 1), join(one.queue, 1)
    hearing = asyncio.ensure_future(heard(second))
    await clock.run(0.1)
    third = join(two.queue, 1)
    await clock.run(0.1)
    await send(first)
    one.queue.set_aside(second.id)
    await clock.run(1.0)
    assert one.queue.quota(GROUP, 1).waiting == ()
    assert [each.position for each in two.queue.quota(GROUP, 1).waiting] == [1]
    later = join(two.queue, 1)
    one.queue.put_back(second.id)
    await clock.run(COOLDOWN)
    assert stages(second, third, later) == "cww"
    assert {standing.position for standing in await hearing} == {1}


async def test_what_is_set_aside_does_not_start_and_can_be_taken_out_for_good(
    queue: RequestQueue, clock: FakeClock
) -> None:
    first, aside, last = (join(queue, 1) for _ in range(3))
    hearing = asyncio.ensure_future(heard(aside))
    queue.set_aside(aside.id)
    await clock.run(0.5)
    await send(first)
    await clock.run(COOLDOWN + 0.1, 0.1)
    assert stages(aside, last) == "ac"
    queue.cancel(aside.id)
    with pytest.raises(TakenOut):
        await hearing
    queue.put_back(aside.id)
    await clock.run(2 * COOLDOWN, 0.1)
    assert stages(aside) == "o"


async def test_a_limit_that_was_changed_meanwhile_holds_for_what_is_put_back(
    queue: RequestQueue, clock: FakeClock
) -> None:
    first, second = join(queue, 1), join(queue, 1)
    clock.advance()
    await send(first)
    queue.set_aside(second.id)
    queue.change_limit(second.bid.member, 2)
    clock.advance(1.0)
    assert stages(second) == "a"
    queue.put_back(second.id)
    clock.advance(0.1)
    assert stages(second) == "c"


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
