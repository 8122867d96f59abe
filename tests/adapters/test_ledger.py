"""Several processes on one ledger, by a clock that the tests turn: order, fairness, closures, limits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes_quota import GROUP, FakeClock, Process
from tui_app.adapters.ledger import TERMS
from tui_app.core.place import Place
from tui_app.core.quota import Source

COOLDOWN = TERMS.cooldown
POLL = 1.01
"""A little longer than a process that waits takes to notice what another one wrote."""

Start = Callable[[], Process]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def start(clock: FakeClock, tmp_path: Path) -> Iterator[Start]:
    """Starts processes on one ledger."""
    processes: list[Process] = []

    def one_more() -> Process:
        processes.append(Process(clock, tmp_path / "ledger"))
        return processes[-1]

    yield one_more
    for process in processes:
        process.kill()


def join(process: Process, limit: int = 1, member: str = "one") -> Place:
    return process.queue.join(GROUP, limit, member, Source.CHAT)


def stages(*places: Place) -> str:
    """How far each has come, by its first letter: w(aiting), c(laimed), o(ver)."""
    return "".join(place.stage[0] for place in places)


def send(place: Place, clock: FakeClock) -> None:
    """Send a claimed request and let it be noted."""
    asyncio.run(_send(place))
    clock.advance()


async def _send(place: Place) -> None:
    await place.sent()
    await place.done()


def test_processes_share_one_count(start: Start, clock: FakeClock) -> None:
    places = [join(start(), 3) for _ in range(5)]
    clock.advance()
    assert stages(*places) == "cccww"


def test_first_come_first_served_between_processes(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    places = []
    for process in (one, two, two, one, one, two):
        places.append(join(process))
        clock.advance(0.01)
    for place in places:
        assert stages(place) == "c"
        assert stages(*places).count("c") == 1
        send(place, clock)
        clock.advance(COOLDOWN + 0.01)


def test_a_waiter_wakes_with_the_slot_and_not_later(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    first, second = join(one), join(two)
    clock.advance(0.02)
    send(first, clock)
    clock.advance(COOLDOWN - 0.001)
    assert stages(second) == "w"
    clock.advance(0.002)
    assert stages(second) == "c"


def test_the_lease_of_a_claim_does_not_put_off_who_waits_for_its_slot(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    first, second = join(one), join(two)
    clock.advance()
    assert two.queue.quota(GROUP, 1).next_slot_in(clock.now()) == pytest.approx(COOLDOWN)
    send(first, clock)
    one.kill()
    clock.advance(COOLDOWN)
    assert stages(second) == "c"


def test_the_next_waiter_is_published_with_the_claim_of_the_one_before_it(
    start: Start, clock: FakeClock
) -> None:
    one, two = start(), start()
    places = [join(one), join(one), join(one)]
    clock.advance(0.01)
    late = join(two)
    clock.advance(0.01)
    for place in places:
        send(place, clock)
        clock.advance(COOLDOWN + 0.01)
    assert stages(late) == "c"
    assert stages(*places) == "ooo"


def test_a_cancelled_head_hands_its_place_to_the_next_of_its_process(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    first = join(one)
    clock.advance()
    head = join(one)
    clock.advance(0.01)
    between = join(two)
    clock.advance(0.01)
    last = join(one)
    clock.advance()
    head.cancel()
    clock.advance()
    send(first, clock)
    one.stop()
    clock.advance(COOLDOWN)
    assert stages(between, last) == "cw"


def test_the_arrival_is_that_of_joining_also_when_the_ledger_was_locked_then(
    start: Start, clock: FakeClock
) -> None:
    holder, one, two = start(), start(), start()
    first = join(holder)
    clock.advance()
    send(first, clock)
    one.stop()
    early = join(one)
    clock.advance(0.05)
    late = join(two)
    clock.advance(0.05)
    one.go_on()
    clock.advance(COOLDOWN)
    assert stages(early, late) == "cw"


def test_a_request_that_may_not_go_does_not_hold_up_one_of_another_endpoint_that_may(
    start: Start, clock: FakeClock
) -> None:
    one, two = start(), start()
    first = join(one, 1, "low")
    clock.advance()
    send(first, clock)
    waits = join(one, 1, "low")
    clock.advance(0.01)
    places = [join(two, 3, "high") for _ in range(3)]
    clock.advance()
    assert stages(waits, *places) == "wccw"


def test_a_stopped_process_is_passed_over_once_and_not_for_each_grant(start: Start, clock: FakeClock) -> None:
    holder, stopped, other = start(), start(), start()
    first = join(holder, 3)
    clock.advance()
    join(holder, 3), join(holder, 3)
    clock.advance()
    waits = [join(stopped, 3) for _ in range(3)]
    clock.advance(0.01)
    places = [join(other, 3) for _ in range(3)]
    clock.advance(0.01)
    send(first, clock)
    holder.kill()
    stopped.stop()
    clock.advance(COOLDOWN)
    assert stages(*places) == "www"
    clock.advance(TERMS.grace + 0.01)
    assert stages(*places) == "cww"
    clock.advance(TERMS.lease + 0.01)
    assert stages(*places, *waits) == "cccwww"


def test_a_stopped_process_that_goes_on_is_first_again(start: Start, clock: FakeClock) -> None:
    holder, stopped, other = start(), start(), start()
    first = join(holder)
    clock.advance()
    waits = join(stopped)
    clock.advance(0.01)
    places = [join(other), join(other)]
    clock.advance()
    send(first, clock)
    stopped.stop()
    clock.advance(COOLDOWN + TERMS.grace + 0.01)
    assert stages(waits, *places) == "wcw"
    stopped.go_on()
    clock.advance()
    send(places[0], clock)
    clock.advance(COOLDOWN + 0.01)
    assert stages(waits, *places) == "cow"


def test_of_two_stopped_processes_each_gets_its_own_time(start: Start, clock: FakeClock) -> None:
    holder, one, two, other = start(), start(), start(), start()
    first = join(holder)
    for process in (one, two):
        clock.advance(0.01)
        join(process)
    clock.advance(0.01)
    place = join(other)
    clock.advance()
    send(first, clock)
    one.stop()
    two.stop()
    clock.advance(COOLDOWN + TERMS.grace + 0.01)
    assert stages(place) == "w"
    clock.advance(TERMS.grace + 0.01)
    assert stages(place) == "c"


def test_a_dead_process_holds_up_nobody(start: Start, clock: FakeClock) -> None:
    holder, dead, other = start(), start(), start()
    first = join(holder)
    clock.advance()
    join(dead)
    clock.advance(0.01)
    place = join(other)
    clock.advance()
    send(first, clock)
    dead.kill()
    clock.advance(COOLDOWN + 0.031)
    assert stages(place) == "c"
    assert other.queue.quota(GROUP, 1).others_waiting == 0


def test_the_claim_of_a_dead_process_counts_as_sent_at_the_end_of_its_lease(
    start: Start, clock: FakeClock
) -> None:
    dead, other = start(), start()
    join(dead)
    clock.advance()
    place = join(other)
    clock.advance()
    dead.kill()
    clock.advance(TERMS.lease + COOLDOWN - 0.001)
    assert stages(place) == "w"
    clock.advance(0.002)
    assert stages(place) == "c"


def test_a_refund_is_used_in_another_process(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    first, second = join(one), join(two)
    clock.advance(1.0)
    first.cancel()
    clock.advance(POLL)
    assert stages(second) == "c"


def test_a_closure_holds_in_every_process_and_not_for_another_model(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    two.queue.quota(GROUP, 5)
    one.queue.close_group(GROUP, 20.0, "slow down")
    clock.advance(0.3)
    place = join(two, 5)
    clock.advance()
    assert stages(place) == "w"
    closure = two.queue.quota(GROUP, 5).closure
    assert closure is not None
    assert closure.reason == "slow down"
    clock.advance(20.0)
    assert stages(place) == "c"


def test_a_changed_limit_holds_for_those_who_wait_in_another_process(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    places = [join(two, 1) for _ in range(3)]
    clock.advance()
    assert stages(*places) == "cww"
    one.queue.change_limit("one", 3)
    clock.advance(POLL)
    assert stages(*places) == "ccc"


def test_a_lowered_limit_holds_for_a_claim_of_another_process(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    send_first = join(one, 2)
    clock.advance()
    send(send_first, clock)
    place = join(two, 2)
    clock.advance()
    assert stages(place) == "c"
    clock.advance(0.01)
    one.queue.change_limit("one", 1)
    clock.advance(1.0)
    assert two.queue.start(place) is False
    clock.advance()
    assert stages(place) == "w"


def test_a_process_sees_who_waits_and_what_starts_elsewhere(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    calls: list[float] = []
    two.queue.subscribe(lambda: calls.append(clock.now()))
    assert two.queue.quota(GROUP, 1).used(clock.now()) == 0
    places = [join(one), join(one)]
    clock.advance(1.0)
    quota = two.queue.quota(GROUP, 1)
    assert quota.used(clock.now()) == 1
    assert quota.others_waiting == 1
    assert calls
    late = join(two)
    clock.advance()
    (waiting,) = two.queue.quota(GROUP, 1).waiting
    assert (waiting.id, waiting.position) == (late.id, 2)
    assert waiting.expected_in_s == pytest.approx(2 * COOLDOWN, abs=1.5)
    assert stages(*places) == "cw"


def test_a_process_that_ends_leaves_no_waiter_behind(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    join(one)
    clock.advance()
    join(one)
    clock.advance()
    assert two.queue.quota(GROUP, 1).others_waiting == 1
    asyncio.run(one.queue.aclose())
    clock.advance(1.0)
    quota = two.queue.quota(GROUP, 1)
    assert (quota.used(clock.now()), quota.others_waiting) == (0, 0)
