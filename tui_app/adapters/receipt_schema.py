"""The table of receipts, and how the answers of an earlier inferterm come into it."""

from __future__ import annotations

from typing import Final

RECEIPTS: Final = (
    """
    CREATE TABLE receipt (
        id INTEGER PRIMARY KEY,
        at REAL NOT NULL,
        endpoint TEXT NOT NULL,
        model TEXT NOT NULL,
        answered_by TEXT NOT NULL,
        source TEXT NOT NULL,
        conversation_id INTEGER,
        sandbox INTEGER,
        outcome TEXT NOT NULL,
        error TEXT NOT NULL,
        retried TEXT NOT NULL,
        input_tokens INTEGER NOT NULL,
        output_tokens INTEGER NOT NULL,
        cache_creation_input_tokens INTEGER NOT NULL,
        cache_read_input_tokens INTEGER NOT NULL,
        told INTEGER NOT NULL,
        queued_s REAL NOT NULL,
        first_token_s REAL,
        streamed_s REAL,
        total_s REAL NOT NULL
    )
    """,
    "CREATE INDEX receipt_at ON receipt (at)",
    "CREATE INDEX receipt_endpoint ON receipt (endpoint, at)",
    "CREATE INDEX receipt_conversation_id ON receipt (conversation_id) WHERE conversation_id IS NOT NULL",
    """
    INSERT INTO receipt (
        at, endpoint, model, answered_by, source, conversation_id, sandbox, outcome, error, retried,
        input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens, told,
        queued_s, first_token_s, streamed_s, total_s
    )
    SELECT
        asked_at, turn.endpoint, turn.model, answer.model, 'chat', conversation_id, NULL,
        iif(outcome = 'running', 'stopped', outcome),
        CASE
            WHEN outcome <> 'failed' THEN ''
            WHEN instr(coalesce(json_extract(rest, '$.error'), ''), '_error (') > 0
                THEN substr(json_extract(rest, '$.error'), 1, instr(json_extract(rest, '$.error'), ' (') - 1)
            WHEN blocks <> '[]' THEN 'cut'
            ELSE 'network'
        END,
        '',
        coalesce(json_extract(usage, '$.input_tokens'), 0),
        coalesce(json_extract(usage, '$.output_tokens'), 0),
        coalesce(json_extract(usage, '$.cache_creation_input_tokens'), 0),
        coalesce(json_extract(usage, '$.cache_read_input_tokens'), 0),
        outcome = 'complete' OR json_extract(rest, '$.stop_reason') IS NOT NULL
            OR (outcome = 'failed' AND coalesce(json_extract(usage, '$.input_tokens'), 0) = 0),
        coalesce(json_extract(timing, '$.queued_s'), 0),
        json_extract(timing, '$.first_token_s'),
        json_extract(timing, '$.streamed_s'),
        coalesce(json_extract(timing, '$.total_s'), 0)
    FROM turn JOIN answer ON turn_id = turn.id
    WHERE json_valid(usage) AND json_valid(timing) AND json_valid(rest)
        AND json_extract(rest, '$.attempts') > 0
    """,
)
"""`conversation_id` refers to nothing: what was asked in a chat counts after the chat is deleted.

`sandbox` is NULL where it was not written down. Conversations that were imported or forked hold answers that
were not asked here; those of an earlier inferterm cannot be told apart and are counted.
"""
