"""The tables of the state database, one migration after the other; `user_version` counts them.

A migration that was published is never changed; the next one goes to the end. Prompts and answers
lie in rows of their own, so that an answer that grows does not write a long prompt again. `words` is
their full-text index by the turn's id, `conversation.leaf_id` the turn at which a conversation stands.
A file lies there once, however many turns and drafts have it attached; the last that goes takes it along.
"""

from __future__ import annotations

from typing import Final

from tui_app.adapters.attachment_schema import ATTACHMENTS
from tui_app.adapters.receipt_schema import RECEIPTS

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

_BRANCHES: Final = (
    "ALTER TABLE conversation ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE conversation ADD COLUMN aside_at REAL",
    "ALTER TABLE conversation ADD COLUMN leaf_id INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE turn ADD COLUMN parent_id INTEGER NOT NULL DEFAULT 0",
    """
    UPDATE turn SET parent_id = coalesce((
        SELECT max(id) FROM turn AS earlier
        WHERE earlier.conversation_id = turn.conversation_id AND earlier.id < turn.id
    ), 0)
    """,
    """
    UPDATE conversation SET leaf_id = coalesce((
        SELECT max(id) FROM turn WHERE conversation_id = conversation.id
    ), 0)
    """,
    "CREATE INDEX turn_parent_id ON turn (conversation_id, parent_id)",
    "CREATE INDEX conversation_endpoint ON conversation (endpoint, updated_at)",
    """
    CREATE VIRTUAL TABLE words USING fts5 (
        prompt, answer, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
    )
    """,
    """
    INSERT INTO words (rowid, prompt, answer)
    SELECT turn.id, prompt, iif(json_valid(blocks), (
        SELECT group_concat(json_extract(value, '$[1]'), '') FROM json_each(blocks)
        WHERE json_extract(value, '$[0]') = 'text'
    ), '')
    FROM turn JOIN answer ON turn_id = turn.id
    """,
    """
    CREATE TRIGGER turn_forgotten AFTER DELETE ON turn
    BEGIN DELETE FROM words WHERE rowid = old.id; END
    """,
    """
    CREATE TABLE exchange (
        turn_id INTEGER PRIMARY KEY REFERENCES turn (id) ON DELETE CASCADE,
        saved_at REAL NOT NULL,
        record BLOB NOT NULL
    )
    """,
)

_LEADS: Final = ("ALTER TABLE conversation ADD COLUMN lead TEXT NOT NULL DEFAULT ''",)

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (_FIRST, _BRANCHES, RECEIPTS, ATTACHMENTS, _LEADS)
"""Each a tuple of statements. `answer.writer` is the presence of the process that writes a running answer."""
