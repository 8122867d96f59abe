"""Conversations on disk: whole after any death, and honest about who is writing."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies_storage import IDS, MOMENT, SETTINGS, TEXT, TURNS
from tui_app.adapters.database import Database
from tui_app.adapters.history import ConversationHistory
from tui_app.core.conversation import Answer, Block, Conversation, Outcome, Settings, Turn
from tui_app.core.errors import StoreFailed
from tui_app.core.storage import ABANDONED, ABANDONED_ADVICE

TURN = Turn(0, "Why is the sky blue?", 20.0, "claude", "claude-haiku-4-5")
STREAM = """
import asyncio, sys
from pathlib import Path
from tui_app.adapters.database import Database
from tui_app.adapters.history import ConversationHistory
from tui_app.core.conversation import Answer, Block, Outcome, Settings, Turn

TURN = Turn(0, "Why is the sky blue?", 20.0, "claude", "claude-haiku-4-5")

async def stream():
    history = ConversationHistory(Database(Path(sys.argv[1])))
    made = await history.create("claude", "sky", Settings(), 10.0)
    turn = await history.add_turn(made.id, TURN)
    text = ""
    while True:
        text += "word "
        answer = Answer(Outcome.RUNNING, (Block("text", text, {"type": "text", "text": text}),))
        await history.save_answer(turn.id, answer, 21.0)
        print(len(text), flush=True)

asyncio.run(stream())
"""


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    made = Database(tmp_path / "inferterm.db")
    yield made
    await made.aclose()


@pytest.fixture
def history(database: Database) -> ConversationHistory:
    return ConversationHistory(database)


@pytest.fixture
def writer(database: Database) -> Iterator[subprocess.Popen[str]]:
    """A process that streams an answer and prints how much of it was kept."""
    command = [sys.executable, "-c", STREAM, str(database.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as made:
        yield made
        made.kill()


async def test_an_answer_is_running_while_its_process_writes_and_kept_when_that_is_killed(
    writer: subprocess.Popen[str], history: ConversationHistory
) -> None:
    assert writer.stdout is not None
    for _ in range(5):
        await asyncio.to_thread(writer.stdout.readline)
    (entry,) = await history.entries()
    running = await history.load(entry.id)
    writer.kill()
    told = [int(line) for line in writer.stdout if line.endswith("\n")]
    writer.wait()
    killed = await history.load(entry.id)
    assert running is not None
    assert killed is not None
    assert running.turns[0].answer.outcome is Outcome.RUNNING
    answer = killed.turns[0].answer
    assert (answer.outcome, answer.error, answer.advice) == (Outcome.STOPPED, ABANDONED, ABANDONED_ADVICE)
    assert len(answer.text) >= max(told, default=len("word ") * 5)
    assert set(answer.text.split()) == {"word"}


async def test_a_second_terminal_does_not_stop_what_the_first_streams(
    database: Database, history: ConversationHistory
) -> None:
    made = await history.create("claude", "sky", Settings(), 10.0)
    turn = await history.add_turn(made.id, TURN)
    second = Database(database.path)
    seen = await ConversationHistory(second).load(made.id)
    assert seen is not None
    assert seen.turns == (turn,)
    await database.aclose()
    left = await ConversationHistory(second).load(made.id)
    assert left is not None
    assert left.turns[0].answer == Answer(Outcome.STOPPED, error=ABANDONED, advice=ABANDONED_ADVICE)
    await second.aclose()


async def test_finished_answers_are_never_called_stopped(
    database: Database, history: ConversationHistory
) -> None:
    made = await history.create("claude", "sky", Settings(), 10.0)
    turn = await history.add_turn(made.id, TURN)
    done = Answer(Outcome.COMPLETE, (Block("text", "Rayleigh."),))
    await history.save_answer(turn.id, done, 25.0)
    await database.aclose()
    again = Database(database.path)
    found = await ConversationHistory(again).load(made.id)
    await again.aclose()
    assert found is not None
    assert found.turns[0].answer == done


async def test_ids_are_never_given_twice(history: ConversationHistory) -> None:
    made = await history.create("claude", "", Settings(), 10.0)
    turn = await history.add_turn(made.id, TURN)
    await history.delete(made.id)
    other = await history.create("claude", "", Settings(), 10.0)
    assert other.id > made.id
    assert (await history.add_turn(other.id, TURN)).id > turn.id


async def test_a_conversation_that_somebody_else_spoiled_is_told_and_spares_the_others(
    database: Database, history: ConversationHistory
) -> None:
    spoiled = await history.create("claude", "", Settings(), 10.0)
    good = await history.create("claude", "", Settings(), 10.0)
    await history.add_turn(spoiled.id, TURN)
    await database.execute("UPDATE answer SET blocks = 'odd'", ())
    with pytest.raises(StoreFailed, match=f"conversation {spoiled.id} .* cannot be read"):
        await history.load(spoiled.id)
    assert await history.load(good.id) == good


async def test_text_that_no_file_can_hold_is_kept_as_well_as_it_can_be(history: ConversationHistory) -> None:
    made = await history.create("claude", "a\ud83d", Settings("b\ud83d"), 10.0)
    await history.save_draft(made.id, "c\ud83d")
    await history.add_turn(made.id, replace(TURN, prompt="nul \0 and \ud83d"))
    found = await history.load(made.id)
    assert found is not None
    assert (found.title, found.settings) == ("a\ufffd", Settings("b\ud83d"))
    assert found.turns[0].prompt == "nul \0 and \ufffd"


@settings(deadline=None, max_examples=40)
@given(
    st.builds(Conversation, st.just(0), IDS, TEXT, MOMENT, st.just(0.0), SETTINGS, TEXT),
    st.lists(TURNS, max_size=3),
)
def test_any_conversation_comes_back_for_another_process(kept: Conversation, turns: list[Turn]) -> None:
    async def keep_and_load(path: Path) -> None:
        database, other = Database(path), Database(path)
        history = ConversationHistory(database)
        made = await history.create(kept.endpoint, kept.title, kept.settings, kept.created_at)
        added = [await history.add_turn(made.id, turn) for turn in turns]
        await history.save_draft(made.id, kept.draft)
        found = await ConversationHistory(other).load(made.id)
        await other.aclose()
        await database.aclose()
        latest = max([kept.created_at, *(turn.asked_at for turn in turns)])
        assert found == replace(kept, id=made.id, updated_at=latest, turns=tuple(added))

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(keep_and_load(Path(folder) / "inferterm.db"))
