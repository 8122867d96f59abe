"""Records of exchanges on disk: whole, bounded, gone with their turns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tui_app.adapters import record_rows
from tui_app.adapters.database import Database
from tui_app.adapters.history import ConversationHistory
from tui_app.core.conversation import Settings, Turn
from tui_app.core.jsons import JsonObject
from tui_app.core.records import Piece, Record

RECORD = Record(
    "http://x/v1/messages",
    {"model": "m", "messages": [{"role": "user", "content": "hi \u2028"}]},
    sent_headers=(("accept", "a"),),
    headers=(("request-id", "r"),),
    status=200,
    granted_s=0.1,
    sent_s=0.2,
    headers_s=0.3,
    ended_s=0.9,
    pieces=(Piece(0.4, {"type": "content_block_delta", "delta": {"text": "a", "type": "text_delta"}}),),
)


async def test_records_come_back_and_only_the_latest_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_rows, "KEPT", 2)
    database = Database(tmp_path / "inferterm.db")
    history = ConversationHistory(database)
    made = await history.create("e", "t", Settings(), 1.0)
    turns = [await history.add_turn(made.id, Turn(0, "p", 1.0, "e", "m")) for _ in range(3)]
    for number, turn in enumerate(turns):
        await history.save_record(turn.id, replace(RECORD, attempt=number), float(number))
    found = [await history.record(turn.id) for turn in turns]
    await history.delete_turn(turns[2].id)
    gone = await history.record(turns[2].id)
    await history.save_record(999, RECORD, 1.0)
    lost = await history.record(999)
    await database.execute("UPDATE exchange SET record = 'odd'", ())
    odd = await history.record(turns[1].id)
    await database.aclose()
    assert found == [None, replace(RECORD, attempt=1), replace(RECORD, attempt=2)]
    assert gone is lost is odd is None


async def test_a_body_that_only_looks_as_if_it_held_a_file_comes_back_as_it_was(tmp_path: Path) -> None:
    history = ConversationHistory(Database(tmp_path / "inferterm.db"))
    made = await history.create("e", "t", Settings(), 1.0)
    turn = await history.add_turn(made.id, Turn(0, "p", 1.0, "e", "m"))
    body: JsonObject = {"input": {"data_uri": "x"}, "source": {"type": "base64", "data": "?"}}
    await history.save_record(turn.id, replace(RECORD, body=body), 1.0)
    found = await history.record(turn.id)
    assert found is not None
    assert found.body == body
