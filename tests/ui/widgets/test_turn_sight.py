"""What of a conversation is in sight: the end is followed, or what is looked at stays where it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui_app.ui.widgets.turn_heights import Heights
from tui_app.ui.widgets.turn_sight import Sight

HEIGHTS = st.lists(st.integers(1, 90), min_size=1, max_size=30)
CHANGES = st.lists(st.tuples(st.integers(0, 29), st.integers(1, 200)), max_size=20)


def sight_of(heights: list[int], rows: int = 20, foot: int = 2) -> Sight:
    """A window over such turns."""
    sight = Sight()
    sight.fit(rows, foot)
    sight.show(Heights(heights))
    return sight


@given(HEIGHTS)
def test_every_line_belongs_to_one_turn(heights: list[int]) -> None:
    kept = Heights(heights)
    places = [kept.at(y) for y in range(kept.total)]
    assert places == [(index, line) for index, height in enumerate(heights) for line in range(height)]
    assert [kept.start(index) + line for index, line in places] == [*range(kept.total)]


@given(HEIGHTS, CHANGES, st.integers(1, 60), st.integers(0, 5))
def test_the_end_is_followed_whatever_is_learned(
    heights: list[int], changes: list[tuple[int, int]], rows: int, foot: int
) -> None:
    sight = sight_of(heights)
    sight.fit(rows, foot)
    for index, height in changes:
        sight.laid(index % len(heights), height)
        assert sight.below == 0
        assert sight.row(len(heights) - 1) + sight.heights[len(heights) - 1] + foot == rows


@given(HEIGHTS, CHANGES, st.integers(0, 2_000), st.booleans())
def test_what_is_looked_at_stays_when_others_turn_out_higher_or_lower(
    heights: list[int], changes: list[tuple[int, int]], top: int, upward: bool
) -> None:
    sight = sight_of(heights)
    sight.go(min(top, sight.last_top))
    seen, line = sight.heights.at(sight.top)
    sight.go(max(0, sight.top - 7) if upward else min(sight.top + 7, sight.last_top))
    row = sight.row(seen, line)
    for number, height in changes:
        index = number % len(heights)
        if index != seen:
            sight.laid(index, height)
            at_an_edge = sight.top in {0, sight.last_top}
            assert sight.row(seen, line) == row or at_an_edge or sight.following


@given(HEIGHTS, st.integers(0, 29), st.integers(1, 60))
def test_a_turn_that_is_gone_to_begins_at_the_top_or_the_end_is_in_sight(
    heights: list[int], number: int, rows: int
) -> None:
    sight = sight_of(heights, rows)
    index = number % len(heights)
    sight.go_to(index)
    assert sight.row(index) == 0 or sight.below == 0
    assert index in sight.turns()


def test_a_move_to_the_end_follows_it_and_one_away_from_it_does_not() -> None:
    sight = sight_of([10] * 10)
    sight.go(sight.last_top - 1)
    assert not sight.following
    sight.added(5)
    assert sight.below == 6
    sight.go(sight.last_top)
    assert sight.following
    sight.added(5)
    assert sight.below == 0


def test_a_turn_that_is_taken_out_above_moves_nothing() -> None:
    sight = sight_of([10] * 10)
    sight.go_to(5)
    sight.gone(1)
    assert sight.row(4) == 0


def test_a_place_within_a_long_turn_is_found_again_in_another_width() -> None:
    sight = sight_of([10, 1_000, 10])
    sight.go(510)
    sight.stretch(Heights([20, 2_000, 20]))
    assert sight.row(1, 1_000) == 0


def test_a_short_conversation_stands_at_the_bottom() -> None:
    sight = sight_of([5, 5], rows=20, foot=2)
    assert (sight.row(0), sight.row(1), sight.top) == (8, 13, 0)
