"""Answers as rows of the database, and back.

What is searched has columns; the rest is one JSON object by the names of the fields, so that a field
that is added needs no migration.
"""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Final

from tui_app.adapters.packed_values import known_fields, packed, unpacked
from tui_app.core.characters import mended
from tui_app.core.conversation import Answer, Block, Outcome, Timing, Usage
from tui_app.core.jsons import JsonObject

if TYPE_CHECKING:
    import sqlite3

_COLUMNS: Final = ("outcome", "model", "blocks", "usage", "timing")


def answer_row(turn_id: int, answer: Answer, writer: str, at: float) -> dict[str, object]:
    """The columns of `answer`; `writer` is who writes a running one, `at` wall-clock seconds."""
    rest = {each.name: getattr(answer, each.name) for each in fields(answer) if each.name not in _COLUMNS}
    return {
        "turn_id": turn_id,
        "outcome": answer.outcome.value,
        "model": mended(answer.model),
        "blocks": packed([[block.kind, block.text, block.raw] for block in answer.blocks]),
        "usage": packed(answer.usage),
        "timing": packed(answer.timing),
        "rest": packed(rest),
        "writer": writer,
        "saved_at": at,
    }


def answer_of(row: sqlite3.Row) -> Answer:
    """The answer that a row holds. Raises ValueError or TypeError when somebody else wrote there."""
    return Answer(
        outcome=Outcome(row["outcome"]),
        model=row["model"],
        blocks=tuple(_block(*block) for block in json.loads(row["blocks"])),
        usage=unpacked(Usage, row["usage"]),
        timing=unpacked(Timing, row["timing"]),
        **known_fields(Answer, row["rest"]),
    )


def _block(kind: str, text: str, raw: JsonObject) -> Block:
    """A block that holds its text once, although its row has it twice."""
    return Block(kind, text, {**raw, kind: text} if raw.get(kind) == text else raw)
