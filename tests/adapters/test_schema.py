"""The tables of each version, and what becomes of a database of an earlier one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tui_app.adapters.answer_rows import answer_row
from tui_app.adapters.database import Database
from tui_app.adapters.history import ConversationHistory
from tui_app.adapters.schema import MIGRATIONS
from tui_app.core.conversation import Answer, Block, Outcome, Turn, Usage

DAY = 86_400


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """A database with a conversation of two turns, a day apart."""
    made = filled(sqlite3.connect(":memory:"), MIGRATIONS)
    yield made
    made.close()


def filled(made: sqlite3.Connection, migrations: Sequence[tuple[str, ...]]) -> sqlite3.Connection:
    """The tables of some version with a conversation of two turns."""
    for migration in migrations:
        for statement in migration:
            made.execute(statement)
    names = "endpoint, title, settings, created_at, updated_at"
    made.execute(f"INSERT INTO conversation ({names}) VALUES ('claude', 'sky', '{{}}', 0, 0)")
    for number, words in enumerate(("Rayleigh scattering für alle", "a sunset"), 1):
        turn = (1, f"prompt {number}", number * DAY, "claude", "haiku")
        names = "conversation_id, prompt, asked_at, endpoint, model"
        made.execute(f"INSERT INTO turn ({names}) VALUES (?, ?, ?, ?, ?)", turn)
        row = answer_row(
            number, Answer(Outcome.COMPLETE, (Block("text", words),), usage=Usage(7, number)), "", 0
        )
        values = ", ".join(f":{name}" for name in row)
        made.execute(f"INSERT INTO answer ({', '.join(row)}) VALUES ({values})", row)
    return made


async def test_a_database_of_the_first_version_keeps_its_order_and_is_searched(tmp_path: Path) -> None:
    path = tmp_path / "inferterm.db"
    first = filled(sqlite3.connect(path), MIGRATIONS[:1])
    first.execute("PRAGMA user_version = 1")
    first.commit()
    first.close()
    database = Database(path)
    history = ConversationHistory(database)
    (entry,) = await history.entries()
    found = await history.load(entry.id)
    hits = await history.search("FUR alle")
    beyond = await history.search("sunse")
    added = await history.add_turn(entry.id, Turn(0, "third", 3.0, "claude", "haiku"))
    await database.aclose()
    assert found is not None
    assert [(turn.id, turn.parent, turn.versions) for turn in found.turns] == [(1, 0, ()), (2, 1, ())]
    assert [hit.turn_id for hit in hits] == [1]
    assert [hit.turn_id for hit in beyond] == [2]
    assert added.parent == 2


async def test_a_database_without_beginnings_of_answers_keeps_its_drafts(tmp_path: Path) -> None:
    path = tmp_path / "inferterm.db"
    earlier = filled(sqlite3.connect(path), MIGRATIONS[:4])
    earlier.execute("UPDATE conversation SET draft = 'and then'")
    earlier.execute("PRAGMA user_version = 4")
    earlier.commit()
    earlier.close()
    database = Database(path)
    found = await ConversationHistory(database).load(1)
    await database.aclose()
    assert found is not None
    assert (found.draft, found.lead) == ("and then", "")


async def test_a_spoiled_answer_does_not_keep_a_database_from_being_migrated(tmp_path: Path) -> None:
    path = tmp_path / "inferterm.db"
    first = filled(sqlite3.connect(path), MIGRATIONS[:1])
    first.execute("UPDATE answer SET blocks = 'odd' WHERE turn_id = 1")
    first.execute("PRAGMA user_version = 1")
    first.commit()
    first.close()
    database = Database(path)
    hits = await ConversationHistory(database).search("prompt")
    await database.aclose()
    assert [hit.turn_id for hit in hits] == [2, 1]


def test_tokens_can_be_totalled_by_day(connection: sqlite3.Connection) -> None:
    totals = connection.execute(
        "SELECT date(asked_at, 'unixepoch'), sum(json_extract(usage, '$.output_tokens')) "
        "FROM turn JOIN answer ON turn_id = turn.id GROUP BY 1"
    )
    assert totals.fetchall() == [("1970-01-02", 1), ("1970-01-03", 2)]
