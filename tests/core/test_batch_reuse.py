"""A changed file: rows that ask what was asked before keep their answers, judged by the checks of now."""

from __future__ import annotations

from tui_app.core.batch_items import LOST, Item, Result, Row, RowState
from tui_app.core.batch_reuse import judged_anew, reused, without
from tui_app.core.checks import Check, Kind
from tui_app.core.conversation import Settings
from tui_app.core.requests import Request


def item(position: int, prompt: str, *checks: Check, settings: Settings = Settings()) -> Item:
    """A row that asks this."""
    return Item(position, position + 2, {"prompt": prompt}, Request.of_prompt(prompt, settings), checks)


def answered(position: int, prompt: str, text: str = "yes") -> Row:
    """A row that was answered."""
    return Row(item(position, prompt), RowState.ANSWERED, Result(text, passed=True), mark=3)


def test_rows_that_moved_keep_their_answers_and_new_ones_are_asked() -> None:
    found = reused(
        [item(0, "new"), item(1, "b"), item(2, "a")], [answered(0, "a", "A"), answered(1, "b", "B")]
    )
    assert {position: row.result.text for position, row in found.items() if row.result} == {1: "B", 2: "A"}
    assert [found[1].item.position, found[1].mark] == [1, 3]


def test_one_answer_does_for_one_row_only() -> None:
    assert list(reused([item(0, "a"), item(1, "a")], [answered(0, "a")])) == [0]


def test_other_settings_are_another_request() -> None:
    assert not reused([item(0, "a", settings=Settings(max_tokens=5))], [answered(0, "a")])
    assert not reused([item(0, "a", settings=Settings("be brief"))], [answered(0, "a")])


def test_a_changed_check_judges_the_answer_that_is_there() -> None:
    check = Check(Kind.CONTAINS, "no")
    found = judged_anew(reused([item(0, "a", check)], [answered(0, "a", "yes")])[0])
    assert found.result is not None
    assert (found.result.passed, found.result.text) == (False, "yes")


def test_what_was_lost_stays_lost_and_what_waits_is_asked() -> None:
    rows = [Row(item(0, "a"), RowState.LOST, LOST), Row(item(1, "b")), Row(item(2, "c"), RowState.SENT)]
    items = [row.item for row in rows]
    assert list(reused(items, rows)) == [0]
    killed = reused(items, rows, killed=True)
    assert {position: row.state for position, row in killed.items()} == {0: RowState.LOST, 2: RowState.LOST}
    assert not without(killed, [RowState.LOST])
