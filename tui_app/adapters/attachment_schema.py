"""The tables of attached files: what has them, their bytes once, and the index of their words."""

from __future__ import annotations

from typing import Final

ATTACHMENTS: Final = (
    "ALTER TABLE turn ADD COLUMN folds TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE conversation ADD COLUMN draft_folds TEXT NOT NULL DEFAULT '[]'",
    """
    CREATE TABLE file (
        id INTEGER PRIMARY KEY,
        digest TEXT NOT NULL UNIQUE,
        media_type TEXT NOT NULL,
        data BLOB NOT NULL
    )
    """,
    """
    CREATE TABLE attachment (
        id INTEGER PRIMARY KEY,
        turn_id INTEGER REFERENCES turn (id) ON DELETE CASCADE,
        draft_of INTEGER REFERENCES conversation (id) ON DELETE CASCADE,
        file_id INTEGER NOT NULL REFERENCES file (id),
        name TEXT NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL
    )
    """,
    "CREATE INDEX attachment_turn_id ON attachment (turn_id)",
    "CREATE INDEX attachment_draft_of ON attachment (draft_of)",
    "CREATE INDEX attachment_file_id ON attachment (file_id)",
    """
    CREATE VIEW file_text AS
    SELECT id, CAST(data AS TEXT) AS text FROM file WHERE media_type = 'text/plain'
    """,
    """
    CREATE VIRTUAL TABLE file_words USING fts5 (
        text, content = 'file_text', content_rowid = 'id',
        tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
    )
    """,
    """
    CREATE TRIGGER file_added AFTER INSERT ON file WHEN new.media_type = 'text/plain'
    BEGIN INSERT INTO file_words (rowid, text) VALUES (new.id, CAST(new.data AS TEXT)); END
    """,
    """
    CREATE TRIGGER file_forgotten AFTER DELETE ON file WHEN old.media_type = 'text/plain'
    BEGIN
        INSERT INTO file_words (file_words, rowid, text) VALUES ('delete', old.id, CAST(old.data AS TEXT));
    END
    """,
    """
    CREATE TRIGGER attachment_forgotten AFTER DELETE ON attachment
    BEGIN
        DELETE FROM file WHERE id = old.file_id
        AND NOT EXISTS (SELECT 1 FROM attachment WHERE file_id = old.file_id);
    END
    """,
)
