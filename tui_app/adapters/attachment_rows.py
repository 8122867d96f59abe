"""Attachments in the state database: each file's bytes once, whoever has it, until the last has gone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal
from weakref import WeakValueDictionary

from tui_app.core.attachments import Attachment
from tui_app.core.characters import mended
from tui_app.core.user_messages import Span, sound_folds

if TYPE_CHECKING:
    import sqlite3

Holder = Literal["turn_id", "draft_of"]
"""Who has attachments: a turn, or a conversation for its draft."""
_FOUND: Final = """
    SELECT {holder} AS holder, name, media_type, width, height, digest, file.id AS file_id
    FROM attachment JOIN file ON file.id = file_id
    WHERE {holder} IN (SELECT value FROM json_each(?)) ORDER BY attachment.id
"""
_FILE: Final = "INSERT INTO file (digest, media_type, data) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_ADD: Final = """
    INSERT INTO attachment ({holder}, name, width, height, file_id)
    SELECT ?, ?, ?, ?, id FROM file WHERE digest = ?
"""


class AttachmentRows:
    """Reads and writes attachments within a transaction of the caller's.

    Bytes that are in use in this process already are not read again.
    """

    def __init__(self) -> None:
        self._alive: WeakValueDictionary[tuple[str, str], Attachment] = WeakValueDictionary()

    def add(
        self, connection: sqlite3.Connection, holder: Holder, holder_id: int, found: Sequence[Attachment]
    ) -> None:
        """Give a holder more attachments."""
        for each in found:
            there = connection.execute("SELECT 1 FROM file WHERE digest = ?", (each.digest,)).fetchone()
            if there is None:
                connection.execute(_FILE, (each.digest, each.media_type, each.data))
            row = (holder_id, mended(each.name), each.width, each.height, each.digest)
            connection.execute(_ADD.format(holder=holder), row)

    def replace_draft(
        self, connection: sqlite3.Connection, conversation_id: int, found: Sequence[Attachment]
    ) -> None:
        """Give a draft these attachments and no others; what stays the same is not written."""
        before = connection.execute(
            "SELECT attachment.id, name, digest FROM attachment JOIN file ON file.id = file_id "
            "WHERE draft_of = ? ORDER BY attachment.id",
            (conversation_id,),
        ).fetchall()
        if [(row["name"], row["digest"]) for row in before] == [(mended(e.name), e.digest) for e in found]:
            return
        self.add(connection, "draft_of", conversation_id, found)
        ids = json.dumps([row["id"] for row in before])
        connection.execute("DELETE FROM attachment WHERE id IN (SELECT value FROM json_each(?))", (ids,))

    def of(
        self, connection: sqlite3.Connection, holder: Holder, ids: Sequence[int]
    ) -> dict[int, tuple[Attachment, ...]]:
        """The attachments of those holders that have some."""
        found: dict[int, tuple[Attachment, ...]] = {}
        for row in connection.execute(_FOUND.format(holder=holder), (json.dumps(list(ids)),)).fetchall():
            found[row["holder"]] = (*found.get(row["holder"], ()), self._read(connection, row))
        return found

    def _read(self, connection: sqlite3.Connection, row: sqlite3.Row) -> Attachment:
        key = row["digest"], row["name"]
        if (alive := self._alive.get(key)) is not None:
            return alive
        (data,) = connection.execute("SELECT data FROM file WHERE id = ?", (row["file_id"],)).fetchone()
        made = Attachment(row["name"], row["media_type"], row["digest"], data, row["width"], row["height"])
        self._alive[key] = made
        return made


def folds_of(packed: str, text: str) -> tuple[Span, ...]:
    """The folds of a text as they were kept. Raises ValueError or TypeError for what are none."""
    return sound_folds(((int(begin), int(end)) for begin, end in json.loads(packed)), len(text))
