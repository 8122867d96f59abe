"""A paused queue: nothing of this process starts, nobody else is held up, and no place is lost."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.fakes_quota import COOLDOWN, GROUP, FakeClock, Process, join, send, stages
from tui_app.core.board import PAUSED
from tui_app.core.place import Place, Stage
from tui_app.core.queue import RequestQueue


async def test_nothing_starts_while_it_is_paused_and_all_go_in_order_afterwards(
    queue: RequestQueue, clock: FakeClock
) -> None:
    queue.pause()
    places = [join(queue) for _ in range(3)]
    clock.advance(5.0)
    assert (queue.paused, stages(*places)) == (True, "www")
    queue.move(places[2].id, -2)
    queue.resume()
    clock.advance()
    assert (queue.paused, stages(*places)) == (False, "cwc")


def test_a_claim_is_given_back_by_pausing_and_not_only_when_it_is_to_be_sent(
    clock: FakeClock, tmp_path: Path
) -> None:
    one, two = Process(clock, tmp_path), Process(clock, tmp_path)
    claimed = join(one.queue, 1)
    clock.advance()
    other = join(two.queue, 1)
    clock.advance()
    assert stages(claimed, other) == "cw"
    one.queue.pause()
    clock.advance(0.2)
    assert stages(claimed, other) == "wc"


async def test_a_claim_that_was_not_sent_is_given_back_and_waits_first_in_line(
    clock: FakeClock, tmp_path: Path
) -> None:
    one, two = Process(clock, tmp_path), Process(clock, tmp_path)
    claimed, behind = join(one.queue, 1), join(one.queue, 1)
    clock.advance()
    assert stages(claimed, behind) == "cw"
    one.queue.pause()
    sending = asyncio.ensure_future(claimed.sent())
    await clock.run(0.1)
    other = join(two.queue, 1)
    await clock.run(0.1)
    assert stages(claimed, behind, other) == "wwc"
    other.cancel()
    one.queue.resume()
    await clock.run(0.5)
    await sending
    assert stages(claimed, behind) == "sw"


async def test_a_paused_process_holds_up_no_other(clock: FakeClock, tmp_path: Path) -> None:
    one, two = Process(clock, tmp_path), Process(clock, tmp_path)
    first, second, third = (join(process.queue, 1) for process in (one, one, two))
    clock.advance()
    await send(first)
    one.queue.pause()
    clock.advance(COOLDOWN - 0.01)
    assert stages(second, third) == "ww"
    clock.advance(0.02)
    assert stages(second, third) == "wc"


async def test_places_come_before_those_who_came_later_elsewhere(clock: FakeClock, tmp_path: Path) -> None:
    one, two = Process(clock, tmp_path), Process(clock, tmp_path)
    first, second = join(one.queue, 1), join(one.queue, 1)
    clock.advance()
    await send(first)
    one.queue.pause()
    clock.advance(1.0)
    third = join(two.queue, 1)
    clock.advance(1.0)
    assert two.queue.quota(GROUP, 1).waiting[0].position == 1
    one.queue.resume()
    clock.advance(2.0)
    assert two.queue.quota(GROUP, 1).waiting[0].position == 2
    clock.advance(COOLDOWN - 4.0 + 0.01)
    assert stages(second, third) == "cw"


async def test_those_who_wait_hear_that_all_is_paused(queue: RequestQueue, clock: FakeClock) -> None:
    await send(_gone(queue, clock))
    place = join(queue, 1)
    standings = place.standings()
    first = asyncio.ensure_future(anext(standings))
    await clock.run(0.1)
    assert (await first).reason is None
    queue.pause()
    second = asyncio.ensure_future(anext(standings))
    await clock.run(1.0)
    assert (await second).reason == PAUSED
    quota = queue.quota(GROUP, 1)
    assert quota.paused
    assert [waiting.position for waiting in quota.waiting] == [1]
    place.cancel()
    with pytest.raises(StopAsyncIteration):
        await standings.aclose()
        await anext(standings)


async def test_nothing_ticks_while_it_is_paused(queue: RequestQueue, clock: FakeClock) -> None:
    queue.pause()
    join(queue)
    clock.advance(1.0)
    assert clock.pending == 0


async def test_who_watches_hears_of_a_pause_where_nobody_waits(queue: RequestQueue, clock: FakeClock) -> None:
    heard: list[bool] = []
    queue.subscribe(lambda: heard.append(queue.paused))
    queue.pause()
    queue.pause()
    clock.advance(0.3)
    queue.resume()
    queue.resume()
    clock.advance(0.3)
    assert heard == [True, False]


async def test_what_was_sent_when_it_was_paused_goes_on(queue: RequestQueue, clock: FakeClock) -> None:
    place = _gone(queue, clock)
    await place.sent()
    queue.pause()
    clock.advance(0.1)
    assert place.stage is Stage.SENT
    assert queue.quota(GROUP, 5).used(clock.now()) == 1


def _gone(queue: RequestQueue, clock: FakeClock) -> Place:
    place = join(queue, 1)
    clock.advance()
    return place
