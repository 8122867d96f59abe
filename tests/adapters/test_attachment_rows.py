"""Files in the database: each once, gone with the last that has it; an old database takes them too."""

from __future__ import annotations

import base64
import lzma
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.pictures import png
from tui_app.adapters.database import Database
from tui_app.adapters.history import ConversationHistory
from tui_app.core.attachments import attachment, image_block
from tui_app.core.conversation import Conversation, Settings, Turn
from tui_app.core.jsons import JsonObject, JsonValue
from tui_app.core.records import Record
from tui_app.core.user_messages import UserMessage

OLD = Path(__file__).parent / "old" / "inferterm-2.db.xz"
"""A database that inferterm made before it knew attachments, compressed."""
NOTES, PHOTO = attachment("notes.txt", b"Einstein wrote this"), attachment("a.png", png(4, 3))
BOTH = UserMessage("look", (), (NOTES, PHOTO))
TURN = Turn(0, "", 20.0, "claude", "claude-haiku-4-5").asking(BOTH)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    made = Database(tmp_path / "inferterm.db")
    yield made
    await made.aclose()


async def counted(database: Database) -> tuple[int, int, int]:
    """How many attachments, files and texts in the index there are."""

    def work(connection: object) -> tuple[int, int, int]:
        counts = (
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # type: ignore[attr-defined]
            for table in ("attachment", "file", "file_words_docsize")
        )
        return next(counts), next(counts), next(counts)

    return await database.read(work)


async def test_bytes_lie_there_once_and_go_with_the_last_that_has_them(database: Database) -> None:
    history = ConversationHistory(database)
    made = await history.create("claude", "sky", Settings(), 10.0)
    first = await history.add_turn(made.id, TURN)
    second = await history.add_turn(made.id, TURN)
    await history.save_draft(made.id, BOTH)
    assert await counted(database) == (6, 2, 1)
    await history.delete_turn(first.id)
    await history.save_draft(made.id, "")
    assert await counted(database) == (2, 2, 1)
    assert [hit.turn_id for hit in await history.search("einstein")] == [second.id]
    await history.delete(made.id)
    assert await counted(database) == (0, 0, 0)
    assert await history.search("einstein") == []


async def test_a_draft_that_stays_writes_no_file_again(database: Database) -> None:
    history = ConversationHistory(database)
    made = await history.create("claude", "sky", Settings(), 10.0)
    await history.save_draft(made.id, BOTH)
    ids = "SELECT group_concat(id) FROM attachment"
    before = await database.read(lambda each: each.execute(ids).fetchone()[0])
    await history.save_draft(made.id, UserMessage("look there", (), BOTH.attachments))
    assert await database.read(lambda each: each.execute(ids).fetchone()[0]) == before


async def test_bytes_that_are_in_use_are_not_read_again(database: Database) -> None:
    history = ConversationHistory(database)
    made = await history.create("claude", "sky", Settings(), 10.0)
    await history.add_turn(made.id, TURN)
    found = await history.load(made.id)
    again = await history.load(made.id)
    assert found is not None
    assert again is not None
    assert found.turns[0].attachments[1] is again.turns[0].attachments[1]


async def test_a_record_has_images_by_their_digest_and_whole_again_when_it_is_read(
    database: Database,
) -> None:
    history = ConversationHistory(database)
    made = await history.create("claude", "sky", Settings(), 10.0)
    turn = await history.add_turn(made.id, TURN)
    foreign = image_block(attachment("b.png", png(9, 9)))
    uri = "data:image/png;base64," + base64.b64encode(PHOTO.data).decode()
    part: JsonObject = {"type": "image_url", "image_url": {"url": uri}}
    content: list[JsonValue] = [image_block(PHOTO), part, {"type": "text", "text": "look"}, foreign]
    body: JsonObject = {"model": "m", "messages": [{"role": "user", "content": content}]}
    await history.save_record(turn.id, Record("http://x", body), 1.0)
    kept = await history.record(turn.id)
    assert kept is not None
    assert kept.body == body
    packed = await database.read(lambda each: each.execute("SELECT record FROM exchange").fetchone()[0])
    assert base64.b64encode(PHOTO.data) not in zlib.decompress(packed)
    await database.execute("DELETE FROM attachment", ())
    gone = await history.record(turn.id)
    assert gone is not None
    assert "'data': ''" in str(gone.body)


async def test_a_database_of_the_old_code_keeps_what_it_has_and_takes_files(tmp_path: Path) -> None:
    path = tmp_path / "inferterm.db"
    path.write_bytes(lzma.decompress(OLD.read_bytes()))
    database = Database(path)
    history = ConversationHistory(database)
    (entry,) = await history.entries()
    found = await history.load(entry.id)
    assert isinstance(found, Conversation)
    assert (found.title, found.pinned, found.settings) == (
        "the sky",
        True,
        Settings("Be brief.", max_tokens=100),
    )
    assert [turn.prompt for turn in found.turns] == ["Why is the sky blue?", "And on Mars?"]
    assert found.turns[0].answer.text == "Rayleigh scattering."
    assert found.unsent == UserMessage("half a thought")
    assert all(turn.message == UserMessage(turn.prompt) for turn in await history.tree(entry.id))
    await history.add_turn(entry.id, TURN)
    hits = [(hit.where, len(await history.search(word))) for word in ("einstein", "rayleigh") for hit in (
        await history.search(word)
    )]  # fmt: skip
    assert hits == [("file", 1), ("answer", 1)]
    await database.aclose()
