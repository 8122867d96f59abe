"""Receipts in the state database: kept soon, read a few at a time, brought over from an earlier inferterm."""

from __future__ import annotations

import asyncio
import multiprocessing
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.test_schema import DAY, filled
from tests.core.receipts import NOON, made, receipts
from tests.strategies_storage import UNHURRIED
from tui_app.adapters.answer_rows import answer_row
from tui_app.adapters.batch_schema import BATCH_MIGRATIONS
from tui_app.adapters.database import Database
from tui_app.adapters.history import ConversationHistory
from tui_app.adapters.packed_values import packed
from tui_app.adapters.receipt_table import ReceiptTable
from tui_app.adapters.schema import MIGRATIONS
from tui_app.core.batch_items import LOST, Head, Result, Trouble
from tui_app.core.conversation import Answer, Block, Outcome, Settings, Timing, Usage
from tui_app.core.errors import StoreFailed
from tui_app.core.receipt_books import EVERYTHING, Scope
from tui_app.core.receipts import Receipt

BEFORE = 2
"""The version of the database that had no receipts."""


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(tmp_path / "inferterm.db")
    yield opened
    await opened.aclose()


@pytest.fixture
def book(database: Database) -> ReceiptTable:
    return ReceiptTable(database)


async def all_of(book: ReceiptTable, scope: Scope = EVERYTHING) -> list[Receipt]:
    """Those that are meant."""
    return [each async for some in book.read(scope) for each in some]


async def test_what_was_noted_just_now_is_read(book: ReceiptTable) -> None:
    found = [made(NOON + n, conversation_id=n or None, sandbox=None if n else True) for n in range(3)]
    for each in found:
        book.note(each)
    assert await all_of(book) == found
    assert await book.reach(EVERYTHING) == (NOON, NOON + 2)


async def test_only_what_is_meant_is_read(book: ReceiptTable) -> None:
    for at, name in ((NOON - 1, "mine"), (NOON, "mine"), (NOON + 1, "other"), (NOON + 2, "mine")):
        book.note(made(at, name, conversation_id=7 if name == "mine" else None))
    assert [each.at for each in await all_of(book, Scope(since=NOON))] == [NOON, NOON + 1, NOON + 2]
    assert len(await all_of(book, Scope(endpoint="mine", since=NOON))) == 2
    assert len(await all_of(book, Scope(conversation_id=7))) == 3
    assert await all_of(book, Scope(model="another")) == []
    assert await book.reach(Scope(model="another")) is None
    assert await book.reach(Scope(endpoint="other")) == (NOON + 1, NOON + 1)


async def test_many_at_the_same_moment_are_read_once_each(
    book: ReceiptTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_app.adapters.receipt_table.AT_ONCE", 3)
    for number in range(10):
        book.note(made(NOON, output_tokens=number))
    assert [each.output_tokens for each in await all_of(book)] == list(range(10))


@UNHURRIED
@given(st.lists(receipts, max_size=8))
def test_any_receipt_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, found: list[Receipt]
) -> None:
    async def there_and_back() -> list[Receipt]:
        database = Database(tmp_path_factory.mktemp("state") / "inferterm.db")
        book = ReceiptTable(database)
        for each in found:
            book.note(each)
        back = await all_of(book)
        await database.aclose()
        return back

    assert asyncio.run(there_and_back()) == sorted(found, key=lambda each: each.at)


async def test_a_chat_that_is_deleted_takes_its_title_along_and_leaves_its_numbers(
    database: Database, book: ReceiptTable
) -> None:
    history = ConversationHistory(database)
    chat = await history.create("mine", "Secret plans", Settings(), NOON)
    book.note(made(conversation_id=chat.id))
    assert await book.titles([chat.id, 99]) == {chat.id: "Secret plans"}
    await history.set_aside(chat.id, NOON)
    assert await book.titles([chat.id]) == {}
    await history.delete(chat.id)
    assert len(await all_of(book, Scope(conversation_id=chat.id))) == 1


async def test_a_disk_that_refuses_is_told_and_nothing_is_lost_once_it_works(tmp_path: Path) -> None:
    (tmp_path / "inferterm.db").mkdir()
    database = Database(tmp_path / "inferterm.db")
    book = ReceiptTable(database)
    book.note(made())
    await book.aclose()
    assert book.trouble.startswith("1 not written down: ")
    assert book.advice
    (tmp_path / "inferterm.db").rmdir()
    book.note(made(NOON + 1))
    assert [each.at for each in await all_of(book)] == [NOON, NOON + 1]
    assert (book.trouble, book.advice) == ("", "")
    await database.aclose()


async def test_what_is_kept_while_it_is_read_counts_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_app.adapters.receipt_table.AT_ONCE", 1)
    database = Database(tmp_path / "inferterm.db")
    book, full = ReceiptTable(database), Database.write
    for each in (made(), made(NOON + 1)):
        book.note(each)
    await book.aclose()

    async def refuse(*_: object) -> None:
        raise StoreFailed("the disk is full")

    monkeypatch.setattr(Database, "write", refuse)
    book.note(made(NOON + 2))
    await book.aclose()
    monkeypatch.setattr(Database, "write", full)
    found: list[float] = []
    async for some in book.read(EVERYTHING):
        if not found:
            book.note(made(NOON + 3))
            await book.aclose()
        found += [each.at for each in some]
    assert found == [NOON, NOON + 1, NOON + 2]
    assert [each.at for each in await all_of(book)] == [NOON, NOON + 1, NOON + 2, NOON + 3]
    await database.aclose()


def note_many(path: str, count: int) -> None:
    """Write receipts from a process of its own."""

    async def work() -> None:
        database = Database(Path(path))
        book = ReceiptTable(database)
        for number in range(count):
            book.note(made(NOON + number))
            await asyncio.sleep(0)
        await book.aclose()
        assert not book.trouble
        await database.aclose()

    asyncio.run(work())


async def test_several_processes_write_at_once_and_none_loses_a_receipt(
    database: Database, book: ReceiptTable
) -> None:
    spawned = multiprocessing.get_context("spawn")
    processes = [spawned.Process(target=note_many, args=(str(database.path), 50)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        await asyncio.to_thread(process.join)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert len(await all_of(book)) == 150


def old_database(path: Path, answers: dict[int, Answer]) -> None:
    """A database of the version before receipts: two turns of an hour each, answered so."""
    made_before = filled(sqlite3.connect(path), MIGRATIONS[:BEFORE])
    for turn_id, answer in answers.items():
        row = answer_row(turn_id, answer, "", 0)
        values = ", ".join(f":{name}" for name in row)
        made_before.execute(f"INSERT OR REPLACE INTO answer ({', '.join(row)}) VALUES ({values})", row)
    made_before.execute(f"PRAGMA user_version = {BEFORE}")
    made_before.commit()
    made_before.close()


async def migrated(path: Path, answers: dict[int, Answer]) -> list[Receipt]:
    """The receipts that an old database gets."""
    old_database(path, answers)
    database = Database(path)
    found = await all_of(ReceiptTable(database))
    await database.aclose()
    return found


async def test_answers_of_an_earlier_inferterm_are_counted(tmp_path: Path) -> None:
    whole = Answer(
        Outcome.COMPLETE,
        (Block("text", "yes"),),
        "claude-haiku-4-5-20251001",
        "end_turn",
        usage=Usage(7, 20, 3, 4),
        timing=Timing(1.5, 0.25, 3.0, 2.0),
        attempts=1,
    )
    cut = Answer(Outcome.STOPPED, (Block("text", "ye"),), usage=Usage(9, 1), attempts=2)
    first, second = await migrated(tmp_path / "inferterm.db", {1: whole, 2: cut})
    assert first == Receipt(
        DAY, "claude", "haiku", "claude-haiku-4-5-20251001", "chat", 1, None, "complete", "", "",
        7, 20, 3, 4, True, 1.5, 0.25, 2.0, 3.0,
    )  # fmt: skip
    assert (second.outcome, second.told, second.input_tokens, second.first_token_s) == (
        "stopped",
        False,
        9,
        None,
    )


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("rate_limit_error (status 429): slow down (please)", "rate_limit_error"),
        ("overloaded_error (an error event in mid-stream): no", "overloaded_error"),
        ("No host named x can be found", "network"),
    ],
)
async def test_what_earlier_answers_failed_of_is_read_from_their_words(
    tmp_path: Path, error: str, kind: str
) -> None:
    failed = Answer(Outcome.FAILED, error=error, attempts=1)
    first, *_ = await migrated(tmp_path / "inferterm.db", {1: failed})
    assert (first.outcome, first.error, first.told) == ("failed", kind, True)


@pytest.mark.parametrize("column", ["usage", "timing", "rest"])
async def test_an_earlier_answer_that_is_spoiled_is_left_out(tmp_path: Path, column: str) -> None:
    old_database(tmp_path / "inferterm.db", {1: Answer(attempts=1), 2: Answer(Outcome.COMPLETE, attempts=1)})
    spoiled = sqlite3.connect(tmp_path / "inferterm.db")
    spoiled.execute(f"UPDATE answer SET {column} = 'odd' WHERE turn_id = 1")
    spoiled.commit()
    spoiled.close()
    database = Database(tmp_path / "inferterm.db")
    assert [each.at for each in await all_of(ReceiptTable(database))] == [2 * DAY]
    await database.aclose()


async def test_an_earlier_answer_that_was_never_sent_was_no_request(tmp_path: Path) -> None:
    unsent = Answer(Outcome.FAILED, error="there is no key", attempts=0)
    assert await migrated(tmp_path / "inferterm.db", {1: unsent, 2: unsent}) == []


def old_batches(path: Path) -> None:
    """Batches of the version before receipts: rows answered, refused, lost, spoiled and waiting."""
    made_before = sqlite3.connect(path)
    for statement in BATCH_MIGRATIONS[0]:
        made_before.execute(statement)
    head = packed(Head("rows.csv", "claude", "haiku", "csv", ()))
    made_before.execute("INSERT INTO batch (identity, head, created_at) VALUES ('x', ?, ?)", (head, NOON))
    answered = Result(
        "yes", "end_turn", "haiku-1", usage=Usage(7, 20), timing=Timing(1, 0.5, 3, 2), attempts=1
    )
    refused = Result(error="overloaded_error (status 529): no", trouble=Trouble.REFUSED, attempts=3)
    rows = (
        ("answered", packed(answered)),
        ("failed", packed(refused)),
        ("lost", packed(LOST)),
        ("waiting", None),
    )
    for position, (state, result) in enumerate(rows):
        values = (position, state, result)
        made_before.execute("INSERT INTO item VALUES (1, ?, ?, '{}', ?, NULL)", values)
    made_before.execute("PRAGMA user_version = 1")
    made_before.commit()
    made_before.close()


async def test_batches_of_an_earlier_inferterm_are_counted_for_when_they_began(tmp_path: Path) -> None:
    old_batches(tmp_path / "batches.db")
    database = Database(tmp_path / "inferterm.db")
    batches = Database(tmp_path / "batches.db", migrations=BATCH_MIGRATIONS)
    book = ReceiptTable(database, batches)
    book.note(made(NOON + 5))
    new, answered, refused = await all_of(book)
    assert await book.reach(EVERYTHING) == (NOON, NOON + 5)
    assert new.at == NOON + 5
    assert answered == Receipt(
        NOON, "claude", "haiku", "haiku-1", "batch", None, None, "complete", "", "",
        7, 20, 0, 0, True, 1, 0.5, 2, 3,
    )  # fmt: skip
    assert (refused.outcome, refused.error, refused.told) == ("failed", "overloaded_error", True)
    assert await all_of(book, Scope(endpoint="mine")) == [new]
    await database.aclose()
    await batches.aclose()


async def test_where_there_are_no_batches_none_are_made(tmp_path: Path) -> None:
    database = Database(tmp_path / "inferterm.db")
    batches = Database(tmp_path / "batches.db", migrations=BATCH_MIGRATIONS)
    assert await all_of(ReceiptTable(database, batches)) == []
    assert not batches.path.exists()
    await database.aclose()
