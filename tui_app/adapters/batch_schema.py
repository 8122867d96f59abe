"""The tables of the batches' database, one migration after the other; `user_version` counts them.

A migration that was published is never changed; the next one goes to the end. It is a file of its own,
so that a batch that keeps an answer on disk holds up no chat.
"""

from __future__ import annotations

from typing import Final

from tui_app.adapters.receipt_schema import BATCH_RECEIPTS

_FIRST: Final = (
    """
    CREATE TABLE batch (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        identity TEXT NOT NULL,
        head TEXT NOT NULL,
        created_at REAL NOT NULL,
        ended_at REAL,
        stopped INTEGER NOT NULL DEFAULT 0,
        delivered_at REAL,
        writer TEXT NOT NULL DEFAULT ''
    )
    """,
    "CREATE INDEX batch_identity ON batch (identity)",
    """
    CREATE TABLE item (
        batch_id INTEGER NOT NULL REFERENCES batch (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        state TEXT NOT NULL,
        asked TEXT NOT NULL,
        result TEXT,
        mark INTEGER,
        PRIMARY KEY (batch_id, position)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE prompt_version (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        text TEXT NOT NULL,
        seen_at REAL NOT NULL
    )
    """,
    "CREATE INDEX prompt_version_name ON prompt_version (name)",
)

BATCH_MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (_FIRST, BATCH_RECEIPTS)
"""Each a tuple of statements. `batch.writer` is the presence of the process that works on it."""
