"""The full-text index over prompts and answers: SQLite's FTS5, a row for each turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui_app.adapters.packed_values import plain
from tui_app.core.findings import Hit

if TYPE_CHECKING:
    import sqlite3

_BEGIN, _END = "\x02", "\x03"
_SEARCH: Final = """
    SELECT turn.id AS turn_id, conversation_id, conversation.endpoint AS endpoint, title, asked_at,
        snippet(words, 0, :begin, :end, '…', 24) AS in_prompt,
        snippet(words, 1, :begin, :end, '…', 24) AS in_answer
    FROM words CROSS JOIN turn ON turn.id = words.rowid
        CROSS JOIN conversation ON conversation.id = conversation_id
    WHERE words MATCH :wanted AND aside_at IS NULL
    ORDER BY words.rowid DESC LIMIT :limit
"""


def matching(text: str) -> str:
    """What a person typed in the words of MATCH: all of it as words, the last perhaps only begun."""
    words = [word for word in plain(text).replace("\0", " ").split() if any(map(str.isalnum, word))]
    quoted = ['"' + word.replace('"', '""') + '"' for word in words]
    return " ".join(quoted) + "*" if quoted else ""


def search(connection: sqlite3.Connection, text: str, limit: int) -> list[Hit]:
    """The turns that hold every word, the latest first; none for a text without words."""
    wanted = matching(text)
    if not wanted:
        return []
    values = {"wanted": wanted, "begin": _BEGIN, "end": _END, "limit": limit}
    return [_hit(row) for row in connection.execute(_SEARCH, values)]


def index_prompt(connection: sqlite3.Connection, turn_id: int, prompt: str) -> None:
    """Let a prompt be found."""
    connection.execute("INSERT INTO words (rowid, prompt, answer) VALUES (?, ?, '')", (turn_id, prompt))


def index_answer(connection: sqlite3.Connection, turn_id: int, text: str) -> None:
    """Let an answer be found as it stands now."""
    connection.execute("UPDATE words SET answer = ? WHERE rowid = ?", (plain(text), turn_id))


def _hit(row: sqlite3.Row) -> Hit:
    in_prompt = _BEGIN in row["in_prompt"]
    return Hit(
        row["conversation_id"],
        row["turn_id"],
        row["endpoint"],
        row["title"],
        row["asked_at"],
        "prompt" if in_prompt else "answer",
        _pieces(row["in_prompt"] if in_prompt else row["in_answer"]),
    )


def _pieces(marked: str) -> tuple[tuple[str, bool], ...]:
    first, *rest = " ".join(marked.split()).split(_BEGIN)
    pieces = [(first, False)]
    for each in rest:
        found, _, after = each.partition(_END)
        pieces += [(found, True), (after, False)]
    return tuple((text, found) for text, found in pieces if text)
