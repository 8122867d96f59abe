from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.wire import UNHURRIED
from tui_app.sandbox.bucket import Limits, TokenBucket
from tui_app.sandbox.errors import ApiError
from tui_app.sandbox.settings import SandboxSettings

NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def today(self) -> datetime:
        return NOON + timedelta(seconds=self.now - 1_000)


def _limits(clock: Clock, **settings: int) -> Limits:
    return Limits(SandboxSettings(**settings), clock, clock.today)  # type: ignore[arg-type]


def _refused(limits: Limits) -> ApiError:
    with pytest.raises(ApiError) as caught:
        limits.start()
    assert caught.value.status == 429
    return caught.value


def test_a_limit_refills_evenly() -> None:
    clock = Clock()
    limits = _limits(clock, requests_per_minute=3)
    for _ in range(3):
        limits.start()
    refusal = _refused(limits)
    assert refusal.headers["retry-after"] == "20"
    assert "3 requests per minute" in refusal.message
    clock.now += 19.9
    assert _refused(limits).headers["retry-after"] == "1"
    clock.now += 0.1
    limits.start()
    _refused(limits)


@UNHURRIED
@given(st.integers(1, 5_000), st.floats(0, 1_000), st.integers(0, 200))
def test_retry_after_is_kept_and_no_sooner_than_a_second_before(
    per_minute: int, elapsed: float, extra: int
) -> None:
    clock = Clock()
    limits = _limits(clock, requests_per_minute=per_minute)
    clock.now += elapsed
    for _ in range(per_minute):
        limits.start()
    limits.requests.spend(extra, clock.now)
    wait = int(_refused(limits).headers["retry-after"])
    assert wait >= 1
    clock.now += wait
    limits.start()


@UNHURRIED
@given(st.integers(1, 1_000), st.lists(st.tuples(st.floats(0, 100), st.integers(0, 50))))
def test_a_bucket_is_never_above_its_capacity(capacity: int, steps: list[tuple[float, int]]) -> None:
    bucket, now = TokenBucket(capacity, 0.0), 0.0
    for elapsed, amount in steps:
        now += elapsed
        before = bucket.level(now)
        assert before <= capacity
        if bucket.take(amount, now):
            assert bucket.level(now) == pytest.approx(before - amount)
        else:
            assert bucket.level(now) == before
    assert bucket.level(now + bucket.full_in(now)) == pytest.approx(capacity)


def test_the_headers_tell_what_is_left_and_when_it_is_full() -> None:
    clock = Clock()
    limits = _limits(
        clock,
        requests_per_minute=60,
        input_tokens_per_minute=60_000,
        output_tokens_per_minute=6_000,
    )
    limits.start()
    limits.read(1_600)
    limits.wrote(2_700)
    clock.now += 0.25
    assert limits.headers() == {
        "anthropic-ratelimit-requests-limit": "60",
        "anthropic-ratelimit-requests-remaining": "59",
        "anthropic-ratelimit-requests-reset": "2026-11-22T12:00:01Z",
        "anthropic-ratelimit-tokens-limit": "66000",
        "anthropic-ratelimit-tokens-remaining": "62000",
        "anthropic-ratelimit-tokens-reset": "2026-11-22T12:00:27Z",
        "anthropic-ratelimit-input-tokens-limit": "60000",
        "anthropic-ratelimit-input-tokens-remaining": "59000",
        "anthropic-ratelimit-input-tokens-reset": "2026-11-22T12:00:02Z",
        "anthropic-ratelimit-output-tokens-limit": "6000",
        "anthropic-ratelimit-output-tokens-remaining": "3000",
        "anthropic-ratelimit-output-tokens-reset": "2026-11-22T12:00:27Z",
    }


def test_output_is_counted_as_it_comes_and_refused_when_it_ran_out() -> None:
    clock = Clock()
    limits = _limits(clock, output_tokens_per_minute=60)
    limits.read(1)
    limits.wrote(90)
    with pytest.raises(ApiError, match="60 output tokens") as caught:
        limits.read(1)
    assert caught.value.headers["retry-after"] == "30"
    assert limits.headers()["anthropic-ratelimit-output-tokens-remaining"] == "0"


def test_input_that_is_too_much_is_refused() -> None:
    limits = _limits(Clock(), input_tokens_per_minute=100)
    limits.read(60)
    with pytest.raises(ApiError, match="100 input tokens"):
        limits.read(60)


def test_counting_tokens_has_a_limit_of_its_own() -> None:
    limits = _limits(Clock(), requests_per_minute=1)
    limits.start()
    limits.start_count()
    limits.start_count()
    with pytest.raises(ApiError, match="token counting"):
        limits.start_count()
