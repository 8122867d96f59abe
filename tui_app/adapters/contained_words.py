"""Words looked for anywhere in what was said, row by row, for scripts that part none.

Of Chinese, Japanese or Thai the full-text index takes a whole sentence for one word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import sqlite3

BEGIN, END = "\x02", "\x03"
"""What stands before and after a find in an excerpt; no text that is kept holds them."""
_UNPARTED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_SELECT: Final = """
    SELECT turn.id AS turn_id, conversation_id, conversation.endpoint AS endpoint, title, asked_at,
        words.prompt AS in_prompt, words.answer AS in_answer,
        (SELECT json_array(name, text) FROM attachment JOIN file_text ON file_text.id = file_id
            WHERE turn_id = turn.id AND text LIKE ? ESCAPE '\\' LIMIT 1) AS attached
    FROM words CROSS JOIN turn ON turn.id = words.rowid
        CROSS JOIN conversation ON conversation.id = conversation_id
    WHERE aside_at IS NULL AND {} ORDER BY words.rowid DESC LIMIT ?
"""
_EACH: Final = """(words.prompt LIKE ? ESCAPE '\\' OR words.answer LIKE ? ESCAPE '\\' OR EXISTS (
    SELECT 1 FROM attachment JOIN file_text ON file_text.id = file_id
    WHERE turn_id = turn.id AND text LIKE ? ESCAPE '\\'
))"""
_MOST_WORDS, _LONGEST = 8, 200
_BEFORE, _AFTER = 24, 80
"""Characters of an excerpt before and after what was found."""


def has_unparted(text: str) -> bool:
    """Whether a text has characters of such a script."""
    return bool(_UNPARTED.search(text))


def contained(connection: sqlite3.Connection, text: str, limit: int) -> Iterator[dict[str, Any]]:
    """The turns in which each part of a text stands, the latest first, with excerpts round the first part.

    `name` and `in_file` are of an attached file that has it, empty where there is none.
    """
    words = [word[:_LONGEST] for word in text.split()[:_MOST_WORDS]]
    patterns = ["%" + re.sub(r"([\\%_])", r"\\\1", word) + "%" for word in words]
    statement = _SELECT.format(" AND ".join(_EACH for _ in patterns))
    values = [pattern for each in patterns for pattern in (each, each, each)]
    for row in connection.execute(statement, (patterns[0], *values, limit)):
        name, file = json.loads(row["attached"] or '["", ""]')
        marked = {name: _excerpt(row[name], words[0]) for name in ("in_prompt", "in_answer")}
        yield {**dict(row), **marked, "name": name, "in_file": _excerpt(file, words[0])}


def _excerpt(text: str, word: str) -> str:
    found = re.search(re.escape(word), text, re.IGNORECASE)
    if found is None:
        return text[: _BEFORE + _AFTER]
    start, end = max(0, found.start() - _BEFORE), found.end() + _AFTER
    lead, rest = "…" if start else "", "…" if end < len(text) else ""
    return f"{lead}{text[start : found.start()]}{BEGIN}{found[0]}{END}{text[found.end() : end]}{rest}"
