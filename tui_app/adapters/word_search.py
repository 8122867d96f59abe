"""The full-text index over prompts, answers and attached files: SQLite's FTS5, a row for each of them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from tui_app.adapters.contained_words import BEGIN, END, contained, has_unparted
from tui_app.core.characters import mended
from tui_app.core.findings import Hit

if TYPE_CHECKING:
    import sqlite3

_FIND: Final = re.compile(f"{BEGIN}([^{END}]*){END}")
_ROOM, _LEAD = 160, 40
"""Characters of an excerpt from what was found on, and before it."""
_SEARCH: Final = """
    SELECT turn.id AS turn_id, conversation_id, conversation.endpoint AS endpoint, title, asked_at,
        highlight(words, 0, :begin, :end) AS in_prompt,
        highlight(words, 1, :begin, :end) AS in_answer
    FROM words CROSS JOIN turn ON turn.id = words.rowid
        CROSS JOIN conversation ON conversation.id = conversation_id
    WHERE words MATCH :wanted AND aside_at IS NULL
    ORDER BY words.rowid DESC LIMIT :limit
"""
_WITH_FILES: Final = """
    SELECT DISTINCT turn_id FROM attachment
    WHERE turn_id IS NOT NULL AND file_id IN (SELECT rowid FROM file_words WHERE file_words MATCH ?)
"""
_SAYING: Final = """
    SELECT rowid FROM words WHERE words MATCH ? AND rowid IN (SELECT value FROM json_each(?))
"""
_IN_FILE: Final = """
    SELECT turn.id AS turn_id, conversation_id, conversation.endpoint AS endpoint, title, asked_at, name,
        (SELECT highlight(file_words, 0, :begin, :end) FROM file_words
            WHERE file_words MATCH :any AND file_words.rowid = attachment.file_id) AS in_file
    FROM turn JOIN conversation ON conversation.id = conversation_id
        JOIN attachment ON attachment.turn_id = turn.id
    WHERE turn.id IN (SELECT value FROM json_each(:ids)) AND aside_at IS NULL AND in_file IS NOT NULL
    GROUP BY turn.id ORDER BY turn.id DESC LIMIT :limit
"""


def terms(text: str) -> list[str]:
    """What a person typed in the words of MATCH: each a word, the last perhaps only begun."""
    words = [word for word in mended(text).replace("\0", " ").split() if any(map(str.isalnum, word))]
    quoted = ['"' + word.replace('"', '""') + '"' for word in words]
    return [*quoted[:-1], f"{quoted[-1]}*"] if quoted else []


def search(connection: sqlite3.Connection, text: str, limit: int) -> list[Hit]:
    """The turns that hold every word, in what was said or attached, the latest first; none without words."""
    if has_unparted(text):
        found = contained(connection, mended(text).replace("\0", " "), limit)
        return [_file_hit(row) if _only_in_file(row) else _hit(row) for row in found]
    wanted = terms(text)
    if not wanted:
        return []
    values: dict[str, object] = {"begin": BEGIN, "end": END, "limit": limit}
    said = [_hit(row) for row in connection.execute(_SEARCH, {**values, "wanted": " ".join(wanted)})]
    ids = _with_files(connection, wanted) - {hit.turn_id for hit in said}
    if not ids:
        return said
    values |= {"any": " OR ".join(wanted), "ids": json.dumps(sorted(ids))}
    attached = [_file_hit(row) for row in connection.execute(_IN_FILE, values)]
    return sorted((*said, *attached), key=lambda hit: -hit.turn_id)[:limit]


def _with_files(connection: sqlite3.Connection, wanted: list[str]) -> set[int]:
    """The turns that hold every word, and at least one of them in an attached file."""
    attached = [{each["turn_id"] for each in connection.execute(_WITH_FILES, (word,))} for word in wanted]
    some = set[int]().union(*attached)
    left = some
    for word, holding in zip(wanted, attached, strict=True):
        rest = json.dumps(sorted(left - holding))
        left = left & (holding | {each["rowid"] for each in connection.execute(_SAYING, (word, rest))})
    return left


def index_prompt(connection: sqlite3.Connection, turn_id: int, prompt: str) -> None:
    """Let a prompt be found."""
    connection.execute("INSERT INTO words (rowid, prompt, answer) VALUES (?, ?, '')", (turn_id, prompt))


def index_answer(connection: sqlite3.Connection, turn_id: int, text: str) -> None:
    """Let an answer be found as it stands now."""
    connection.execute("UPDATE words SET answer = ? WHERE rowid = ?", (mended(text), turn_id))


def _only_in_file(row: Mapping[str, Any]) -> bool:
    return BEGIN in row["in_file"] and BEGIN not in f"{row['in_prompt']}{row['in_answer']}"


def _hit(row: sqlite3.Row | Mapping[str, Any]) -> Hit:
    in_prompt = BEGIN in row["in_prompt"]
    return Hit(
        row["conversation_id"],
        row["turn_id"],
        row["endpoint"],
        row["title"],
        row["asked_at"],
        "prompt" if in_prompt else "answer",
        _pieces(row["in_prompt"] if in_prompt else row["in_answer"]),
    )


def _file_hit(row: sqlite3.Row | Mapping[str, Any]) -> Hit:
    place = (row["conversation_id"], row["turn_id"], row["endpoint"], row["title"], row["asked_at"])
    return Hit(*place, "file", ((f"{row['name']}: ", False), *_pieces(row["in_file"])))


def _best(marked: str) -> str:
    """The stretch of a marked text round the rarest find in it.

    FTS5's own `snippet` takes a time that grows with the square of how often words occur.
    """
    if len(marked) <= _ROOM:
        return marked
    counts = Counter(find[1].lower() for find in _FIND.finditer(marked))
    rarest = min(counts, key=counts.__getitem__, default="")
    at = next((find.start() for find in _FIND.finditer(marked) if find[1].lower() == rarest), 0)
    begin, end = max(0, at - _LEAD), at + _ROOM
    lead = marked[begin:at].partition(" ")[2] if begin else marked[:at]
    if END in lead.partition(BEGIN)[0]:
        lead = lead.partition(END)[2]
    return f"{'…' if begin else ''}{lead}{marked[at:end]}{'…' if end < len(marked) else ''}"


def _pieces(marked: str) -> tuple[tuple[str, bool], ...]:
    first, *rest = " ".join(_best(marked).split()).split(BEGIN)
    pieces = [(first, False)]
    for each in rest:
        found, _, after = each.partition(END)
        pieces += [(found, True), (after, False)]
    return tuple((text, found) for text, found in pieces if text)
