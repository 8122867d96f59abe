from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies_storage import UNHURRIED
from tui_app.adapters.rate_limit_headers import retry_after_s, server_limits, should_retry
from tui_app.core.service import ServerLimit

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
T = NOW.timestamp()


def test_anthropic_headers_give_a_limit_each() -> None:
    headers = {
        "anthropic-ratelimit-requests-limit": "1000",
        "anthropic-ratelimit-requests-remaining": "999",
        "anthropic-ratelimit-requests-reset": "2026-11-22T12:00:30Z",
        "anthropic-ratelimit-input-tokens-limit": "2000000",
        "anthropic-ratelimit-input-tokens-remaining": "1998000",
        "anthropic-ratelimit-input-tokens-reset": "2026-11-22T12:00:01+00:00",
        "anthropic-priority-output-tokens-limit": "400000",
        "content-type": "text/plain",
    }
    assert server_limits(headers, T) == (
        ServerLimit("requests", 1000, 999, 30.0),
        ServerLimit("input-tokens", 2000000, 1998000, 1.0),
        ServerLimit("priority-output-tokens", 400000, None, None),
    )


def test_the_servers_own_clock_counts_where_it_tells_the_date() -> None:
    headers = {
        "date": format_datetime(NOW - timedelta(hours=1), usegmt=True),
        "anthropic-ratelimit-requests-reset": "2026-11-22T11:00:10Z",
        "retry-after": format_datetime(NOW - timedelta(minutes=59), usegmt=True),
    }
    assert server_limits(headers, T) == (ServerLimit("requests", None, None, 10.0),)
    assert retry_after_s(headers, T) == 60.0


def test_names_of_litellm_and_openai_are_understood() -> None:
    assert server_limits(
        {
            "llm_provider-anthropic-ratelimit-requests-limit": "50",
            "llm_provider-anthropic-ratelimit-requests-remaining": "49",
            "x-ratelimit-limit-tokens": "150000",
            "x-ratelimit-remaining-tokens": "0",
            "x-ratelimit-reset-tokens": "6m0s",
        },
        T,
    ) == (ServerLimit("requests", 50, 49, None), ServerLimit("tokens", 150000, 0, 360.0))
    assert server_limits({"x-ratelimit-limit": "7", "x-ratelimit-remaining": "3"}, T) == (
        ServerLimit("requests", 7, 3, None),
    )


def test_anthropics_own_names_win_over_the_others() -> None:
    headers = {
        "x-ratelimit-limit-requests": "1",
        "llm_provider-anthropic-ratelimit-requests-limit": "2",
        "anthropic-ratelimit-requests-limit": "3",
    }
    assert server_limits(headers, T) == (ServerLimit("requests", 3, None, None),)


@pytest.mark.parametrize(
    ("limit", "remaining", "expected"),
    [
        ("50", "-3", (50, 0)),
        ("50", "60", (50, 50)),
        ("-1", "5", (None, 5)),
        ("fifty", "5", (None, 5)),
        ("50", "", (50, None)),
        ("50;w=60", "49, 49;w=60", (50, 49)),
        ("50.0", " 12.9 ", (50, 12)),
    ],
)
def test_figures_are_clamped_and_nonsense_is_missing(
    limit: str, remaining: str, expected: tuple[int | None, int | None]
) -> None:
    headers = {
        "anthropic-ratelimit-requests-limit": limit,
        "anthropic-ratelimit-requests-remaining": remaining,
    }
    assert server_limits(headers, T) == (ServerLimit("requests", *expected, None),)


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [
        ("2026-11-22T11:59:00Z", 0.0),
        ("2026-11-22T12:00:02.5Z", 2.5),
        ("2026-11-22T13:00:05+01:00", 5.0),
        ("2026-11-22T12:00:05", 5.0),
        (str(int(T) + 7), 7.0),
        (str((int(T) + 7) * 1000), 7.0),
        ("12", 12.0),
        ("0.5", 0.5),
        ("6m0s", 360.0),
        ("1h2m3.5s", 3723.5),
        ("120ms", 0.12),
        ("1d", 86400.0),
        ("-4", 0.0),
        ("soon", None),
        ("", None),
        ("9" * 400, None),
        ("6m nonsense", None),
    ],
)
def test_a_reset_in_any_form_is_seconds_from_now(reset: str, seconds: float | None) -> None:
    headers = {"x-ratelimit-reset-requests": reset, "x-ratelimit-limit-requests": "5"}
    assert server_limits(headers, T)[0].reset == seconds


def test_headers_that_tell_of_no_figure_give_no_limit() -> None:
    assert server_limits({"anthropic-ratelimit-requests-limit": "x", "anthropic-version": "1"}, T) == ()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "30"}, 30.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "250.5", "retry-after": "30"}, 0.2505),
        ({"retry-after-ms": "soon", "retry-after": "30"}, 30.0),
        ({"retry-after": "Sun, 22 Nov 2026 12:01:00 GMT"}, 60.0),
        ({"retry-after": "Sun, 22 Nov 2026 11:01:00 GMT"}, 0.0),
        ({"retry-after": "-5"}, 0.0),
        ({"retry-after": "later"}, None),
        ({}, None),
    ],
)
def test_the_wait_is_read_from_milliseconds_seconds_or_a_date(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after_s(headers, T) == seconds


@pytest.mark.parametrize(
    ("value", "meaning"), [("true", True), (" False ", False), ("maybe", None), ("", None)]
)
def test_should_retry_is_true_false_or_not_said(value: str, meaning: bool | None) -> None:
    assert should_retry({"x-should-retry": value}) is meaning
    assert should_retry({}) is None


NAMES = st.sampled_from(
    [
        "date",
        "retry-after",
        "retry-after-ms",
        *(
            form.format(figure)
            for form in ("anthropic-ratelimit-requests-{}", "x-ratelimit-{}-tokens", "anthropic-ratelimit-{}")
            for figure in ("limit", "remaining", "reset")
        ),
    ]
)
VALUES = st.one_of(
    st.text(max_size=40),
    st.integers().map(str),
    st.floats().map(str),
    st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
    st.datetimes(min_value=datetime(1900, 1, 1)).map(format_datetime),
)


@UNHURRIED
@given(st.dictionaries(NAMES, VALUES))
def test_no_header_does_harm_and_every_figure_is_in_its_bounds(headers: dict[str, str]) -> None:
    for limit in server_limits(headers, T):
        assert limit.limit is None or limit.limit >= 0
        assert limit.remaining is None or limit.remaining >= 0
        if limit.limit is not None and limit.remaining is not None:
            assert limit.remaining <= limit.limit
        assert limit.reset is None or (math.isfinite(limit.reset) and limit.reset >= 0)
    wait = retry_after_s(headers, T)
    assert wait is None or (math.isfinite(wait) and wait >= 0)
