"""The queue of one process, with a ledger in memory and a clock that the tests turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.fakes_quota import GROUP, FakeClock, Process, TroubledLedger
from tui_app.adapters.ledger import TERMS
from tui_app.core.errors import LedgerFailed, QueueFull, QuotaError
from tui_app.core.place import Place, Stage
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Group, Pacing, Source, Standing

COOLDOWN = TERMS.cooldown
OTHER = Group(GROUP.base_url, GROUP.key, "another model")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def queue(clock: FakeClock) -> AsyncIterator[RequestQueue]:
    process = Process(clock)
    yield process.queue
    await process.queue.aclose()


@pytest.fixture
def ledger() -> TroubledLedger:
    return TroubledLedger()


@pytest.fixture
async def troubled(clock: FakeClock, ledger: TroubledLedger) -> AsyncIterator[RequestQueue]:
    queue = RequestQueue(ledger, clock)
    yield queue
    ledger.busy, ledger.failure = False, None
    await queue.aclose()


def join(queue: RequestQueue, limit: int = 2, member: str = "one", *, group: Group = GROUP) -> Place:
    return queue.join(group, limit, member, Source.CHAT)


def stages(*places: Place) -> str:
    """How far each has come, by its first letter: w(aiting), c(laimed), o(ver)."""
    return "".join(place.stage[0] for place in places)


async def send(place: Place) -> None:
    await place.sent()
    await place.done()


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


async def test_a_slot_cools_down_from_the_sending_and_not_from_the_grant(
    queue: RequestQueue, clock: FakeClock
) -> None:
    first, second = join(queue, 1), join(queue, 1)
    clock.advance(5.0)
    await send(first)
    clock.advance(COOLDOWN - 0.001)
    assert stages(second) == "w"
    clock.advance(0.001)
    assert stages(second) == "c"


async def test_the_start_is_noted_also_when_nobody_says_that_the_request_is_done(
    queue: RequestQueue, clock: FakeClock
) -> None:
    first, second = join(queue, 1), join(queue, 1)
    clock.advance()
    await first.sent()
    clock.advance(COOLDOWN + 0.01)
    assert stages(second) == "c"


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


async def test_a_claim_that_was_never_sent_is_refunded_at_once(queue: RequestQueue, clock: FakeClock) -> None:
    first, second = join(queue, 1), join(queue, 1)
    clock.advance()
    assert stages(first, second) == "cw"
    first.cancel()
    clock.advance()
    assert stages(second) == "c"


async def test_a_request_that_was_sent_is_not_refunded(queue: RequestQueue, clock: FakeClock) -> None:
    first, second = join(queue, 1), join(queue, 1)
    clock.advance()
    await first.sent()
    first.cancel()
    clock.advance(COOLDOWN - 0.001)
    assert stages(second) == "w"


async def test_leaving_the_context_gives_back_what_was_not_sent(
    queue: RequestQueue, clock: FakeClock
) -> None:
    async with join(queue, 1) as place:
        clock.advance()
        assert stages(place) == "c"
    clock.advance()
    assert queue.quota(GROUP, 1).left(clock.now()) == 1


async def test_one_that_need_not_wait_hears_no_standing(queue: RequestQueue, clock: FakeClock) -> None:
    place = join(queue)
    listening = asyncio.ensure_future(heard(place))
    await clock.run()
    assert await listening == []


async def heard(place: Place) -> list[Standing]:
    return [standing async for standing in place.standings()]


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


async def test_a_retry_goes_to_the_head_of_the_queue(queue: RequestQueue, clock: FakeClock) -> None:
    first, second, third = (join(queue, 1) for _ in range(3))
    clock.advance()
    await send(first)
    retry = queue.join(GROUP, 1, "one", Source.RETRY, head=True)
    clock.advance(COOLDOWN)
    assert stages(retry, second, third) == "cww"


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


async def test_a_claim_of_a_group_that_was_closed_since_is_not_sent(
    queue: RequestQueue, clock: FakeClock
) -> None:
    place = join(queue)
    clock.advance()
    queue.close_group(GROUP, 10.0, "slow down")
    sending = asyncio.ensure_future(place.sent())
    await clock.run(9.9, 0.1)
    assert not sending.done()
    await clock.run(0.2)
    assert sending.done()


async def test_a_claim_older_than_its_lease_is_claimed_anew_before_it_is_sent(
    queue: RequestQueue, clock: FakeClock
) -> None:
    first = join(queue, 1)
    clock.advance(TERMS.lease + COOLDOWN)
    second = join(queue, 1)
    clock.advance()
    assert stages(first, second) == "cc"
    await send(second)
    sending = asyncio.ensure_future(first.sent())
    await clock.run(COOLDOWN - 0.02)
    assert not sending.done()
    await clock.run(0.05)
    assert sending.done()


async def test_a_slow_connection_keeps_its_slot_when_it_claims_anew(
    queue: RequestQueue, clock: FakeClock
) -> None:
    first, second = join(queue, 1), join(queue, 1)
    clock.advance(TERMS.lease + 1.0)
    sending = asyncio.ensure_future(first.sent())
    await clock.run(0.02)
    assert sending.done()
    assert stages(second) == "w"


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
    assert 10 < ledger.asked < 60
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


async def test_changes_can_be_iterated(queue: RequestQueue, clock: FakeClock) -> None:
    async def one_change() -> None:
        async for _ in queue.changes():
            return

    waiting = asyncio.ensure_future(one_change())
    await clock.run()
    join(queue)
    await clock.run(0.1)
    assert waiting.done()


async def test_the_quota_is_read_once_for_many_questions(clock: FakeClock, ledger: TroubledLedger) -> None:
    queue = RequestQueue(ledger, clock)
    before = queue.quota(GROUP, 5)
    assert all(queue.quota(GROUP, 5) is before for _ in range(100))
    await send(join_and_go(queue, clock))
    clock.advance()
    assert queue.quota(GROUP, 5).used(clock.now()) == 1
    await queue.aclose()


def join_and_go(queue: RequestQueue, clock: FakeClock) -> Place:
    place = join(queue, 5)
    clock.advance()
    return place


async def test_a_claim_in_flight_is_expected_to_be_sent_at_once(
    queue: RequestQueue, clock: FakeClock
) -> None:
    join_and_go(queue, clock)
    clock.advance(1.0)
    assert queue.quota(GROUP, 1).next_slot_in(clock.now()) == pytest.approx(COOLDOWN - 1.0)


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
