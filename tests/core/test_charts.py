"""Charts of block characters."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.strategies_storage import UNHURRIED
from tui_app.core.charts import bar, bars, spark

values = st.lists(st.floats(0, 1e9), min_size=1, max_size=50)


@UNHURRIED
@given(values, st.integers(1, 8))
def test_bars_stand_on_the_ground_and_the_greatest_reaches_the_top(found: list[float], height: int) -> None:
    lines = bars(found, height)
    assert [len(line) for line in lines] == [len(found)] * height
    for place, value in enumerate(found):
        column = "".join(line[place] for line in lines)
        assert column.lstrip() == column.lstrip().replace(" ", "")
        assert bool(column.strip()) is (value > 0)
        if value and value == max(found):
            assert column == "█" * height


@UNHURRIED
@given(values)
def test_what_is_more_is_never_drawn_lower(found: list[float]) -> None:
    drawn = [" ▁▂▃▄▅▆▇█".index(each) for each in spark(found)]
    order = sorted(range(len(found)), key=lambda place: found[place])
    assert all(drawn[low] <= drawn[high] for low, high in pairwise(order))


def test_a_bar_grows_to_the_right() -> None:
    assert bar(0, 8, 4) == "    "
    assert bar(4, 8, 4) == "██  "
    assert bar(1, 800, 4) == "▏   "
    assert bar(9, 8, 4) == "████"
    assert bar(1, 0, 4) == "    "


def test_nothing_is_an_empty_chart() -> None:
    assert bars([], 3) == ["", "", ""]
    assert spark([0, 0]) == "  "
