"""Whose turn it is among the waiting requests of all processes."""

from __future__ import annotations

from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.claims import Bid, Lane
from tui_app.core.quota import Pacing, Source
from tui_app.core.turns import AT_ONCE, Contender, Count, decide

GRACE_UNTIL = 99.0


def lane(*arrivals: float, limit: int, count: int | None = None, pacing: Pacing = Pacing.BURST) -> Lane:
    bids = tuple(Bid(number, "one", Source.CHAT, at) for number, at in enumerate(arrivals))
    return Lane("one", limit, 0.0, pacing, bids, count or len(bids), arrivals[-1])


def contender(*arrivals: float, limit: int, count: int | None = None, known: int | None = None) -> Contender:
    """Somebody in another process who let it be known when the first of his requests came."""
    firsts = arrivals[: len(arrivals) if known is None else known]
    return Contender("other", 1, "one", limit, Pacing.BURST, arrivals[0], count or len(arrivals), 0.0, firsts)


def free(slots: int, limit: int) -> Count:
    return Count(now=50.0, used=limit - slots, opens=0.0, last_start=0.0, cooldown=60.0)


def granted(mine: Lane, other: Contender, slots: int) -> tuple[list[float], float | None]:
    """The arrivals of those that go, and how long the other is waited for."""
    decision = decide(free(slots, mine.limit), [mine], [other], lambda _: GRACE_UNTIL)
    return [bid.arrival for bid in decision.granted], decision.held_until


def test_free_slots_are_shared_by_arrival_without_asking_in_turn() -> None:
    mine, other = lane(1, 3, 5, 7, limit=10), contender(2, 4, 6, 8, limit=10)
    assert granted(mine, other, slots=4) == ([1, 3], GRACE_UNTIL)


def test_with_slots_for_all_that_came_earlier_nobody_is_waited_for() -> None:
    mine, other = lane(1, 3, 5, 7, limit=10), contender(2, 4, 6, 8, limit=10)
    assert granted(mine, other, slots=7) == ([1, 3, 5, 7], None)


def test_of_those_whose_arrival_is_not_known_all_may_have_come_earlier() -> None:
    mine, other = lane(1, 3, 5, 7, limit=10), contender(2, 4, 6, 8, limit=10, known=1)
    assert granted(mine, other, slots=7) == ([1, 3, 5], GRACE_UNTIL)


def test_a_process_of_an_older_build_that_tells_no_arrivals_is_let_go_first() -> None:
    mine, other = lane(3, 5, limit=10), contender(2, limit=10, count=9, known=0)
    assert granted(mine, other, slots=9) == ([], GRACE_UNTIL)
    assert granted(mine, other, slots=10) == ([3], GRACE_UNTIL)


def test_no_more_are_granted_at_once_than_one_transaction_should_hold() -> None:
    many = [float(at) for at in range(AT_ONCE + 9)]
    alone = decide(free(100, 100), [lane(*many, limit=100)], [], lambda _: None)
    beside = decide(free(100, 100), [lane(*many, limit=100)], [contender(500, limit=100)], lambda _: None)
    assert len(alone.granted) == len(beside.granted) == AT_ONCE


@pytest.mark.parametrize(("arrival", "at_least", "at_most"), [(1, 0, 0), (3, 1, 1), (5, 2, 9), (99, 2, 9)])
def test_how_many_came_before(arrival: float, at_least: int, at_most: int) -> None:
    assert contender(2, 4, limit=10, count=9).before(arrival) == (at_least, at_most)


@given(
    mine=st.sets(st.integers(0, 60), min_size=1, max_size=20),
    others=st.sets(st.integers(0, 60), min_size=1, max_size=20),
    slots=st.integers(0, 30),
    known=st.integers(0, 20),
)
def test_two_processes_together_grant_the_first_that_came_and_nobody_else(
    mine: set[int], others: set[int], slots: int, known: int
) -> None:
    ours = sorted(float(at) for at in mine)
    theirs = sorted(float(at) + 0.5 for at in others)
    right = sorted(ours + theirs)[:slots]
    got, held = granted(lane(*ours, limit=40), contender(*theirs, limit=40, known=known), slots)
    due = [at for at in ours if at in right]
    assert got == due[: len(got)], "nobody goes that others came before, and in order"
    if known >= len(theirs) or bisect_left(theirs, due[-1] if due else 0.0) < min(known, len(theirs)):
        assert got == due, "who knows all arrivals waits for nobody"
    assert (held is None) == (len(got) == len(ours) or slots <= len(got))
