"""The picture of the last starts leaves nothing out, invents nothing, and moves as a whole."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.activity import Start
from tui_app.core.quota import WINDOW_S, Source
from tui_app.core.starts import EIGHTHS, Kind, by_member, picture, recent, scale_of, tally

NOW = 5000.0
STARTS = st.lists(
    st.builds(
        Start,
        at=st.floats(NOW - 90, NOW),
        member=st.sampled_from(["a", "b"]),
        source=st.sampled_from(list(Source)),
        ours=st.booleans(),
        sent=st.booleans(),
    ),
    max_size=120,
)


@given(STARTS, st.integers(10, 150), st.integers(1, 8))
def test_every_start_of_the_window_stands_in_exactly_one_column(
    starts: list[Start], columns: int, rows: int
) -> None:
    drawn = picture(starts, NOW, columns, rows)
    spared = 0 if drawn.scale == 1 else 1 + (rows >= 4)
    assert len(drawn.stacks) == len(drawn.counts) == columns
    assert sum(drawn.counts) == len(recent(starts, NOW))
    assert [kind is None for kind in drawn.kinds] == [count == 0 for count in drawn.counts]
    for stack, count in zip(drawn.stacks, drawn.counts, strict=True):
        assert len(stack) == math.ceil(count / drawn.scale) <= max(1, rows - spared)
        assert all(tile.eighths == EIGHTHS for tile in stack[:-1])
        assert all(1 <= tile.eighths <= EIGHTHS for tile in stack)


@given(st.floats(0, 59), st.integers(10, 150))
def test_a_start_stands_where_its_age_says_within_a_column(age: float, columns: int) -> None:
    drawn = picture([Start(NOW - age, "a", Source.CHAT, True)], NOW, columns, 4)
    (at,) = [column for column, count in enumerate(drawn.counts) if count]
    assert abs((columns - 1 - at) * WINDOW_S / columns - age) <= WINDOW_S / columns


@given(STARTS, st.floats(0, 20))
def test_stacks_do_not_change_while_they_move(starts: list[Start], later: float) -> None:
    columns = 60
    before, after = (picture(starts, now, columns, 200).counts for now in (NOW, NOW + later))
    moved = math.floor(NOW + later) - math.floor(NOW)
    assert before[moved + 2 :] == after[2 : columns - moved]


@given(st.integers(0, 5000), st.integers(1, 10))
def test_a_scale_is_round_and_the_least_that_fits(most: int, rows: int) -> None:
    scale = scale_of(most, rows)
    assert scale * rows >= most
    assert str(scale).rstrip("0") in {"1", "2", "5"}
    smaller = [step * 10**power for power in range(5) for step in (1, 2, 5) if step * 10**power < scale]
    assert all(each * rows < most for each in smaller)


@given(STARTS)
def test_the_legend_counts_all_of_them(starts: list[Start]) -> None:
    assert sum(count for _, count in tally(starts)) == len(starts) == sum(by_member(starts).values())


def test_a_burst_of_fifty_in_one_second_says_how_many_it_is() -> None:
    burst = [Start(NOW - 30 + n / 50, "a", Source.ASK, True) for n in range(50)]
    drawn = picture(burst, NOW, 30, 7)
    assert drawn.scale == 10
    assert drawn.peak is not None
    assert sum(drawn.counts) == 50


def test_letters_tell_sources_processes_and_what_was_not_sent_yet_apart() -> None:
    kinds = [Kind(source, ours) for source in Source for ours in (True, False)]
    kinds.append(Kind(Source.CHAT, sent=False))
    assert len({kind.letter for kind in kinds}) == len(kinds)
    assert Kind(Source.CHAT).letter == "C"
    assert Kind(Source.CHAT, ours=False).letter == "c"
