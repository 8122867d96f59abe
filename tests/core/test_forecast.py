"""A what-if against the same counted out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.test_quota import closures, counted_out, limits, slots, times
from tests.fakes_quota import GROUP
from tui_app.core.forecast import forecast, forecast_words
from tui_app.core.quota import WINDOW_S, Closure, Pacing, Quota, Source, Waiting


@given(
    free_at=slots,
    limit=limits,
    now=times,
    closure=closures,
    count=st.integers(1, 40),
    ours=st.integers(0, 10),
    others=st.integers(0, 10),
)
def test_more_prompts_start_when_counting_out_says(
    *,
    free_at: tuple[float, ...],
    limit: int,
    now: float,
    closure: Closure | None,
    count: int,
    ours: int,
    others: int,
) -> None:
    started = tuple(free for free in free_at if free <= now + WINDOW_S)
    waiting = tuple(Waiting(str(n), n, "e", Source.CHAT, 0.0) for n in range(1, ours + 1))
    quota = Quota(GROUP, limit, 0.0, started, waiting, others, closure)
    told = forecast(quota, count, now)
    assert (told.count, told.waiting) == (count, ours + others)
    assert told.first_in_s == pytest.approx(counted_out(quota, ours + others + 1, now), abs=1e-6)
    assert told.last_in_s == pytest.approx(counted_out(quota, ours + others + count, now), abs=1e-6)


@given(limits, times, closures, st.integers(1, 30))
def test_evenly_they_go_one_each_step(limit: int, now: float, closure: Closure | None, count: int) -> None:
    quota = Quota(GROUP, limit, 0.0, closure=closure, pacing=Pacing.EVEN)
    told = forecast(quota, count, now)
    assert told.last_in_s - told.first_in_s == pytest.approx((count - 1) * WINDOW_S / limit)


def test_it_is_said_in_local_time() -> None:
    quota = Quota(GROUP, 2, 100.0)
    assert forecast_words(forecast(quota, 1, 100.0), 2, 0.0) == "1 prompt at 2 a minute: it starts at once"
    assert (
        forecast_words(forecast(quota, 2, 100.0), 2, 0.0)
        == "2 prompts at 2 a minute: the last starts at once"
    )
    words = forecast_words(forecast(replace(quota, others_waiting=2), 2000, 100.0), 2, 0.0)
    assert words.startswith("2,000 prompts at 2 a minute: the last starts at ")
    assert words.endswith(", in 16 h 40 min, after 2 who wait")
