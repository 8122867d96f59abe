"""Turns and their answers as rows of the database, with the tree that they make."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tui_app.adapters.answer_rows import answer_of, answer_row
from tui_app.adapters.attachment_rows import AttachmentRows, folds_of
from tui_app.adapters.word_search import index_answer, index_prompt
from tui_app.core.branches import ROOT, leaf_without, newest_below, path, versions
from tui_app.core.characters import mended
from tui_app.core.conversation import Answer, Outcome, Turn
from tui_app.core.errors import StoreFailed
from tui_app.core.storage import ABANDONED, ABANDONED_ADVICE

if TYPE_CHECKING:
    import sqlite3

    from tui_app.adapters.presence import Presence

_TURNS: Final = """
    SELECT answer.*, turn.id, prompt, folds, asked_at,
        turn.endpoint AS asked_endpoint, turn.model AS asked_model
    FROM turn JOIN answer ON turn_id = turn.id
    WHERE turn.id IN (SELECT value FROM json_each(?)) ORDER BY turn.id
"""
_TOUCH: Final = """
    UPDATE conversation SET updated_at = max(updated_at, :at)
    WHERE id = (SELECT conversation_id FROM turn WHERE id = :turn_id)
"""
_ADD: Final = """
    INSERT INTO turn (conversation_id, prompt, asked_at, endpoint, model, parent_id, folds)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""


class TurnRows:
    """Reads and writes turns within a transaction of the caller's; `presence` names this process.

    A running answer names the process that writes it: while that lives, the answer comes here; when it
    is gone, the answer counts as stopped.
    """

    def __init__(self, presence: Presence, attachments: AttachmentRows) -> None:
        self._presence, self._attachments = presence, attachments

    def all(self, connection: sqlite3.Connection, conversation_id: int) -> tuple[Turn, ...]:
        """All turns of a conversation, parents first. Raises ValueError or TypeError for spoiled rows."""
        parents = parents_of(connection, conversation_id)
        return self._turns(connection, parents, sorted(parents))

    def until(self, connection: sqlite3.Connection, conversation_id: int, leaf: int) -> tuple[Turn, ...]:
        """The turns on the way to a leaf. Raises ValueError or TypeError for spoiled rows."""
        parents = parents_of(connection, conversation_id)
        return self._turns(connection, parents, path(parents, leaf))

    def add(self, connection: sqlite3.Connection, conversation_id: int, turn: Turn) -> Turn:
        """Add a turn after its parent, None being where the conversation stands, and let it stand there."""
        leaf = connection.execute("SELECT leaf_id FROM conversation WHERE id = ?", (conversation_id,))
        found = leaf.fetchone()
        check(found is not None, "conversation")
        parent = found["leaf_id"] if turn.parent is None else turn.parent
        prompt = mended(turn.prompt)
        asked = (turn.asked_at, turn.endpoint, mended(turn.model))
        row = (conversation_id, prompt, *asked, parent, json.dumps(turn.folds))
        turn_id = connection.execute(_ADD, row).lastrowid or 0
        self._attachments.add(connection, "turn_id", turn_id, turn.attachments)
        index_prompt(connection, turn_id, prompt)
        self.put_answer(connection, turn_id, turn.answer, turn.asked_at)
        stand_at(connection, conversation_id, turn_id)
        beside = connection.execute(
            "SELECT id FROM turn WHERE conversation_id = ? AND parent_id = ? ORDER BY id",
            (conversation_id, parent),
        ).fetchall()
        ids = tuple(each["id"] for each in beside) if len(beside) > 1 else ()
        return replace(turn, id=turn_id, parent=parent, versions=ids)

    def put_answer(self, connection: sqlite3.Connection, turn_id: int, answer: Answer, at: float) -> None:
        """Keep an answer as it stands now; its text is found from now on."""
        writer = self._presence.name() if answer.outcome is Outcome.RUNNING else ""
        touched = connection.execute(_TOUCH, {"turn_id": turn_id, "at": at})
        check(touched.rowcount > 0, "turn")
        row = answer_row(turn_id, answer, writer, at)
        values = ", ".join(f":{name}" for name in row)
        connection.execute(f"INSERT OR REPLACE INTO answer ({', '.join(row)}) VALUES ({values})", row)
        if answer.blocks:
            index_answer(connection, turn_id, answer.text)

    def _turns(
        self, connection: sqlite3.Connection, parents: dict[int, int], ids: list[int]
    ) -> tuple[Turn, ...]:
        beside = versions(parents)
        attached = self._attachments.of(connection, "turn_id", ids)
        rows = connection.execute(_TURNS, (json.dumps(ids),))
        return tuple(
            Turn(
                row["id"],
                row["prompt"],
                row["asked_at"],
                row["asked_endpoint"],
                row["asked_model"],
                self._standing(answer_of(row), row["writer"]),
                parents[row["id"]],
                beside.get(row["id"], ()),
                folds_of(row["folds"], row["prompt"]),
                attached.get(row["id"], ()),
            )
            for row in rows
        )

    def _standing(self, answer: Answer, writer: str) -> Answer:
        if answer.outcome is not Outcome.RUNNING or self._presence.is_present(writer):
            return answer
        return replace(answer, outcome=Outcome.STOPPED, error=ABANDONED, advice=ABANDONED_ADVICE)


def parents_of(connection: sqlite3.Connection, conversation_id: int) -> dict[int, int]:
    """The tree of a conversation."""
    rows = connection.execute(
        "SELECT id, parent_id FROM turn WHERE conversation_id = ?", (conversation_id,)
    ).fetchall()
    return {row["id"]: row["parent_id"] for row in rows}


def stand_at(connection: sqlite3.Connection, conversation_id: int, leaf: int) -> None:
    """Let a conversation stand at a turn."""
    connection.execute("UPDATE conversation SET leaf_id = ? WHERE id = ?", (leaf, conversation_id))


def choose(connection: sqlite3.Connection, conversation_id: int, turn_id: int) -> None:
    """Let a conversation stand at the end of what followed a turn last."""
    parents = parents_of(connection, conversation_id)
    check(turn_id in parents, "turn")
    stand_at(connection, conversation_id, newest_below(parents, turn_id))


def remove(connection: sqlite3.Connection, turn_id: int) -> None:
    """Forget one turn; what followed it follows what was before it."""
    found = connection.execute(
        "SELECT conversation_id, leaf_id FROM turn JOIN conversation ON conversation.id = conversation_id "
        "WHERE turn.id = ?",
        (turn_id,),
    ).fetchone()
    if found is None:
        return
    conversation_id = found["conversation_id"]
    parents = parents_of(connection, conversation_id)
    connection.execute(
        "UPDATE turn SET parent_id = ? WHERE conversation_id = ? AND parent_id = ?",
        (parents.get(turn_id, ROOT), conversation_id, turn_id),
    )
    connection.execute("DELETE FROM turn WHERE id = ?", (turn_id,))
    if found["leaf_id"] == turn_id:
        stand_at(connection, conversation_id, leaf_without(parents, turn_id))


def check(there: bool, what: str) -> None:
    """Raise StoreFailed for what was deleted by somebody else."""
    if not there:
        raise StoreFailed(f"This {what} was deleted meanwhile", "Begin a new conversation.")
