"""Conversations in the state database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tui_app.adapters.answer_rows import answer_of, answer_row
from tui_app.adapters.database import Database
from tui_app.adapters.packed_values import packed, plain, unpacked
from tui_app.core.conversation import Answer, Conversation, ConversationEntry, Outcome, Settings, Turn
from tui_app.core.errors import StoreFailed
from tui_app.core.storage import ABANDONED, ABANDONED_ADVICE

if TYPE_CHECKING:
    import sqlite3

_ENTRIES: Final = """
    SELECT id, endpoint, title, updated_at,
        (SELECT count(*) FROM turn WHERE conversation_id = conversation.id) AS turns
    FROM conversation WHERE :endpoint IS NULL OR endpoint = :endpoint ORDER BY updated_at DESC, id DESC
"""
_TURNS: Final = """
    SELECT answer.*, turn.id, prompt, asked_at, turn.endpoint AS asked_endpoint, turn.model AS asked_model
    FROM turn JOIN answer ON turn_id = turn.id WHERE conversation_id = ? ORDER BY turn.id
"""
_TOUCH: Final = """
    UPDATE conversation SET updated_at = max(updated_at, :at)
    WHERE id = (SELECT conversation_id FROM turn WHERE id = :turn_id)
"""


class ConversationHistory:
    """A History. Each call is one transaction, on disk when it returns.

    A running answer names the process that writes it: while that lives, the answer comes here; when it
    is gone, the answer counts as stopped.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def entries(self, endpoint: str | None = None) -> Sequence[ConversationEntry]:
        """All conversations, the latest first."""

        def work(connection: sqlite3.Connection) -> list[ConversationEntry]:
            rows = connection.execute(_ENTRIES, {"endpoint": endpoint})
            names = ("id", "endpoint", "title", "turns", "updated_at")
            return [ConversationEntry(*(row[name] for name in names)) for row in rows]

        return await self._database.read(work)

    async def create(self, endpoint: str, title: str, settings: Settings, at: float) -> Conversation:
        """Begin a conversation; its title may be empty."""
        row = (endpoint, plain(title), packed(settings), at, at)

        def work(connection: sqlite3.Connection) -> int:
            names = "endpoint, title, settings, created_at, updated_at"
            added = connection.execute(f"INSERT INTO conversation ({names}) VALUES (?, ?, ?, ?, ?)", row)
            return added.lastrowid or 0

        return Conversation(await self._database.write(work), endpoint, plain(title), at, at, settings)

    async def load(self, conversation_id: int) -> Conversation | None:
        """One conversation, whole; None if there is none."""
        return await self._database.read(lambda connection: self._load(connection, conversation_id))

    async def rename(self, conversation_id: int, title: str) -> None:
        """Give it another title."""
        await self._change(conversation_id, "title", plain(title))

    async def delete(self, conversation_id: int) -> None:
        """Forget it with all its turns."""
        await self._database.execute("DELETE FROM conversation WHERE id = ?", (conversation_id,))

    async def save_draft(self, conversation_id: int, draft: str) -> None:
        """Keep the prompt that was not sent; without effect where the conversation is gone."""
        await self._database.execute(
            "UPDATE conversation SET draft = ? WHERE id = ?", (plain(draft), conversation_id)
        )

    async def save_settings(self, conversation_id: int, settings: Settings) -> None:
        """Keep the settings of the chat."""
        await self._change(conversation_id, "settings", packed(settings))

    async def add_turn(self, conversation_id: int, turn: Turn) -> Turn:
        """Append a turn (its id is given here) and clear the draft."""

        def work(connection: sqlite3.Connection) -> int:
            row = (conversation_id, plain(turn.prompt), turn.asked_at, turn.endpoint, plain(turn.model))
            names = "conversation_id, prompt, asked_at, endpoint, model"
            changed = connection.execute(
                "UPDATE conversation SET draft = '' WHERE id = ?", (conversation_id,)
            )
            _check(changed.rowcount, "conversation")
            added = connection.execute(f"INSERT INTO turn ({names}) VALUES (?, ?, ?, ?, ?)", row)
            self._put(connection, added.lastrowid or 0, turn.answer, turn.asked_at)
            return added.lastrowid or 0

        return replace(turn, id=await self._database.write(work))

    async def save_answer(self, turn_id: int, answer: Answer, at: float) -> None:
        """Keep an answer as it stands now."""
        await self._database.write(lambda connection: self._put(connection, turn_id, answer, at))

    async def delete_turn(self, turn_id: int) -> None:
        """Forget one turn."""
        await self._database.execute("DELETE FROM turn WHERE id = ?", (turn_id,))

    def _load(self, connection: sqlite3.Connection, conversation_id: int) -> Conversation | None:
        found = connection.execute("SELECT * FROM conversation WHERE id = ?", (conversation_id,)).fetchone()
        if found is None:
            return None
        rows = connection.execute(_TURNS, (conversation_id,)).fetchall()
        try:
            turns = tuple(self._turn(row) for row in rows)
            settings = unpacked(Settings, found["settings"])
        except (ValueError, TypeError) as error:
            raise StoreFailed(
                f"conversation {conversation_id} in {self._database.path} cannot be read: {error}",
                "Something else than inferterm wrote there. The other conversations can be opened.",
            ) from None
        return Conversation(
            found["id"],
            found["endpoint"],
            found["title"],
            found["created_at"],
            found["updated_at"],
            settings,
            found["draft"],
            turns,
        )

    def _turn(self, row: sqlite3.Row) -> Turn:
        asked = (row["asked_at"], row["asked_endpoint"], row["asked_model"])
        return Turn(row["id"], row["prompt"], *asked, self._standing(answer_of(row), row["writer"]))

    def _standing(self, answer: Answer, writer: str) -> Answer:
        if answer.outcome is not Outcome.RUNNING or self._database.presence.is_present(writer):
            return answer
        return replace(answer, outcome=Outcome.STOPPED, error=ABANDONED, advice=ABANDONED_ADVICE)

    def _put(self, connection: sqlite3.Connection, turn_id: int, answer: Answer, at: float) -> None:
        writer = self._database.presence.name() if answer.outcome is Outcome.RUNNING else ""
        touched = connection.execute(_TOUCH, {"turn_id": turn_id, "at": at})
        _check(touched.rowcount, "turn")
        row = answer_row(turn_id, answer, writer, at)
        values = ", ".join(f":{name}" for name in row)
        connection.execute(f"INSERT OR REPLACE INTO answer ({', '.join(row)}) VALUES ({values})", row)

    async def _change(self, conversation_id: int, column: str, value: str) -> None:
        statement = f"UPDATE conversation SET {column} = ? WHERE id = ?"
        _check(await self._database.execute(statement, (value, conversation_id)), "conversation")


def _check(changed: int, what: str) -> None:
    if not changed:
        raise StoreFailed(f"This {what} was deleted meanwhile", "Begin a new conversation.")
