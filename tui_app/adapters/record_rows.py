"""Records of exchanges in the state database, compressed; only the latest are kept."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tui_app.adapters.file_references import with_files, without_files
from tui_app.adapters.packed_values import known_fields, packed
from tui_app.core.records import Piece, Record

if TYPE_CHECKING:
    import sqlite3

KEPT: Final = 500
"""So many records stay; the oldest go."""
MOST_BYTES: Final = 2_000_000
"""A record of more bytes, compressed, is not kept."""
_OLD: Final = """
    DELETE FROM exchange WHERE turn_id IN (
        SELECT turn_id FROM exchange ORDER BY saved_at DESC, turn_id DESC LIMIT -1 OFFSET ?
    )
"""


def put_record(connection: sqlite3.Connection, turn_id: int, record: Record, at: float) -> None:
    """Keep the record of a turn's request, in place of an earlier one; nothing where the turn is gone."""
    lean = replace(record, body=without_files(connection, record.body))
    blob = zlib.compress(packed(lean).encode("utf-8"), 6)
    there = connection.execute("SELECT 1 FROM turn WHERE id = ?", (turn_id,)).fetchone()
    if there is None or len(blob) > MOST_BYTES:
        return
    connection.execute("INSERT OR REPLACE INTO exchange VALUES (?, ?, ?)", (turn_id, at, blob))
    connection.execute(_OLD, (KEPT,))


def record_of(connection: sqlite3.Connection, turn_id: int) -> Record | None:
    """The record of a turn's request, None where there is none that can be read."""
    row = connection.execute("SELECT record FROM exchange WHERE turn_id = ?", (turn_id,)).fetchone()
    if row is None:
        return None
    try:
        told = json.loads(zlib.decompress(row["record"]))
        fields = known_fields(Record, json.dumps({**told, "pieces": [], "sent_headers": [], "headers": []}))
        pieces = tuple(Piece(each["at_s"], each["event"]) for each in told["pieces"])
        headers = {
            name: tuple((key, value) for key, value in told[name]) for name in ("sent_headers", "headers")
        }
        fields["body"] = with_files(connection, fields["body"])
        return Record(**{**fields, **headers, "pieces": pieces})
    except (ValueError, TypeError, KeyError, zlib.error):
        return None
