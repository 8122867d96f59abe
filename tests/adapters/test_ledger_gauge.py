"""What a gauge counts down by itself is what the ledger would grant, also where a claim was never sent."""

from __future__ import annotations

import pytest

from tests.fakes_quota import COOLDOWN, GROUP, FakeClock, Start, go, join, stages
from tui_app.adapters.ledger import TERMS

LEASE = TERMS.lease


def test_a_claim_of_the_dead_is_counted_until_its_slot_is_granted(start: Start, clock: FakeClock) -> None:
    dead, watcher = start(), start()
    began = clock.now()
    claim = join(dead.queue, 1)
    clock.advance()
    assert stages(claim) == "c"
    dead.kill()
    kept = watcher.queue.quota(GROUP, 1)
    assert kept.next_slot_in(clock.now()) == pytest.approx(COOLDOWN)
    for after in (0.0, LEASE - 0.1, LEASE + 0.1, COOLDOWN - 0.1, COOLDOWN + 0.1, COOLDOWN + LEASE - 0.1):
        clock.advance(began + after - clock.now())
        expected = COOLDOWN if after < LEASE else COOLDOWN + LEASE
        assert kept.left(clock.now()) == 0
        assert kept.next_slot_in(clock.now()) == pytest.approx(expected - after)
        assert kept.full_in(clock.now()) == pytest.approx(expected - after)
        read = watcher.ledger.read(GROUP, clock.now())
        assert kept.slots(clock.now()) == read.free_at
    waiting = join(watcher.queue, 1)
    clock.advance()
    assert stages(waiting) == "w"
    clock.advance(0.2)
    assert kept.left(clock.now()) == 1
    assert stages(waiting) == "c"


def test_a_claim_that_is_sent_late_in_its_lease_is_counted_from_then(start: Start, clock: FakeClock) -> None:
    one, watcher = start(), start()
    claim, other = join(one.queue, 2), join(one.queue, 2)
    clock.advance()
    go(other, clock)
    clock.advance(LEASE - 0.1)
    go(claim, clock)
    clock.advance(0.3)
    now, slots = clock.now(), watcher.queue.quota(GROUP, 2).slots(clock.now())
    assert slots == watcher.ledger.read(GROUP, now).free_at
    assert slots[1] - slots[0] == pytest.approx(LEASE - 0.1, abs=0.02)


def test_who_waits_behind_a_claim_of_the_dead_is_told_of_the_later_start_once_its_lease_is_over(
    start: Start, clock: FakeClock
) -> None:
    dead, one = start(), start()
    began = clock.now()
    join(dead.queue, 1)
    clock.advance()
    dead.kill()
    join(one.queue, 1)
    told: list[float] = []

    def look() -> None:
        (waiting,) = one.queue.quota(GROUP, 1).waiting
        told.append(clock.now() + waiting.expected_in_s - began)

    look()
    one.queue.subscribe(look)
    clock.advance(LEASE - 0.1)
    assert told == pytest.approx([COOLDOWN] * len(told))
    clock.advance(0.2)
    assert told[-1] == pytest.approx(COOLDOWN + LEASE)
