"""Stretches of time are said in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.durations import ago, same_for, span


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.2, "1 s"),
        (4.0, "4 s"),
        (59.3, "60 s"),
        (125, "2 min 05 s"),
        (4200, "1 h 10 min"),
        (-3, "0 s"),
    ],
)
def test_a_wait_is_rounded_up_and_said_in_the_units_that_fit(seconds: float, words: str) -> None:
    assert span(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-2, "just now"),
        (3, "just now"),
        (42, "42 s ago"),
        (150, "2 min ago"),
        (7300, "2 h ago"),
        (90_000, "1 day ago"),
        (400_000, "4 days ago"),
    ],
)
def test_an_age_is_said_in_one_unit(seconds: float, words: str) -> None:
    assert ago(seconds) == words


@given(st.floats(60, 1e7))
def test_an_age_is_said_in_the_same_words_until_the_next_unit_is_full(seconds: float) -> None:
    left = same_for(seconds)
    assert 0 < left <= 86400
    assert ago(seconds) == ago(seconds + left - 0.01)
    assert ago(seconds) != ago(seconds + left + 0.01)


@pytest.mark.parametrize("seconds", [-5.0, 0.0, 59.0])
def test_the_seconds_of_an_age_count_as_one_unit(seconds: float) -> None:
    assert 1.0 <= same_for(seconds) <= 60.0
