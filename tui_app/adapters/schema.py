"""The tables of the state database, one migration after the other; `user_version` counts them.

A migration that was published is never changed; the next one goes to the end. Prompts and answers
lie in rows of their own, so that an answer that grows does not write a long prompt again, and so
that a full-text index, branches (`turn.parent_id`), pins and totals a day can follow.
"""

from __future__ import annotations

from typing import Final

_FIRST: Final = (
    """
    CREATE TABLE conversation (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        endpoint TEXT NOT NULL,
        title TEXT NOT NULL,
        settings TEXT NOT NULL,
        draft TEXT NOT NULL DEFAULT '',
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL
    )
    """,
    "CREATE INDEX conversation_updated_at ON conversation (updated_at)",
    """
    CREATE TABLE turn (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
        prompt TEXT NOT NULL,
        asked_at REAL NOT NULL,
        endpoint TEXT NOT NULL,
        model TEXT NOT NULL
    )
    """,
    "CREATE INDEX turn_conversation_id ON turn (conversation_id)",
    "CREATE INDEX turn_asked_at ON turn (asked_at)",
    """
    CREATE TABLE answer (
        turn_id INTEGER PRIMARY KEY REFERENCES turn (id) ON DELETE CASCADE,
        outcome TEXT NOT NULL,
        model TEXT NOT NULL,
        blocks TEXT NOT NULL,
        usage TEXT NOT NULL,
        timing TEXT NOT NULL,
        rest TEXT NOT NULL,
        writer TEXT NOT NULL,
        saved_at REAL NOT NULL
    )
    """,
    """
    CREATE TABLE health (
        inference_id TEXT PRIMARY KEY,
        health TEXT NOT NULL
    )
    """,
)

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (_FIRST,)
"""Each a tuple of statements. `answer.writer` is the presence of the process that writes a running answer."""
