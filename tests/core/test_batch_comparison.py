"""Two runs of the same rows beside each other, and rows sorted and filtered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.batch_comparison import Change, change_of, comparison_words, difference, paired
from tui_app.core.batch_items import LOST, Item, Result, Row, RowState
from tui_app.core.batch_rows import Order, Show, as_told, chosen, shared_start
from tui_app.core.conversation import Timing, Usage
from tui_app.core.requests import Request


def row(
    position: int,
    text: str = "yes",
    *,
    passed: bool = True,
    cell: str = "",
    tokens: int = 10,
    dollars: float | None = 0.5,
) -> Row:
    """An answered row; `cell` is what stands in the file, its position where that is not said."""
    item = Item(position, position + 2, {"q": cell or str(position)}, Request.of_prompt("q"))
    usage, timing = Usage(5, tokens), Timing(0.0, 0.1, tokens / 10)
    result = Result(text, "end_turn", "m", None, usage, timing, 1, dollars, (), passed)
    return Row(item, RowState.ANSWERED, result)


def test_a_row_that_passed_before_and_does_not_now_broke() -> None:
    assert change_of(row(0, passed=False), row(0)) is Change.BROKE
    assert change_of(row(0), row(0, passed=False)) is Change.MENDED
    assert change_of(row(0, "no"), row(0)) is Change.OTHER
    assert change_of(row(0), row(0)) is Change.SAME
    assert change_of(row(0), None) is Change.NEW
    assert change_of(Row(row(0).item), row(0)) is Change.OPEN


def test_rows_find_each_other_by_what_stands_in_them_and_not_by_their_place() -> None:
    now = [row(0, cell="b"), row(1, cell="a"), row(2, cell="c")]
    then = [row(0, cell="a", text="A"), row(1, cell="b", text="B")]
    found = paired(now, then)
    assert {position: each.result and each.result.text for position, each in found.items()} == {
        0: "B",
        1: "A",
    }


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_no_earlier_row_stands_beside_two(now: list[str], then: list[str]) -> None:
    rows = [row(place, cell=cell) for place, cell in enumerate(now)]
    earlier = [row(place, cell=cell) for place, cell in enumerate(then)]
    found = paired(rows, earlier)
    assert len({each.item.position for each in found.values()}) == len(found)
    assert all(rows[place].item.row == each.item.row for place, each in found.items())
    assert len(found) == sum(min(now.count(each), then.count(each)) for each in "abc")


def test_what_a_run_took_more_than_before_is_told() -> None:
    rows = [row(0, tokens=30, dollars=0.75), row(1, "no", passed=False)]
    earlier = {0: row(0), 1: row(1)}
    assert comparison_words(rows, earlier) == (
        "1 passed before and not now, 1 the same, +20 tokens out, +$0.2500, +1.0 s"
    )


def test_an_unknown_price_is_not_compared() -> None:
    more = difference(row(0, dollars=None).result, row(0).result)
    assert more is not None
    assert more.dollars is None
    assert "$" not in more.words


def test_what_was_lost_before_is_new_and_not_compared_in_figures() -> None:
    lost = Row(row(0).item, RowState.LOST, LOST)
    assert change_of(row(0), lost) is Change.NEW
    assert comparison_words([row(0)], {0: lost}) == "1 not answered before"


def test_only_what_changed_is_shown_the_broken_first() -> None:
    rows = [row(0), row(1, "no"), row(2, passed=False)]
    earlier = {place: row(place) for place in range(3)}
    found = chosen(rows, Order.CHANGES, show=Show.CHANGED, earlier=earlier)
    assert [each.item.position for each in found] == [2, 1]


def test_what_was_sent_and_nobody_waits_for_is_lost() -> None:
    sent = Row(row(0).item, RowState.SENT)
    assert as_told([sent], at_work=True) == (sent,)
    assert as_told([sent], at_work=False)[0].state is RowState.LOST
    assert chosen(as_told([sent], at_work=False), Order.ROWS, show=Show.WRONG)


def asking(*prompts: str) -> list[Row]:
    """Rows that ask these."""
    return [Row(Item(at, at + 2, {}, Request.of_prompt(each))) for at, each in enumerate(prompts)]


def test_the_words_with_which_all_prompts_begin_are_not_worth_a_column() -> None:
    assert shared_start(asking("Sort this letter: one", "Sort this letter: other")) == len(
        "Sort this letter: "
    )
    assert shared_start(asking("Sort one", "Sort two")) == 0
    assert shared_start(asking("Sort this letter: one")) == 0
    assert shared_start(asking("Sort all of this", "Sort all of this: one")) == len("Sort all of ")
    assert shared_start([]) == 0


@given(st.lists(st.text("ab \n", min_size=1).filter(str.strip), min_size=1), st.text("xy ", max_size=30))
def test_what_is_left_out_of_prompts_is_the_same_in_all(ends: list[str], start: str) -> None:
    rows = asking(*(start + end for end in ends))
    count = shared_start(rows)
    assert len({row.item.prompt[:count] for row in rows}) == 1
