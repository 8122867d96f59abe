"""Conversations in the state database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tui_app.adapters import turn_rows
from tui_app.adapters.attachment_rows import AttachmentRows, folds_of
from tui_app.adapters.database import Database
from tui_app.adapters.packed_values import packed, unpacked
from tui_app.adapters.record_rows import put_record, record_of
from tui_app.adapters.turn_rows import TurnRows, check
from tui_app.adapters.word_search import search
from tui_app.core.branches import ROOT
from tui_app.core.characters import mended
from tui_app.core.conversation import Answer, Conversation, ConversationEntry, Settings, Turn
from tui_app.core.errors import StoreFailed
from tui_app.core.findings import Hit
from tui_app.core.records import Record
from tui_app.core.user_messages import NOTHING, UserMessage

if TYPE_CHECKING:
    import sqlite3

_ENTRIES: Final = """
    SELECT id, endpoint, title,
        (SELECT count(*) FROM turn WHERE conversation_id = conversation.id) AS turns,
        updated_at, pinned
    FROM conversation WHERE aside_at IS NULL AND (:endpoint IS NULL OR endpoint = :endpoint)
    ORDER BY pinned DESC, updated_at DESC, id DESC
"""
_LATEST: Final = """
    SELECT id FROM conversation WHERE endpoint = ? AND aside_at IS NULL ORDER BY updated_at DESC, id DESC
"""
_PROMPTS: Final = """
    SELECT prompt FROM turn JOIN conversation ON conversation.id = conversation_id
    WHERE conversation_id <> ? AND aside_at IS NULL AND length(prompt) <= ? ORDER BY turn.id DESC LIMIT ?
"""
MOST_RECALLED: Final = 20_000
"""Characters of a prompt that is brought back in other conversations."""
_ADD: Final = """
    INSERT INTO conversation
    (endpoint, title, settings, created_at, updated_at, draft, draft_folds, pinned, lead)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_DRAFT: Final = "UPDATE conversation SET draft = ?, draft_folds = ? WHERE id = ?"
_GOES_ON: Final = "UPDATE conversation SET lead = ?, aside_at = NULL WHERE id = ?"
_ASIDE_S: Final = 86_400.0
"""How long what was set aside can be brought back at most."""


class ConversationHistory:
    """A History. Each call is one transaction, on disk when it returns."""

    def __init__(self, database: Database) -> None:
        self._database, self._attachments = database, AttachmentRows()
        self._turns = TurnRows(database.presence, self._attachments)

    async def entries(self, endpoint: str | None = None) -> Sequence[ConversationEntry]:
        """All conversations, the pinned first, then the latest."""

        def work(connection: sqlite3.Connection) -> list[ConversationEntry]:
            rows = connection.execute(_ENTRIES, {"endpoint": endpoint})
            return [
                ConversationEntry(id, endpoint, title, turns, updated_at, bool(pinned))
                for id, endpoint, title, turns, updated_at, pinned in rows
            ]

        return await self._database.read(work)

    async def latest(self, endpoint: str) -> int | None:
        """The conversation that an endpoint had last, pinned or not."""
        row = await self._database.read(lambda each: each.execute(_LATEST, (endpoint,)).fetchone())
        return None if row is None else int(row["id"])

    async def search(self, text: str, limit: int = 100) -> Sequence[Hit]:
        """Turns in whose prompt and answer every word of `text` stands, the latest first."""
        return await self._database.read(lambda connection: search(connection, text, limit))

    async def prompts(self, besides: int, limit: int = 200) -> Sequence[str]:
        """The latest prompts of all conversations but one, the oldest first, each once; no very long ones."""
        rows = await self._database.read(
            lambda connection: connection.execute(_PROMPTS, (besides, MOST_RECALLED, limit)).fetchall()
        )
        return tuple(dict.fromkeys(row["prompt"] for row in rows))[::-1]

    async def create(self, endpoint: str, title: str, settings: Settings, at: float) -> Conversation:
        """Begin a conversation; its title may be empty."""
        made = Conversation(0, endpoint, mended(title), at, at, settings)
        return replace(made, id=await self._database.write(lambda connection: _add(connection, made)))

    async def put(self, conversation: Conversation, turns: Sequence[Turn]) -> int:
        """Keep a whole conversation as a new one, standing where it stands, and tell its id."""

        def work(connection: sqlite3.Connection) -> int:
            conversation_id, ids = _add(connection, conversation), {ROOT: ROOT}
            self._attachments.replace_draft(connection, conversation_id, conversation.draft_attachments)
            for turn in turns:
                parent = ids.get(turn.parent or ROOT, ROOT)
                ids[turn.id] = self._turns.add(connection, conversation_id, replace(turn, parent=parent)).id
            turn_rows.stand_at(connection, conversation_id, ids.get(conversation.leaf, ROOT))
            connection.execute(
                "UPDATE conversation SET updated_at = ? WHERE id = ?",
                (conversation.updated_at, conversation_id),
            )
            return conversation_id

        return await self._database.write(work)

    async def load(self, conversation_id: int) -> Conversation | None:
        """One conversation, whole; None if there is none."""
        return await self._database.read(lambda connection: self._load(connection, conversation_id))

    async def tree(self, conversation_id: int) -> Sequence[Turn]:
        """All turns of a conversation with all their versions, parents first."""

        def work(connection: sqlite3.Connection) -> tuple[Turn, ...]:
            try:
                return self._turns.all(connection, conversation_id)
            except (ValueError, TypeError) as error:
                raise self._spoiled(conversation_id, error) from None

        return await self._database.read(work)

    async def rename(self, conversation_id: int, title: str) -> None:
        """Give it another title."""
        await self._change(conversation_id, "title", mended(title))

    async def pin(self, conversation_id: int, pinned: bool) -> None:
        """Let it stand first in the list, or no longer."""
        await self._change(conversation_id, "pinned", pinned)

    async def move(self, conversation_id: int, endpoint: str) -> None:
        """Give it to another endpoint."""
        await self._change(conversation_id, "endpoint", endpoint)

    async def set_aside(self, conversation_id: int, at: float | None) -> None:
        """Take it out of sight, or bring it back; what was set aside a day before is forgotten."""
        if at is not None:
            old = "DELETE FROM conversation WHERE aside_at < ?"
            await self._database.execute(old, (at - _ASIDE_S,))
        await self._change(conversation_id, "aside_at", at)

    async def delete(self, conversation_id: int) -> None:
        """Forget it with all its turns."""
        await self._database.execute("DELETE FROM conversation WHERE id = ?", (conversation_id,))

    async def save_draft(self, conversation_id: int, draft: UserMessage | str) -> None:
        """Keep the prompt that was not sent; without effect where the conversation is gone."""
        message = UserMessage.of(draft)
        await self._database.write(lambda connection: self._put_draft(connection, conversation_id, message))

    async def save_settings(self, conversation_id: int, settings: Settings) -> None:
        """Keep the settings of the chat."""
        await self._change(conversation_id, "settings", packed(settings))

    async def save_lead(self, conversation_id: int, lead: str) -> None:
        """Keep how the answer to the next prompt is to begin."""
        await self._change(conversation_id, "lead", mended(lead))

    async def add_turn(
        self,
        conversation_id: int,
        turn: Turn,
        *,
        draft: UserMessage = NOTHING,
        lead: str = "",
        gone: int | None = None,
    ) -> Turn:
        """Add a turn after its parent, with the draft and the lead that are left, and bring it in sight."""

        def work(connection: sqlite3.Connection) -> Turn:
            if gone is not None:
                turn_rows.remove(connection, gone)
            added = self._turns.add(connection, conversation_id, turn)
            self._put_draft(connection, conversation_id, draft)
            connection.execute(_GOES_ON, (mended(lead), conversation_id))
            return added

        return await self._database.write(work)

    async def save_answer(self, turn_id: int, answer: Answer, at: float) -> None:
        """Keep an answer as it stands now."""
        await self._database.write(lambda connection: self._turns.put_answer(connection, turn_id, answer, at))

    async def save_record(self, turn_id: int, record: Record, at: float) -> None:
        """Keep what was sent for a turn and what came."""
        await self._database.write(lambda connection: put_record(connection, turn_id, record, at))

    async def record(self, turn_id: int) -> Record | None:
        """What was sent for a turn and what came, where that is kept."""
        return await self._database.read(lambda connection: record_of(connection, turn_id))

    async def choose(self, conversation_id: int, turn_id: int) -> None:
        """Let the conversation stand at the end of what followed a turn last."""
        await self._database.write(lambda connection: turn_rows.choose(connection, conversation_id, turn_id))

    async def delete_turn(self, turn_id: int) -> None:
        """Forget one turn; what followed it follows what was before it."""
        await self._database.write(lambda connection: turn_rows.remove(connection, turn_id))

    def _put_draft(self, connection: sqlite3.Connection, conversation_id: int, draft: UserMessage) -> None:
        values = (mended(draft.text), json.dumps(draft.folds), conversation_id)
        if connection.execute(_DRAFT, values).rowcount:
            self._attachments.replace_draft(connection, conversation_id, draft.attachments)

    def _load(self, connection: sqlite3.Connection, conversation_id: int) -> Conversation | None:
        found = connection.execute(
            "SELECT * FROM conversation WHERE id = ? AND aside_at IS NULL", (conversation_id,)
        ).fetchone()
        if found is None:
            return None
        try:
            turns = self._turns.until(connection, conversation_id, found["leaf_id"])
            settings = unpacked(Settings, found["settings"])
            folds = folds_of(found["draft_folds"], found["draft"])
        except (ValueError, TypeError) as error:
            raise self._spoiled(conversation_id, error) from None
        return Conversation(
            found["id"],
            found["endpoint"],
            found["title"],
            found["created_at"],
            found["updated_at"],
            settings,
            found["draft"],
            turns,
            bool(found["pinned"]),
            folds,
            self._attachments.of(connection, "draft_of", [found["id"]]).get(found["id"], ()),
            found["lead"],
        )

    def _spoiled(self, conversation_id: int, error: Exception) -> StoreFailed:
        return StoreFailed(
            f"conversation {conversation_id} in {self._database.path} cannot be read: {error}",
            "Something else than inferterm wrote there. The other conversations can be opened.",
        )

    async def _change(self, conversation_id: int, column: str, value: str | float | bool | None) -> None:
        statement = f"UPDATE conversation SET {column} = ? WHERE id = ?"
        check(await self._database.execute(statement, (value, conversation_id)) > 0, "conversation")


def _add(connection: sqlite3.Connection, made: Conversation) -> int:
    times = (made.created_at, made.updated_at)
    draft = (mended(made.draft), json.dumps(made.draft_folds))
    row = (
        made.endpoint,
        mended(made.title),
        packed(made.settings),
        *times,
        *draft,
        made.pinned,
        mended(made.lead),
    )
    return connection.execute(_ADD, row).lastrowid or 0
