"""Stretches of time are said in words."""

from __future__ import annotations

import pytest

from tui_app.core.durations import ago, span


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
