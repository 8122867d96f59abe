"""Even pacing between processes: one start each window/N whoever asks, and what changes while they wait."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from tests.fakes_quota import COOLDOWN, GROUP, FakeClock, Process, Start, go, join, send, stages
from tui_app.core.place import Place, Stage
from tui_app.core.quota import Pacing

STEP = COOLDOWN / 6
"""Seconds between the starts that a limit of 6 allows, evenly."""


def evenly(*processes: Process) -> None:
    for process in processes:
        process.queue.pacing = Pacing.EVEN


def walk(clock: FakeClock, seconds: float, *places: Place) -> list[tuple[float, int]]:
    """Let time pass, send each that may go, and tell when each went and which."""
    went = []
    end = clock.now() + seconds
    while clock.now() < end:
        for number, place in enumerate(places):
            if place.stage is Stage.CLAIMED:
                went.append((clock.now(), number))
                asyncio.run(send(place))
        clock.advance(0.05)
    return went


def test_one_starts_each_nth_of_the_window_in_the_order_of_arrival(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    evenly(one, two)
    places = []
    for process in (one, two, two, one, two, one):
        places.append(join(process.queue, 6))
        clock.advance(0.001)
    went = walk(clock, 5.9 * STEP, *places)
    assert [number for _, number in went] == list(range(6))
    gaps = [late - early for (early, _), (late, _) in pairwise(went)]
    assert all(STEP - 1e-6 <= gap <= STEP + 0.2 for gap in gaps), gaps


def test_an_even_pacing_heeds_what_started_in_a_burst_elsewhere(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    evenly(two)
    for place in (join(one.queue, 6), join(one.queue, 6)):
        clock.advance()
        go(place, clock)
    even = join(two.queue, 6)
    clock.advance(STEP - 0.01)
    assert stages(even) == "w"
    clock.advance(0.02)
    assert stages(even) == "c"


@pytest.mark.parametrize("changes", ["here", "elsewhere"])
def test_a_raised_limit_shortens_the_step_of_those_who_wait(
    start: Start, clock: FakeClock, changes: str
) -> None:
    one, two = start(), start()
    evenly(one, two)
    first, second = join(one.queue, 6), join(one.queue, 6)
    clock.advance()
    go(first, clock)
    clock.advance(0.5)
    (one if changes == "here" else two).queue.change_limit("one", 60)
    clock.advance(COOLDOWN / 60 - 0.5 - 0.01)
    assert stages(second) == "w"
    clock.advance(0.02)
    assert stages(second) == "c"


@pytest.mark.parametrize("changes", ["here", "elsewhere"])
def test_a_lowered_limit_lengthens_the_step_of_those_who_wait(
    start: Start, clock: FakeClock, changes: str
) -> None:
    one, two = start(), start()
    evenly(one, two)
    first, second = join(one.queue, 60), join(one.queue, 60)
    clock.advance()
    go(first, clock)
    (one if changes == "here" else two).queue.change_limit("one", 6)
    clock.advance(STEP - 0.01)
    assert stages(second) == "w"
    clock.advance(0.02)
    assert stages(second) == "c"


def test_those_who_wait_evenly_go_at_once_when_a_burst_is_chosen(start: Start, clock: FakeClock) -> None:
    process = start()
    evenly(process)
    places = [join(process.queue, 3) for _ in range(4)]
    clock.advance(1.0)
    assert stages(*places) == "cwww"
    process.queue.pacing = Pacing.BURST
    clock.advance()
    assert stages(*places) == "cccw"
    assert process.queue.quota(GROUP, 3).next_slot_in(clock.now()) == pytest.approx(COOLDOWN - 1.0)


def test_those_who_wait_for_a_burst_go_one_by_one_when_even_is_chosen(start: Start, clock: FakeClock) -> None:
    process = start()
    first = [join(process.queue, 3) for _ in range(3)]
    clock.advance()
    for place in first:
        go(place, clock)
    waits = [join(process.queue, 3) for _ in range(3)]
    clock.advance(1.0)
    evenly(process)
    began = clock.now()
    went = walk(clock, 3 * COOLDOWN, *waits)
    assert len(went) == 3
    assert went[0][0] == pytest.approx(began - 1.0 + COOLDOWN, abs=0.1)
    gaps = [late - early for (early, _), (late, _) in pairwise(went)]
    assert all(COOLDOWN / 3 - 1e-6 <= gap <= COOLDOWN / 3 + 0.2 for gap in gaps), gaps


def test_a_change_of_pacing_here_lets_nobody_wait_longer_elsewhere(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    evenly(one, two)
    first = join(one.queue, 6)
    clock.advance()
    go(first, clock)
    earlier = join(one.queue, 6)
    clock.advance(0.01)
    later = join(two.queue, 6)
    clock.advance(0.01)
    two.queue.pacing = Pacing.BURST
    clock.advance(0.1)
    assert stages(earlier, later) == "wc"
    one.queue.pacing = Pacing.BURST
    clock.advance(0.1)
    assert stages(earlier, later) == "cc"


def test_who_has_to_keep_a_pace_holds_up_nobody_who_has_not(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    evenly(one)
    first = join(one.queue, 2)
    clock.advance()
    go(first, clock)
    earlier = join(one.queue, 2)
    clock.advance(0.01)
    later = join(two.queue, 2)
    clock.advance(0.01)
    assert stages(earlier, later) == "wc"
