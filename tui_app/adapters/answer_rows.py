"""Turns, answers and settings as rows of the database, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final

from tui_app.core.conversation import Answer, Block, Outcome, Settings, Timing, Turn, Usage

if TYPE_CHECKING:
    import sqlite3

_LARGEST: Final = 2**63 - 1


def plain(text: str) -> str:
    """The text, with halves of characters (which no file can hold) replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def packed(value: object) -> str:
    """Any JSON value as text that a database can hold and search."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_mapping)
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"), default=_mapping)
    return text


def answer_row(turn_id: int, answer: Answer, writer: str, at: float) -> dict[str, object]:
    """The columns of `answer`."""
    return {
        "turn_id": turn_id,
        "outcome": answer.outcome.value,
        "blocks": packed([[block.kind, block.text, block.raw] for block in answer.blocks]),
        "model": plain(answer.model),
        "stop_reason": _plain(answer.stop_reason),
        "stop_details": None if answer.stop_details is None else packed(answer.stop_details),
        **{name: min(count, _LARGEST) for name, count in asdict(answer.usage).items()},
        **asdict(answer.timing),
        "request_id": _plain(answer.request_id),
        "attempts": answer.attempts,
        "error": plain(answer.error),
        "advice": plain(answer.advice),
        "writer": writer,
        "saved_at": at,
    }


def answer_of(row: sqlite3.Row) -> Answer:
    """The answer that a row holds. Raises ValueError when somebody else wrote there."""
    return Answer(
        outcome=Outcome(row["outcome"]),
        blocks=tuple(Block(*block) for block in json.loads(row["blocks"])),
        model=row["model"],
        stop_reason=row["stop_reason"],
        stop_details=None if row["stop_details"] is None else json.loads(row["stop_details"]),
        usage=Usage(**{field.name: row[field.name] for field in fields(Usage)}),
        timing=Timing(**{field.name: row[field.name] for field in fields(Timing)}),
        request_id=row["request_id"],
        attempts=row["attempts"],
        error=row["error"],
        advice=row["advice"],
    )


def turn_of(row: sqlite3.Row, answer: Answer) -> Turn:
    """The turn that a row of `turn` holds, with its answer."""
    asked = (row["asked_at"], row["asked_endpoint"], row["asked_model"])
    return Turn(row["id"], row["prompt"], *asked, answer)


def settings_of(text: str) -> Settings:
    """The settings that a column holds; what a later inferterm may have added is left out."""
    known = {field.name for field in fields(Settings)}
    return Settings(**{name: value for name, value in dict(json.loads(text)).items() if name in known})


def _plain(text: str | None) -> str | None:
    return None if text is None else plain(text)


def _mapping(value: object) -> dict[Any, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no JSON")
