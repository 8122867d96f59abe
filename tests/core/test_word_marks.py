"""Words that differ: what is marked, and that nothing of a text is lost."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.word_marks import MOST_WORDS, Marked, compared, open_ended

TEXTS = st.text() | st.lists(st.sampled_from(["the", "a", "fox", ",", "\n", "│", "犬"]), max_size=30).map(
    " ".join
)


def joined(marked: Marked) -> str:
    """A text without its marks."""
    return "".join(each.text for each in marked)


def words(marked: Marked) -> list[str]:
    """What is marked."""
    return [each.text for each in marked if each.differs]


@given(TEXTS, TEXTS)
def test_without_the_marks_both_texts_are_as_they_were(first: str, second: str) -> None:
    one, other = compared(first, second)
    assert (joined(one), joined(other)) == (first, second)


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert not any(words(marked) for marked in compared(text, text))


@given(TEXTS, TEXTS)
def test_what_is_not_marked_is_the_same_in_both(first: str, second: str) -> None:
    def unmarked(marked: Marked) -> str:
        kept = "".join(each.text for each in marked if not each.differs)
        return "".join(kept.replace("│", "").split())

    one, other = compared(first, second)
    assert unmarked(one) == unmarked(other)


@given(TEXTS, TEXTS)
def test_each_side_is_marked_as_the_other_sees_it(first: str, second: str) -> None:
    assert bool("".join(first.split())) or not words(compared(first, second)[0])
    one, other = compared(first, second)
    assert all(each.text for each in (*one, *other))


def test_another_word_is_marked_and_its_neighbours_are_not() -> None:
    one, other = compared("The quick brown fox jumps.", "The slow brown fox leaps.")
    assert words(one) == ["quick", "jumps"]
    assert words(other) == ["slow", "leaps"]


def test_lines_broken_elsewhere_do_not_differ() -> None:
    one, other = compared("one two\nthree  four", "one\ntwo three\n\nfour")
    assert not words(one) + words(other)


def test_a_word_that_both_have_by_chance_is_marked_with_what_is_around_it() -> None:
    one, _ = compared(
        "start red green blue the cyan pink grey end", "start eins zwei drei the vier fuenf sechs end"
    )
    assert words(one) == ["red green blue the cyan pink grey"]


def test_signs_of_scripts_without_spaces_are_compared_one_by_one() -> None:
    one, other = compared("犬が好き", "猫が好き")
    assert words(one) == ["犬"]
    assert words(other) == ["猫"]


def test_long_texts_are_compared_line_by_line() -> None:
    lines = [f"line {number} of a long text" for number in range(MOST_WORDS // 5)]
    changed = [*lines[:100], "another line here", *lines[101:]]
    one, other = compared("\n".join(lines), "\n".join(changed))
    assert words(one) == ["line 100 of a long text"]
    assert words(other) == ["another line here"]


def test_two_texts_of_20_kB_that_differ_much_are_marked_whole() -> None:
    chance = random.Random(5)
    first = [f"word{chance.randrange(900)}" for _ in range(3_000)]
    second = [word if chance.random() < 0.5 else f"other{chance.randrange(900)}" for word in first]
    one, other = compared(" ".join(first), " ".join(second))
    assert joined(one) == " ".join(first)
    assert joined(other) == " ".join(second)
    assert len(words(one)) > 300


def test_what_follows_where_the_other_text_was_cut_is_no_difference() -> None:
    whole, cut = compared("a red fox runs over the hills", "a blue fox runs")
    assert words(whole) == ["red", "over the hills"]
    assert words(open_ended(whole)) == words(whole)[:1]
    assert words(open_ended(cut)) == ["blue"]


@given(TEXTS, TEXTS)
def test_an_open_end_changes_no_text(first: str, second: str) -> None:
    one, _ = compared(first, second)
    assert joined(open_ended(one)) == first
