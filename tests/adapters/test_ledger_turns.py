"""Several processes on one ledger: whose turn it is, whoever comes, stops or dies."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes_quota import COOLDOWN, GROUP, FakeClock, Process, Start, go, join, stages
from tui_app.adapters.ledger import TERMS
from tui_app.core.claims import Order, Terms
from tui_app.core.line_up import line_up
from tui_app.core.place import Place
from tui_app.core.quota import Pacing, Source, Waiting
from tui_app.core.turns import AT_ONCE


def test_first_come_first_served_between_processes(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    places = []
    for process in (one, two, two, one, one, two):
        places.append(join(process.queue, 1))
        clock.advance(0.01)
    for place in places:
        assert stages(place) == "c"
        assert stages(*places).count("c") == 1
        go(place, clock)
        clock.advance(COOLDOWN + 0.01)


def test_a_waiter_wakes_with_the_slot_and_not_later(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    first, second = join(one.queue, 1), join(two.queue, 1)
    clock.advance(0.02)
    go(first, clock)
    clock.advance(COOLDOWN - 0.001)
    assert stages(second) == "w"
    clock.advance(0.002)
    assert stages(second) == "c"


def test_the_lease_of_a_claim_does_not_put_off_who_waits_for_its_slot(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    first, second = join(one.queue, 1), join(two.queue, 1)
    clock.advance()
    assert two.queue.quota(GROUP, 1).next_slot_in(clock.now()) == pytest.approx(COOLDOWN)
    go(first, clock)
    one.kill()
    clock.advance(COOLDOWN)
    assert stages(second) == "c"


def test_the_next_waiter_is_published_with_the_claim_of_the_one_before_it(
    start: Start, clock: FakeClock
) -> None:
    one, two = start(), start()
    places = [join(one.queue, 1), join(one.queue, 1), join(one.queue, 1)]
    clock.advance(0.01)
    late = join(two.queue, 1)
    clock.advance(0.01)
    for place in places:
        go(place, clock)
        clock.advance(COOLDOWN + 0.01)
    assert stages(late) == "c"
    assert stages(*places) == "ooo"


def test_a_cancelled_head_hands_its_place_to_the_next_of_its_process(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    first = join(one.queue, 1)
    clock.advance()
    head = join(one.queue, 1)
    clock.advance(0.01)
    between = join(two.queue, 1)
    clock.advance(0.01)
    last = join(one.queue, 1)
    clock.advance()
    head.cancel()
    clock.advance()
    go(first, clock)
    one.stop()
    clock.advance(COOLDOWN)
    assert stages(between, last) == "cw"


def test_the_arrival_is_that_of_joining_also_when_the_ledger_was_locked_then(
    start: Start, clock: FakeClock
) -> None:
    holder, one, two = start(), start(), start()
    first = join(holder.queue, 1)
    clock.advance()
    go(first, clock)
    one.stop()
    early = join(one.queue, 1)
    clock.advance(0.05)
    late = join(two.queue, 1)
    clock.advance(0.05)
    one.go_on()
    clock.advance(COOLDOWN)
    assert stages(early, late) == "cw"


def test_a_request_that_may_not_go_does_not_hold_up_one_of_another_endpoint_that_may(
    start: Start, clock: FakeClock
) -> None:
    one, two = start(), start()
    first = join(one.queue, 1, "low")
    clock.advance()
    go(first, clock)
    waits = join(one.queue, 1, "low")
    clock.advance(0.01)
    places = [join(two.queue, 3, "high") for _ in range(3)]
    clock.advance()
    assert stages(waits, *places) == "wccw"


def test_who_is_over_a_lower_limit_makes_no_room_before_those_in_between(
    start: Start, clock: FakeClock
) -> None:
    one, two, three = start(), start(), start()
    for place in [join(three.queue, 5, "high") for _ in range(4)]:
        clock.advance()
        go(place, clock)
    low = [join(one.queue, 1, "low") for _ in range(3)]
    clock.advance(0.01)
    one.stop()
    earlier = join(two.queue, 5, "high")
    two.stop()
    clock.advance(0.01)
    two.go_on()
    later = join(three.queue, 5, "high")
    clock.advance(0.01)
    assert stages(*low, earlier, later) == "wwwcw"


def test_a_stopped_process_is_passed_over_once_and_not_for_each_grant(start: Start, clock: FakeClock) -> None:
    holder, stopped, other = start(), start(), start()
    first = join(holder.queue, 3)
    clock.advance()
    join(holder.queue, 3), join(holder.queue, 3)
    clock.advance()
    waits = [join(stopped.queue, 3) for _ in range(3)]
    clock.advance(0.01)
    places = [join(other.queue, 3) for _ in range(3)]
    clock.advance(0.01)
    go(first, clock)
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
    first = join(holder.queue, 1)
    clock.advance()
    waits = join(stopped.queue, 1)
    clock.advance(0.01)
    places = [join(other.queue, 1), join(other.queue, 1)]
    clock.advance()
    go(first, clock)
    stopped.stop()
    clock.advance(COOLDOWN + TERMS.grace + 0.01)
    assert stages(waits, *places) == "wcw"
    stopped.go_on()
    clock.advance()
    go(places[0], clock)
    clock.advance(COOLDOWN + 0.01)
    assert stages(waits, *places) == "cow"


def test_of_two_stopped_processes_each_gets_its_own_time(start: Start, clock: FakeClock) -> None:
    holder, one, two, other = start(), start(), start(), start()
    first = join(holder.queue, 1)
    for process in (one, two):
        clock.advance(0.01)
        join(process.queue, 1)
    clock.advance(0.01)
    place = join(other.queue, 1)
    clock.advance()
    go(first, clock)
    one.stop()
    two.stop()
    clock.advance(COOLDOWN + TERMS.grace + 0.01)
    assert stages(place) == "w"
    clock.advance(TERMS.grace + 0.01)
    assert stages(place) == "c"


def test_who_waits_longest_is_not_passed_over_for_a_slot_that_was_just_given_back(
    start: Start, clock: FakeClock
) -> None:
    holder, slow, other = start(), start(), start()
    held = join(holder.queue, 1)
    clock.advance()
    first = join(slow.queue, 1)
    clock.advance(0.01)
    second = join(other.queue, 1)
    clock.advance(1.0)
    slow.stop()
    held.cancel()
    clock.advance(TERMS.grace - 0.05)
    assert stages(first, second) == "ww"
    slow.go_on()
    clock.advance(0.01)
    assert stages(first, second) == "cw"


def test_a_dead_process_holds_up_nobody(start: Start, clock: FakeClock) -> None:
    holder, dead, other = start(), start(), start()
    first = join(holder.queue, 1)
    clock.advance()
    join(dead.queue, 1)
    clock.advance(0.01)
    place = join(other.queue, 1)
    clock.advance()
    go(first, clock)
    dead.kill()
    clock.advance(COOLDOWN + 0.031)
    assert stages(place) == "c"
    assert other.queue.quota(GROUP, 1).others_waiting == 0


def test_the_claim_of_a_dead_process_counts_as_sent_at_the_end_of_its_lease(
    start: Start, clock: FakeClock
) -> None:
    dead, other = start(), start()
    join(dead.queue, 1)
    clock.advance()
    place = join(other.queue, 1)
    clock.advance()
    dead.kill()
    clock.advance(TERMS.lease + COOLDOWN - 0.001)
    assert stages(place) == "w"
    clock.advance(0.002)
    assert stages(place) == "c"


def test_who_has_more_waiting_than_may_go_at_once_is_not_overtaken_meanwhile(
    start: Start, clock: FakeClock
) -> None:
    one, two = start(), start()
    limit = AT_ONCE + 3
    crowd = [join(one.queue, limit) for _ in range(limit + 1)]
    late = two.queue.join(GROUP, limit, "one", Source.CHAT, head=True, since=clock.now() + 0.001)
    asks = [process.queue._pump.waiters[GROUP].line(Pacing.BURST) for process in (one, two)]
    (first,) = one.ledger.settle(Order(now=clock.now(), lines=(asks[0],)))
    (second,) = two.ledger.settle(Order(now=clock.now(), lines=(asks[1],)))
    assert len(first.granted) == AT_ONCE
    assert first.wake_at == clock.now(), "it asks for the rest at once"
    assert second.granted == ()
    assert stages(late, *crowd) == "w" * (limit + 2)


def test_slots_that_are_free_together_go_to_two_processes_in_one_transaction_each(
    start: Start, clock: FakeClock
) -> None:
    one, two = start(), start()
    filling = [join(one.queue, 6) for _ in range(6)]
    clock.advance()
    for place in filling:
        go(place, clock)
    places = []
    for process in (one, two) * 3:
        places.append(join(process.queue, 6))
        clock.advance(0.01)
    two.stop()
    clock.advance(COOLDOWN + 0.02)
    assert stages(*places) == "cwcwcw", "the stopped one is not waited for: there is a slot for all before"
    two.go_on()
    clock.advance(0.01)
    assert stages(*places) == "cccccc"


def test_each_process_tells_the_same_of_all_who_wait(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    for process in (one, one, two, one, two, two, one):
        join(process.queue, 1)
        clock.advance(0.01)
    clock.advance(0.3)
    lines = [line_up(each.queue.quota(GROUP, 1), each.queue.activity(GROUP).rivals) for each in (one, two)]
    seen = [
        [
            (each.position, each.source, round(each.expected_in_s))
            for each in line
            if isinstance(each, Waiting)
        ]
        for line in lines
    ]
    assert seen[0] == seen[1]
    assert [position for position, *_ in seen[0]] == [1, 2, 3, 4, 5, 6]
    assert [each.ours for each in lines[0] if isinstance(each, Waiting)] == [
        not each.ours for each in lines[1] if isinstance(each, Waiting)
    ]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(1, 60), st.integers(1, 20)),
        min_size=2,
        max_size=12,
    )
)
def test_crowds_of_several_processes_go_in_the_order_in_which_they_came(
    steps: list[tuple[int, int, int]],
) -> None:
    with TemporaryDirectory() as folder:
        clock = FakeClock()
        processes = [Process(clock, Path(folder), Terms(1.0, 0.0, 0.5)) for _ in range(3)]
        waiting: list[Place] = []
        for number, count, moments in steps:
            waiting += [join(processes[number].queue, 50) for _ in range(count)]
            for _ in range(moments):
                clock.advance(0.03)
                waiting.sort(key=lambda place: place.bid.arrival)
                assert "wc" not in stages(*waiting), "somebody was overtaken"
                for place in waiting:
                    if stages(place) == "c":
                        go(place, clock)
                waiting = [place for place in waiting if stages(place) == "w"]
        for process in processes:
            process.kill()
