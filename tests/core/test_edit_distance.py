"""The distance of two texts is what the plain table of Levenshtein says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.edit_distance import edit_distance

WORDS = st.text("abc", max_size=15)


def by_table(one: str, other: str) -> int:
    """The same, as it is defined."""
    row = list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, their in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (char != their))
    return row[-1]


@given(WORDS, WORDS)
def test_it_is_what_the_table_says(one: str, other: str) -> None:
    assert edit_distance(one, other) == by_table(one, other)


def test_long_texts_are_compared_too() -> None:
    assert edit_distance("ab" * 5_000, "ba" * 5_000) == 2
