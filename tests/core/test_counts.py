"""Numbers of things in words."""

from __future__ import annotations

import pytest

from tui_app.core.counts import counted


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1200, "1,200 rows")]
)
def test_a_number_and_what_it_counts(number: int, words: str) -> None:
    assert counted(number, "row") == words


def test_words_that_take_no_s() -> None:
    assert counted(1, "request waits", "requests wait") == "1 request waits"
    assert counted(3, "request waits", "requests wait") == "3 requests wait"
