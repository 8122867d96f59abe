"""Several processes on one ledger: what one does holds in all, by a clock that the tests turn."""

from __future__ import annotations

import asyncio

import pytest

from tests.fakes_quota import COOLDOWN, GROUP, FakeClock, Start, go, join, stages

POLL = 1.01
"""A little longer than a process that waits takes to notice what another one wrote."""


def test_processes_share_one_count(start: Start, clock: FakeClock) -> None:
    places = [join(start().queue, 3) for _ in range(5)]
    clock.advance()
    assert stages(*places) == "cccww"


def test_a_refund_is_used_in_another_process(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    first, second = join(one.queue, 1), join(two.queue, 1)
    clock.advance(1.0)
    first.cancel()
    clock.advance(POLL)
    assert stages(second) == "c"


def test_a_closure_holds_in_every_process_and_not_for_another_model(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    two.queue.quota(GROUP, 5)
    one.queue.close_group(GROUP, 20.0, "slow down")
    clock.advance(0.3)
    place = join(two.queue, 5)
    clock.advance()
    assert stages(place) == "w"
    closure = two.queue.quota(GROUP, 5).closure
    assert closure is not None
    assert closure.reason == "slow down"
    clock.advance(20.0)
    assert stages(place) == "c"


def test_a_changed_limit_holds_for_those_who_wait_in_another_process(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    places = [join(two.queue, 1) for _ in range(3)]
    clock.advance()
    assert stages(*places) == "cww"
    one.queue.change_limit("one", 3)
    clock.advance(POLL)
    assert stages(*places) == "ccc"


def test_a_lowered_limit_holds_for_a_claim_of_another_process(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    send_first = join(one.queue, 2)
    clock.advance()
    go(send_first, clock)
    place = join(two.queue, 2)
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
    places = [join(one.queue, 1), join(one.queue, 1)]
    clock.advance(1.0)
    quota = two.queue.quota(GROUP, 1)
    assert quota.used(clock.now()) == 1
    assert quota.others_waiting == 1
    assert calls
    late = join(two.queue, 1)
    clock.advance()
    (waiting,) = two.queue.quota(GROUP, 1).waiting
    assert (waiting.id, waiting.position) == (late.id, 2)
    assert waiting.expected_in_s == pytest.approx(2 * COOLDOWN, abs=1.5)
    assert stages(*places) == "cw"


def test_a_process_that_ends_leaves_no_waiter_behind(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    join(one.queue, 1)
    clock.advance()
    join(one.queue, 1)
    clock.advance()
    assert two.queue.quota(GROUP, 1).others_waiting == 1
    asyncio.run(one.queue.aclose())
    clock.advance(1.0)
    quota = two.queue.quota(GROUP, 1)
    assert (quota.used(clock.now()), quota.others_waiting) == (0, 0)
