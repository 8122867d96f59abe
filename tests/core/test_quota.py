"""The arithmetic of the limit against the same counted out by hand."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes_quota import GROUP
from tui_app.core.quota import WINDOW_S, Closure, Pacing, Quota

times = st.floats(0, 200, allow_nan=False).map(lambda at: round(at, 3))
slots = st.lists(times, max_size=30).map(lambda free: tuple(sorted(free)))
limits = st.integers(1, 20)
closures = st.none() | st.builds(Closure, times, st.just("the service said so"))


def counted_out(quota: Quota, nth: int, now: float) -> float:
    """When the nth start happens, by letting requests go one by one as soon as they may."""
    opens = max(now, quota.closure.until if quota.closure else 0.0)
    taken = list(quota.free_at)
    at = opens
    for _ in range(nth):
        while sum(free > at for free in taken) >= quota.limit:
            at = min(free for free in taken if free > at)
        taken.append(at + quota.cooldown_s)
    return at - now


@given(slots, limits, times, closures)
def test_used_and_left_are_never_negative_nor_above_the_limit(
    free_at: tuple[float, ...], limit: int, now: float, closure: Closure | None
) -> None:
    for pacing in Pacing:
        quota = Quota(GROUP, limit, 0.0, free_at, closure=closure, pacing=pacing, paced_until=now)
        assert 0 <= quota.used(now) <= limit
        assert 0 <= quota.left(now) <= limit - quota.used(now)


@given(slots, limits, times)
def test_what_is_used_and_what_is_left_make_up_the_limit(
    free_at: tuple[float, ...], limit: int, now: float
) -> None:
    quota = Quota(GROUP, limit, 0.0, free_at)
    assert quota.used(now) + quota.left(now) == limit


@given(slots, limits, times, closures, st.integers(1, 60))
def test_the_nth_start_is_when_counting_out_says(
    free_at: tuple[float, ...], limit: int, now: float, closure: Closure | None, nth: int
) -> None:
    started = tuple(free for free in free_at if free <= now + WINDOW_S)
    quota = Quota(GROUP, limit, 0.0, started, closure=closure)
    assert quota.start_in(nth, now) == pytest.approx(counted_out(quota, nth, now), abs=1e-6)


@given(slots, limits, times, closures)
def test_one_may_start_exactly_from_the_next_slot_on(
    free_at: tuple[float, ...], limit: int, now: float, closure: Closure | None
) -> None:
    quota = Quota(GROUP, limit, 0.0, free_at, closure=closure)
    wait = quota.next_slot_in(now)
    assert (wait == 0) == (quota.left(now) > 0)
    if wait:
        assert quota.left(now + wait - 1e-4) == 0
        assert quota.left(now + wait + 1e-4) > 0


@given(slots, limits, times, closures)
def test_the_whole_limit_is_left_exactly_from_the_given_moment_on(
    free_at: tuple[float, ...], limit: int, now: float, closure: Closure | None
) -> None:
    quota = Quota(GROUP, limit, 0.0, free_at, closure=closure)
    wait = quota.full_in(now)
    assert quota.left(now + wait + 1e-4) == limit
    if wait:
        assert quota.left(now + wait - 1e-4) < limit


def test_a_closed_group_leaves_nothing_until_it_opens() -> None:
    quota = Quota(GROUP, 5, 0.0, closure=Closure(30.0, "too many requests"))
    assert quota.left(29.9) == 0
    assert quota.next_slot_in(10.0) == 20.0
    assert quota.left(30.0) == 5


def test_a_lowered_limit_waits_for_more_than_one_slot() -> None:
    quota = Quota(GROUP, 2, 0.0, (10.0, 20.0, 30.0, 40.0))
    assert quota.used(0.0) == 2
    assert quota.next_slot_in(0.0) == 30.0


def test_even_pacing_leaves_one_at_a_time() -> None:
    quota = Quota(GROUP, 6, 0.0, (60.0,), pacing=Pacing.EVEN, paced_until=10.0, cooldown_s=WINDOW_S)
    assert quota.left(9.9) == 0
    assert quota.left(10.0) == 1
    assert quota.start_in(3, 0.0) == 30.0


def test_a_quota_cannot_be_changed() -> None:
    quota = Quota(GROUP, 2, 0.0)
    with pytest.raises(FrozenInstanceError):
        quota.limit = 3  # type: ignore[misc]
    assert replace(quota, limit=3).left(0.0) == 3
