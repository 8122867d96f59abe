"""The table of receipts, and how what an earlier inferterm asked comes into it."""

from __future__ import annotations

from typing import Final

_TABLE: Final = (
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
)
_INTO: Final = """
    INSERT INTO receipt (
        at, endpoint, model, answered_by, source, conversation_id, sandbox, outcome, error, retried,
        input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens, told,
        queued_s, first_token_s, streamed_s, total_s
    )
"""
_ANSWERS: Final = """
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
        AND iif(json_valid(rest), json_extract(rest, '$.attempts'), 0) > 0
"""
_RESULTS: Final = """
    SELECT
        created_at,
        json_extract(head, '$.endpoint'),
        json_extract(head, '$.model'),
        coalesce(json_extract(result, '$.model'), ''),
        'batch', NULL, NULL,
        iif(state = 'answered', 'complete', 'failed'),
        CASE
            WHEN state = 'answered' THEN ''
            WHEN instr(json_extract(result, '$.error'), '_error (') > 0
                THEN substr(
                    json_extract(result, '$.error'), 1, instr(json_extract(result, '$.error'), ' (') - 1
                )
            WHEN json_extract(result, '$.trouble') = 'network' THEN 'network'
            ELSE 'other'
        END,
        '',
        coalesce(json_extract(result, '$.usage.input_tokens'), 0),
        coalesce(json_extract(result, '$.usage.output_tokens'), 0),
        coalesce(json_extract(result, '$.usage.cache_creation_input_tokens'), 0),
        coalesce(json_extract(result, '$.usage.cache_read_input_tokens'), 0),
        state = 'answered' OR coalesce(json_extract(result, '$.usage.input_tokens'), 0) = 0,
        coalesce(json_extract(result, '$.timing.queued_s'), 0),
        json_extract(result, '$.timing.first_token_s'),
        json_extract(result, '$.timing.streamed_s'),
        coalesce(json_extract(result, '$.timing.total_s'), 0)
    FROM item JOIN batch ON batch.id = batch_id
    WHERE state IN ('answered', 'failed') AND json_valid(result) AND json_valid(head)
        AND iif(json_valid(head), json_extract(head, '$.endpoint'), NULL) IS NOT NULL
        AND iif(json_valid(head), json_extract(head, '$.model'), NULL) IS NOT NULL
"""

RECEIPTS: Final = (*_TABLE, _INTO + _ANSWERS)
"""`conversation_id` refers to nothing: what was asked in a chat counts after the chat is deleted.

`sandbox` is NULL where it was not written down. Conversations that were imported or forked hold answers that
were not asked here; those of an earlier inferterm cannot be told apart and are counted.
"""

BATCH_RECEIPTS: Final = (*_TABLE, _INTO + _RESULTS)
"""The same for the batches' database, which gets no more: what is asked from now on goes where all else goes.

When a row was asked was not kept; it counts for the moment at which its batch began.
"""
