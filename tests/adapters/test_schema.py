"""What the tables are meant to bear later: each can follow as a migration over what people have by then."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from tui_app.adapters.answer_rows import answer_row
from tui_app.adapters.schema import MIGRATIONS
from tui_app.core.conversation import Answer, Block, Outcome, Usage

DAY = 86_400


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """A database with a conversation of two turns, a day apart."""
    made = sqlite3.connect(":memory:")
    for migration in MIGRATIONS:
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
    yield made
    made.close()


def test_a_full_text_index_can_be_added_over_what_is_there(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE VIRTUAL TABLE found USING fts5 (words)")
    connection.execute(
        "INSERT INTO found (rowid, words) SELECT turn.id, prompt || ' ' || (SELECT group_concat("
        "json_extract(value, '$[1]'), ' ') FROM json_each(blocks)) FROM turn JOIN answer ON turn_id = turn.id"
    )
    search = "SELECT rowid FROM found WHERE found MATCH ?"
    assert connection.execute(search, ('"für"',)).fetchall() == [(1,)]
    assert connection.execute(search, ('"sunset"',)).fetchall() == [(2,)]


def test_branches_and_pins_can_be_added(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE turn ADD COLUMN parent_id INTEGER REFERENCES turn (id)")
    connection.execute("ALTER TABLE conversation ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0")
    assert connection.execute("SELECT count(*) FROM turn WHERE parent_id IS NULL").fetchone() == (2,)
    assert connection.execute("SELECT pinned FROM conversation").fetchone() == (0,)


def test_tokens_can_be_totalled_by_day(connection: sqlite3.Connection) -> None:
    totals = connection.execute(
        "SELECT date(asked_at, 'unixepoch'), sum(json_extract(usage, '$.output_tokens')) "
        "FROM turn JOIN answer ON turn_id = turn.id GROUP BY 1"
    )
    assert totals.fetchall() == [("1970-01-02", 1), ("1970-01-03", 2)]
