"""Several processes on one ledger that wake each other, by a clock that the tests turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.fakes_quota import COOLDOWN, GROUP, FakeClock, Process, Start, go, join, stages
from tui_app.core.place import Place
from tui_app.core.pump import QUIET_S

MOMENT = 0.005
"""Much less than it takes a process that only looks now and then to notice anything."""


@pytest.fixture
def unlooking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets those who wait look for nothing that others wrote: they only hear the bell."""
    monkeypatch.setattr("tui_app.core.pump.POLL_S", 3600.0)
    monkeypatch.setattr("tui_app.core.pump.LONG_POLL_S", 3600.0)


class Watcher:
    """A process that only watches, at rest."""

    def __init__(self, process: Process, clock: FakeClock) -> None:
        self.process = process
        self.calls = 0
        process.queue.subscribe(self._called)
        process.queue.quota(GROUP, 1)
        clock.advance(QUIET_S + 1.0)
        self.calls = process.bell.rung = 0

    def _called(self) -> None:
        self.calls += 1


def test_a_refund_is_used_elsewhere_at_once(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    first, second = join(one.queue, 1), join(two.queue, 1)
    clock.advance(1.5)
    first.cancel()
    clock.advance(MOMENT)
    assert stages(second) == "c"


def test_a_reopened_group_is_used_elsewhere_at_once(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    one.queue.close_group(GROUP, 100.0, "slow down")
    clock.advance()
    place = join(two.queue, 1)
    clock.advance(1.5)
    assert stages(place) == "w"
    one.queue.reopen_group(GROUP)
    clock.advance(MOMENT)
    assert stages(place) == "c"


def test_a_closure_is_heard_of_elsewhere_at_once(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    first = join(one.queue, 1)
    clock.advance()
    go(first, clock)
    place = join(two.queue, 1)
    clock.advance(1.5)
    two.bell.rung = 0
    one.queue.close_group(GROUP, 200.0, "slow down")
    clock.advance(MOMENT)
    assert two.bell.rung == 1
    standing = two.queue.fresh_standing(place)
    assert standing is not None
    assert standing.reason == "slow down"


def test_a_changed_limit_is_used_elsewhere_at_once(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    places = [join(two.queue, 1) for _ in range(3)]
    clock.advance(1.5)
    one.queue.change_limit("one", 3)
    clock.advance(MOMENT)
    assert stages(*places) == "ccc"


@pytest.mark.usefixtures("unlooking")
@pytest.mark.parametrize("how", ["cancelled", "left"])
def test_who_comes_after_one_that_waits_no_more_goes_in_its_place(
    start: Start, clock: FakeClock, how: str
) -> None:
    holder, one, two = start(), start(), start()
    first = join(holder.queue, 1)
    clock.advance()
    go(first, clock)
    head = join(one.queue, 1)
    clock.advance(0.01)
    heir = join(two.queue, 1)
    clock.advance(COOLDOWN - 0.5)
    if how == "cancelled":
        head.cancel()
    else:
        asyncio.run(one.queue.aclose())
    clock.advance(0.5 - 0.01 - MOMENT)
    assert stages(heir) == "w"
    clock.advance(2 * MOMENT)
    assert stages(heir) == "c"


def test_a_watcher_at_rest_has_no_timer_and_sees_a_start_elsewhere_at_once(
    start: Start, clock: FakeClock
) -> None:
    one, watcher = start(), Watcher(start(), clock)
    assert clock.pending == 0
    clock.advance(3600.0)
    place = join(one.queue, 1)
    clock.advance(MOMENT)
    assert watcher.calls == 1
    assert watcher.process.queue.quota(GROUP, 1).used(clock.now()) == 1
    go(place, clock)
    clock.advance(QUIET_S + 1.0)
    assert clock.pending == 0


def test_several_watchers_come_to_rest_together(start: Start, clock: FakeClock) -> None:
    watchers = [Watcher(start(), clock) for _ in range(4)]
    one = start()
    go(join_and_claim(one, clock), clock)
    clock.advance(QUIET_S + 1.0)
    assert clock.pending == 0
    assert all(watcher.calls for watcher in watchers)


def test_many_starts_do_not_ring_a_watcher_many_times(start: Start, clock: FakeClock) -> None:
    one, watcher = start(), Watcher(start(), clock)
    for _ in range(100):
        join(one.queue, 1000)
        clock.advance(0.01)
    assert watcher.process.bell.rung == 1
    assert 3 <= watcher.calls <= 5


def test_starts_elsewhere_do_not_ring_who_waits(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    for _ in range(2):
        join(two.queue, 1, "low")
    clock.advance(1.5)
    two.bell.rung = 0
    for _ in range(20):
        go(join_and_claim(one, clock), clock)
    assert two.bell.rung == 0


@pytest.mark.parametrize("when", ["just before it can be called", "just before that is known"])
def test_what_is_written_while_one_goes_to_rest_is_not_missed(
    start: Start, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    one, two = start(), start()
    calls: list[float] = []
    listen, before = two.bell.listen, when == "just before it can be called"

    def slow(heard: Callable[[], None], *, everything: bool) -> bool:
        if everything and not calls:
            two.bell.listen = listen  # type: ignore[method-assign]
            if before:
                write()
                return listen(heard, everything=everything)
            listened = listen(heard, everything=everything)
            write()
            return listened
        return listen(heard, everything=everything)

    def write() -> None:
        join(one.queue, 5)
        one.queue._pump.run()

    monkeypatch.setattr(two.bell, "listen", slow)
    two.queue.quota(GROUP, 5)
    two.queue.subscribe(lambda: calls.append(clock.now()))
    began = clock.now()
    clock.advance(1.0)
    assert calls[:1] == [began]
    assert two.queue.quota(GROUP, 5).used(clock.now()) == 1


def test_what_is_freed_while_one_begins_to_wait_is_not_missed(
    start: Start, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = start(), start()
    claim = join(one.queue, 1)
    clock.advance()
    listen = two.bell.listen

    def slow(heard: Callable[[], None], *, everything: bool) -> bool:
        claim.cancel()
        one.queue._pump.run()
        return listen(heard, everything=everything)

    monkeypatch.setattr(two.bell, "listen", slow)
    place = join(two.queue, 1)
    clock.advance(MOMENT)
    assert stages(place) == "c"


@pytest.mark.usefixtures("unlooking")
def test_a_stopped_process_hears_when_it_goes_on_what_was_freed_meanwhile(
    start: Start, clock: FakeClock
) -> None:
    one, two = start(), start()
    claim, place = join(one.queue, 1), join(two.queue, 1)
    clock.advance(1.5)
    two.stop()
    claim.cancel()
    clock.advance(3.0)
    assert stages(place) == "w"
    two.go_on()
    clock.advance()
    assert stages(place) == "c"


def test_where_nobody_can_be_called_it_is_looked_now_and_then(
    start: Start, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, three = start(), start(), start()
    for process in (two, three):
        monkeypatch.setattr(process.bell, "listen", lambda heard, everything: False)
    watcher = Watcher(three, clock)
    claim, place = join(one.queue, 1), join(two.queue, 1)
    clock.advance(1.1)
    assert watcher.calls
    claim.cancel()
    clock.advance(1.1)
    assert stages(place) == "c"
    assert clock.pending > 0


def join_and_claim(process: Process, clock: FakeClock) -> Place:
    place = join(process.queue, 100)
    clock.advance()
    assert stages(place) == "c"
    return place
