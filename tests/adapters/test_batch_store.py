"""Batches on disk: what was asked and answered reads back, and a killed process's rows are lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from tui_app.adapters.batch_rows import item_of, item_text, result_of
from tui_app.adapters.batch_schema import BATCH_MIGRATIONS
from tui_app.adapters.batch_store import BatchTable
from tui_app.adapters.database import Database
from tui_app.adapters.packed_values import packed
from tui_app.core.batch_items import Head, Item, Result, RowState, Trouble
from tui_app.core.batch_plans import Plan
from tui_app.core.checks import Check, Kind, Verdict
from tui_app.core.conversation import Settings, Timing, Usage
from tui_app.core.errors import BatchBusy, StoreFailed
from tui_app.core.requests import Request

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
CHECKS = st.builds(
    Check,
    st.sampled_from(Kind),
    TEXTS | st.floats(0, 10) | st.lists(TEXTS),
    st.booleans(),
    TEXTS,
    TEXTS,
    st.none() | st.floats(0, 9),
)
RESULTS = st.builds(
    Result,
    text=TEXTS,
    usage=st.builds(Usage, st.integers(0, 9), st.integers(0, 9)),
    timing=st.builds(Timing, st.floats(0, 9), st.none() | st.floats(0, 9), st.floats(0, 9)),
    dollars=st.none() | st.floats(0, 1),
    verdicts=st.lists(st.builds(Verdict, TEXTS, st.booleans(), TEXTS)).map(tuple),
    passed=st.booleans(),
    error=TEXTS,
    trouble=st.sampled_from(Trouble),
)


def item(position: int = 0) -> Item:
    """An item that asks its own number."""
    request = Request.of_prompt(f"Row {position}", Settings("brief", max_tokens=5))
    return Item(position, position + 2, {"prompt": f"Row {position}"}, request)


def plan(rows: int, identity: str = "same") -> Plan:
    """A plan of so many rows."""
    head = Head("rows.csv", "mine", "claude-haiku-4-5", "csv", ("prompt",))
    return Plan(identity, head, tuple(item(position) for position in range(rows)))


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A database in a folder of its own."""
    database = Database(tmp_path / "batches.db", migrations=BATCH_MIGRATIONS)
    yield database
    await database.aclose()


@given(st.lists(CHECKS, max_size=3), st.dictionaries(TEXTS, TEXTS | st.none() | st.integers(), max_size=3))
def test_an_item_reads_back_as_it_was(checks: list[Check], row: dict[str, str | int | None]) -> None:
    asked = replace(item(3), checks=tuple(checks), row=row, variation={"temperature": 0.5})
    read = item_of(3, item_text(asked))
    assert read == asked


@given(RESULTS)
def test_a_result_reads_back_as_it_was(result: Result) -> None:
    assert result_of(packed(result)) == result


async def test_what_was_sent_by_a_process_that_is_gone_is_lost(tmp_path: Path) -> None:
    gone = Database(tmp_path / "batches.db", migrations=BATCH_MIGRATIONS)
    store = BatchTable(gone)
    batch = await store.create(plan(3), 1.0)
    await store.claim(batch.id)
    await store.note(batch.id, 0, RowState.SENT)
    await store.keep(batch.id, 1, RowState.ANSWERED, Result("yes", passed=True))
    await gone.aclose()  # its presence ends as with a kill, and the batch still names it
    here = Database(tmp_path / "batches.db", migrations=BATCH_MIGRATIONS)
    store = BatchTable(here)
    await store.claim(batch.id)
    rows = await store.rows(batch.id)
    assert [row.state for row in rows] == [RowState.LOST, RowState.ANSWERED, RowState.WAITING]
    assert rows[0].result is not None
    assert "killed" in rows[0].result.error
    assert await store.ask_again(batch.id, [RowState.LOST]) == 1
    assert (await store.get(batch.id)).counts[RowState.WAITING] == 2
    await here.aclose()


async def test_a_batch_that_another_works_on_is_not_taken(tmp_path: Path, database: Database) -> None:
    other = Database(tmp_path / "batches.db", migrations=BATCH_MIGRATIONS)
    first, second = BatchTable(database), BatchTable(other)
    batch = await first.create(plan(1), 1.0)
    await first.claim(batch.id)
    with pytest.raises(BatchBusy):
        await second.claim(batch.id)
    assert (await second.get(batch.id)).busy
    await first.release(batch.id)
    await second.claim(batch.id)
    await other.aclose()


async def test_of_two_that_claim_at_once_one_has_it(tmp_path: Path) -> None:
    databases = [Database(tmp_path / "batches.db", migrations=BATCH_MIGRATIONS) for _ in range(4)]
    batch = await BatchTable(databases[0]).create(plan(1), 1.0)
    claims = [BatchTable(database).claim(batch.id) for database in databases]
    ended = await asyncio.gather(*claims, return_exceptions=True)
    assert sorted(type(each).__name__ for each in ended) == ["BatchBusy"] * 3 + ["NoneType"]
    for database in databases:
        await database.aclose()


async def test_the_latest_of_the_same_is_found(database: Database) -> None:
    store = BatchTable(database)
    await store.create(plan(1), 1.0)
    second = await store.create(plan(1), 2.0)
    await store.create(plan(1, "another"), 3.0)
    found = await store.latest("same")
    assert found is not None
    assert found.id == second.id
    assert await store.latest("none") is None
    assert [batch.created_at for batch in await store.all()] == [3.0, 2.0, 1.0]


async def test_what_is_gone_is_told(database: Database) -> None:
    store = BatchTable(database)
    batch = await store.create(plan(1), 1.0)
    await store.mark(batch.id, 0, 5)
    assert (await store.rows(batch.id))[0].mark == 5
    await store.delete(batch.id)
    with pytest.raises(StoreFailed, match="deleted"):
        await store.note(batch.id, 0, RowState.SENT)
    with pytest.raises(StoreFailed, match="deleted"):
        await store.get(batch.id)


async def test_an_answer_is_kept_between_two_pieces_of_many_rows(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_app.adapters.batch_store.PIECE", 2)
    store = BatchTable(database)
    batch = await store.create(plan(9), 1.0)
    rows, _ = await asyncio.gather(
        store.rows(batch.id), store.keep(batch.id, 8, RowState.ANSWERED, Result("yes", passed=True))
    )
    assert [row.item.position for row in rows] == list(range(9))
    assert rows[8].state is RowState.ANSWERED, "it was kept before the last piece was read"
    assert len(await store.rows(batch.id, range(8))) == 8
