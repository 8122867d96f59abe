"""A crowd in the queue: how many may wait, and what they cost while they do."""

from __future__ import annotations

import tracemalloc

import pytest

from tests.fakes_quota import COOLDOWN, GROUP, FakeClock, TroubledLedger, join, send, stages
from tui_app.core.errors import QueueFull
from tui_app.core.queue import RequestQueue
from tui_app.core.waiters import DEPTH

CROWD = 2000


async def test_two_thousand_may_wait_and_one_more_is_told_so(queue: RequestQueue, clock: FakeClock) -> None:
    first = join(queue, 1)
    clock.advance()
    await send(first)
    places = [join(queue, 1) for _ in range(CROWD)]
    clock.advance()
    with pytest.raises(QueueFull, match="2000 requests wait already") as caught:
        join(queue, 1)
    assert caught.value.advice
    assert len(queue.quota(GROUP, 1).waiting) == CROWD
    places[7].cancel()
    clock.advance()
    last = join(queue, 1)
    clock.advance(COOLDOWN)
    assert stages(places[0], places[1], last) == "cww"


async def test_all_that_may_go_do_also_where_there_are_more_than_are_asked_for_in_one_go(
    queue: RequestQueue, clock: FakeClock
) -> None:
    places = [join(queue, 3 * DEPTH + 5) for _ in range(4 * DEPTH)]
    clock.advance()
    assert stages(*places) == "c" * (3 * DEPTH + 5) + "w" * (DEPTH - 5)


async def test_who_waits_costs_no_wake_ups_but_those_of_one(
    troubled: RequestQueue, clock: FakeClock, ledger: TroubledLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = join(troubled, 1)
    clock.advance()
    await send(first)
    clock.advance(1.0)
    wakes = 0
    run = troubled._pump.run

    def counted() -> None:
        nonlocal wakes
        wakes += 1
        run()

    monkeypatch.setattr(troubled._pump, "run", counted)
    costs = []
    for crowd in (1, CROWD - 1):
        for _ in range(crowd):
            join(troubled, 1)
        clock.advance(1.0)
        wakes, asked = 0, ledger.asked
        clock.advance(20.0)
        costs.append((wakes, ledger.asked - asked))
    assert costs[1] == costs[0]
    assert costs[0][0] <= 25
    assert costs[0][1] == 0


async def test_one_that_waits_takes_little_memory(queue: RequestQueue, clock: FakeClock) -> None:
    first = join(queue, 1)
    clock.advance()
    await send(first)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        places = [join(queue, 1) for _ in range(CROWD)]
        clock.advance(5.0)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (after - before) / len(places) < 1.5 * 1024
