"""A changed file: rows that ask what was asked before keep their answers, judged by the checks of now."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tui_app.adapters.batch_schema import BATCH_MIGRATIONS
from tui_app.adapters.batch_store import BatchTable
from tui_app.adapters.database import Database
from tui_app.core.batch_items import LOST, Head, Item, Result, Row, RowState
from tui_app.core.batch_plans import Plan
from tui_app.core.batch_reuse import anew, judged_anew, outlook, reused
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


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[BatchTable]:
    """Where batches are kept."""
    database = Database(tmp_path / "batches.db", migrations=BATCH_MIGRATIONS)
    yield BatchTable(database)
    await database.aclose()


def plan_of(identity: str, *prompts: str) -> Plan:
    """A plan of a file that lies where it always lay."""
    items = tuple(item(at, prompt) for at, prompt in enumerate(prompts))
    return Plan(identity, Head("rows.csv", "mine", "m", "csv", ("prompt",), kin="k"), items)


async def test_the_same_plan_goes_on_with_its_batch_and_a_changed_one_with_its_answers(
    store: BatchTable,
) -> None:
    plan = plan_of("first", "a", "b")
    assert (await outlook(store, plan)).left == plan.items
    batch = await store.create(plan, 1.0, {0: answered(0, "a")})
    same = await outlook(store, plan)
    assert same.batch == batch
    assert ([each.position for each in same.left], list(same.kept)) == ([1], [0])
    changed = await outlook(store, plan_of("second", "c", "a"))
    assert changed.batch is None
    assert ([each.prompt for each in changed.left], list(changed.kept)) == (["c"], [1])


async def test_what_is_asked_again_is_left_and_keeps_its_mark(store: BatchTable) -> None:
    lost = Row(item(0, "a"), RowState.LOST, LOST, mark=2)
    plan = plan_of("first", "a", "b")
    await store.create(plan, 1.0, {0: lost, 1: answered(1, "b")})
    assert not (await outlook(store, plan)).left
    ahead = await outlook(store, plan, [RowState.LOST])
    assert [each.prompt for each in ahead.left] == ["a"]
    assert ahead.rows[0].mark == 2


async def test_what_a_killed_process_sent_is_lost_and_what_a_living_one_sent_waits(
    store: BatchTable,
) -> None:
    plan = plan_of("first", "a")
    batch = await store.create(plan, 1.0)
    await store.claim(batch.id)
    await store.note(batch.id, 0, RowState.SENT)
    assert [row.state for row in (await outlook(store, plan)).rows] == [RowState.SENT]
    await store.release(batch.id)
    assert [row.state for row in (await outlook(store, plan)).rows] == [RowState.LOST]


async def test_an_earlier_run_that_is_still_at_work_is_told_of_a_changed_file(store: BatchTable) -> None:
    plan = plan_of("first", "a", "b")
    batch = await store.create(plan, 1.0)
    await store.claim(batch.id)
    assert not (await outlook(store, plan)).rivalled, "the same plan goes on with it"
    assert (await outlook(store, plan_of("second", "a", "c"))).rivalled
    await store.release(batch.id)
    assert not (await outlook(store, plan_of("second", "a", "c"))).rivalled


def test_all_anew_keeps_nothing() -> None:
    ahead = anew(plan_of("first", "a", "b"))
    assert (len(ahead.left), ahead.kept, ahead.batch) == (2, {}, None)
