"""What every History promises, the one on disk and the one that stands in for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes_history import MemoryHistory
from tests.pictures import png
from tui_app.adapters.database import Database
from tui_app.adapters.history import ConversationHistory
from tui_app.core.attachments import attachment
from tui_app.core.conversation import Answer, Block, Conversation, Outcome, Settings, Turn
from tui_app.core.errors import StoreFailed
from tui_app.core.storage import History
from tui_app.core.user_messages import UserMessage

TURN = Turn(0, "Why is the sky blue?", 20.0, "claude", "claude-haiku-4-5")
DONE = Answer(Outcome.COMPLETE, (Block("text", "Rayleigh.", {"type": "text", "text": "Rayleigh."}),))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    made = Database(tmp_path / "state.db")
    yield made
    await made.aclose()


@pytest.fixture(params=["database", "memory"])
def history(request: pytest.FixtureRequest, database: Database) -> History:
    return ConversationHistory(database) if request.param == "database" else MemoryHistory()


async def test_a_conversation_is_found_as_it_was_begun(history: History) -> None:
    made = await history.create("claude", "", Settings(system="Be brief.", max_tokens=9), 10.0)
    assert (made.title, made.created_at, made.updated_at, made.turns) == ("", 10.0, 10.0, ())
    assert await history.load(made.id) == made
    assert await history.load(made.id + 1) is None


async def test_turns_come_back_in_order_with_their_answers(history: History) -> None:
    made = await history.create("claude", "sky", Settings(), 10.0)
    first = await history.add_turn(made.id, TURN)
    second = await history.add_turn(made.id, replace(TURN, asked_at=30.0))
    assert first.id != second.id
    await history.save_answer(first.id, DONE, 25.0)
    found = await history.load(made.id)
    assert found is not None
    assert found.turns == (replace(first, answer=DONE), second)
    assert found.updated_at == 30.0


async def test_an_answer_on_its_way_is_running_for_who_looks(history: History) -> None:
    made = await history.create("claude", "sky", Settings(), 10.0)
    turn = await history.add_turn(made.id, TURN)
    await history.save_answer(turn.id, replace(DONE, outcome=Outcome.RUNNING), 21.0)
    found = await history.load(made.id)
    assert found is not None
    assert found.turns[0].answer == replace(DONE, outcome=Outcome.RUNNING)


async def test_an_unsent_prompt_is_kept_until_a_turn_is_added(history: History) -> None:
    made = await history.create("claude", "sky", Settings(), 10.0)
    await history.save_draft(made.id, "Why is")
    kept = await history.load(made.id)
    await history.add_turn(made.id, TURN)
    sent = await history.load(made.id)
    assert kept is not None
    assert sent is not None
    assert (kept.draft, sent.draft) == ("Why is", "")


async def test_how_the_next_answer_begins_is_kept_with_a_conversation_and_changed(history: History) -> None:
    at = Conversation(0, "claude", "sky", 10.0, 10.0, draft="Why", lead="Because")
    number = await history.put(at, ())
    kept = await history.load(number)
    await history.save_lead(number, "")
    changed = await history.load(number)
    assert kept is not None
    assert changed is not None
    assert (kept.draft, kept.lead, changed.draft, changed.lead) == ("Why", "Because", "Why", "")


async def test_a_turn_leaves_a_draft_and_a_beginning_and_replaces_another(
    history: History,
) -> None:
    number = (await history.create("claude", "sky", Settings(), 10.0)).id
    first = await history.add_turn(number, Turn(0, "one", 11.0, "claude", "m"))
    kept_file = attachment("a.txt", b"hello")
    left = UserMessage("next", (), (kept_file,))
    await history.add_turn(
        number, Turn(0, "two", 12.0, "claude", "m"), draft=left, lead="Because", gone=first.id
    )
    kept = await history.load(number)
    assert kept is not None
    assert ([each.prompt for each in kept.turns], kept.unsent, kept.lead) == (["two"], left, "Because")


async def test_title_and_settings_can_be_changed(history: History) -> None:
    made = await history.create("claude", "", Settings(), 10.0)
    await history.rename(made.id, "sky")
    await history.save_settings(made.id, Settings(temperature=0.5))
    assert await history.load(made.id) == replace(made, title="sky", settings=Settings(temperature=0.5))


async def test_entries_are_the_latest_first_with_their_turns_counted(history: History) -> None:
    old = await history.create("claude", "old", Settings(), 10.0)
    new = await history.create("other", "new", Settings(), 15.0)
    assert [entry.id for entry in await history.entries()] == [new.id, old.id]
    await history.add_turn(old.id, TURN)
    entries = await history.entries()
    assert [(entry.title, entry.turns, entry.updated_at) for entry in entries] == [
        ("old", 1, 20.0),
        ("new", 0, 15.0),
    ]
    assert [entry.title for entry in await history.entries("other")] == ["new"]
    assert list(await history.entries("nobody")) == []


async def test_a_deleted_conversation_is_gone_with_its_turns(history: History) -> None:
    made = await history.create("claude", "sky", Settings(), 10.0)
    turn = await history.add_turn(made.id, TURN)
    await history.delete(made.id)
    assert await history.load(made.id) is None
    assert list(await history.entries()) == []
    with pytest.raises(StoreFailed, match="deleted meanwhile"):
        await history.save_answer(turn.id, DONE, 25.0)


async def test_a_deleted_turn_is_gone_alone(history: History) -> None:
    made = await history.create("claude", "sky", Settings(), 10.0)
    first = await history.add_turn(made.id, TURN)
    second = await history.add_turn(made.id, TURN)
    await history.delete_turn(first.id)
    found = await history.load(made.id)
    assert found is not None
    assert found.turns == (replace(second, parent=0),)


async def test_what_is_gone_can_be_deleted_and_left_but_not_changed(history: History) -> None:
    await history.delete(7)
    await history.delete_turn(7)
    await history.save_draft(7, "x")
    for attempt in (
        history.rename(7, "x"),
        history.save_settings(7, Settings()),
        history.add_turn(7, TURN),
        history.save_answer(7, DONE, 1.0),
    ):
        with pytest.raises(StoreFailed, match="deleted meanwhile"):
            await attempt
    assert await history.load(7) is None


async def test_a_second_turn_after_the_same_one_is_another_version_of_it(history: History) -> None:
    made = await history.create("claude", "sky", Settings(), 10.0)
    first = await history.add_turn(made.id, TURN)
    one = await history.add_turn(made.id, replace(TURN, prompt="one"))
    after = await history.add_turn(made.id, replace(TURN, prompt="after one"))
    two = await history.add_turn(made.id, replace(TURN, prompt="two", parent=first.id))
    assert (one.parent, one.versions) == (first.id, ())
    assert (two.parent, two.versions) == (first.id, (one.id, two.id))
    at_two = await history.load(made.id)
    await history.choose(made.id, one.id)
    at_one = await history.load(made.id)
    assert at_two is not None
    assert at_one is not None
    assert at_two.turns == (first, two)
    assert at_one.turns == (first, replace(one, versions=(one.id, two.id)), after)
    assert [turn.id for turn in await history.tree(made.id)] == [first.id, one.id, after.id, two.id]


async def test_a_version_that_is_deleted_leaves_the_other(history: History) -> None:
    made = await history.create("claude", "sky", Settings(), 10.0)
    one = await history.add_turn(made.id, replace(TURN, prompt="one"))
    after = await history.add_turn(made.id, replace(TURN, prompt="after one"))
    two = await history.add_turn(made.id, replace(TURN, prompt="two", parent=0))
    await history.delete_turn(two.id)
    found = await history.load(made.id)
    assert found is not None
    assert found.turns == (one, after)
    with pytest.raises(StoreFailed, match="deleted meanwhile"):
        await history.choose(made.id, two.id)


async def test_every_word_is_looked_for_in_prompts_and_answers(history: History) -> None:
    made = await history.create("claude", "sky", Settings(), 10.0)
    sky = await history.add_turn(made.id, TURN)
    await history.save_answer(sky.id, DONE, 25.0)
    grass = await history.add_turn(made.id, replace(TURN, prompt='Why is "grass" (green)?'))
    assert [hit.turn_id for hit in await history.search("WHY is")] == [grass.id, sky.id]
    assert [hit.turn_id for hit in await history.search("why is", limit=1)] == [grass.id]
    (hit,) = await history.search("blue rayl")
    assert (hit.turn_id, hit.conversation_id, hit.where, hit.title) == (sky.id, made.id, "prompt", "sky")
    assert ("blue", True) in [(text.strip("?"), found) for text, found in hit.excerpt]
    (hit,) = await history.search("rayleigh")
    assert hit.where == "answer"
    for odd in ("purple", "", "   "):
        assert list(await history.search(odd)) == []
    await history.delete_turn(sky.id)
    assert list(await history.search("rayleigh")) == []


async def test_what_is_set_aside_is_out_of_sight_until_it_is_brought_back(history: History) -> None:
    made = await history.create("claude", "sky", Settings(), 10.0)
    await history.add_turn(made.id, TURN)
    await history.set_aside(made.id, 100.0)
    assert list(await history.entries()) == []
    assert await history.load(made.id) is None
    assert await history.latest("claude") is None
    assert list(await history.search("blue")) == []
    await history.set_aside(made.id, None)
    assert [entry.id for entry in await history.entries()] == [made.id]
    assert len(await history.search("blue")) == 1


async def test_what_is_set_aside_comes_back_when_somebody_goes_on_with_it(history: History) -> None:
    made = await history.create("claude", "sky", Settings(), 10.0)
    await history.set_aside(made.id, 100.0)
    await history.add_turn(made.id, TURN)
    assert [entry.id for entry in await history.entries()] == [made.id]


async def test_pinned_conversations_come_first_and_are_not_the_latest_for_that(history: History) -> None:
    old = await history.create("claude", "old", Settings(), 10.0)
    new = await history.create("claude", "new", Settings(), 15.0)
    await history.pin(old.id, True)
    assert [(entry.id, entry.pinned) for entry in await history.entries()] == [
        (old.id, True),
        (new.id, False),
    ]
    assert await history.latest("claude") == new.id
    await history.pin(old.id, False)
    assert [entry.id for entry in await history.entries()] == [new.id, old.id]


async def test_a_whole_conversation_is_kept_with_its_versions(history: History) -> None:
    made = await history.create("claude", "sky", Settings(system="Be brief."), 10.0)
    one = await history.add_turn(made.id, replace(TURN, prompt="one", answer=DONE))
    await history.add_turn(made.id, replace(TURN, prompt="two", parent=0, answer=DONE))
    await history.choose(made.id, one.id)
    kept = await history.load(made.id)
    assert kept is not None
    copy_id = await history.put(replace(kept, title="copy"), await history.tree(made.id))
    copy = await history.load(copy_id)
    assert copy is not None
    assert (copy.title, copy.settings, copy.updated_at) == ("copy", kept.settings, kept.updated_at)
    assert [(turn.prompt, turn.answer) for turn in copy.turns] == [("one", DONE)]
    assert [turn.prompt for turn in await history.tree(copy_id)] == ["one", "two"]
    await history.move(copy_id, "other")
    assert [entry.id for entry in await history.entries("other")] == [copy_id]


async def test_prompts_of_other_conversations_are_told_the_oldest_first_and_each_once(
    history: History,
) -> None:
    here, there, gone = [await history.create("claude", "", Settings(), 10.0) for _ in range(3)]
    for made, prompt in ((here, "mine"), (there, "one"), (there, "two"), (there, "one"), (gone, "gone")):
        await history.add_turn(made.id, replace(TURN, prompt=prompt))
    await history.set_aside(gone.id, 20.0)
    assert list(await history.prompts(here.id)) == ["two", "one"]
    assert list(await history.prompts(here.id, 1)) == ["one"]


NOTES, PHOTO = (
    attachment("notes.txt", "Einstein wrote Zwölf lines 私は東京に".encode()),
    attachment("a.png", png(4, 3)),
)


async def test_a_turn_comes_back_with_its_files_and_folds(history: History) -> None:
    made = await history.create("claude", "sky", Settings(), 10.0)
    message = UserMessage("see: a long paste", ((5, 17),), (NOTES, PHOTO))
    added = await history.add_turn(made.id, TURN.asking(message))
    found = await history.load(made.id)
    assert found is not None
    assert found.turns == (added,)
    assert found.turns[0].message == message
    assert [each.data for each in found.turns[0].attachments] == [NOTES.data, PHOTO.data]
    assert [(each.width, each.height) for each in found.turns[0].attachments] == [(0, 0), (4, 3)]


async def test_a_draft_is_kept_whole_until_it_is_sent(history: History) -> None:
    made = await history.create("claude", "sky", Settings(), 10.0)
    for message in (
        UserMessage("a paste", ((2, 7),), (PHOTO,)),
        UserMessage("", (), (NOTES, PHOTO)),
        UserMessage("only words"),
        UserMessage("again", (), (PHOTO,)),
    ):
        await history.save_draft(made.id, message)
        found = await history.load(made.id)
        assert found is not None
        assert found.unsent == message
    await history.add_turn(made.id, TURN.asking(UserMessage("again", (), (PHOTO,))))
    sent = await history.load(made.id)
    assert sent is not None
    assert sent.unsent == UserMessage()
    assert sent.turns[0].attachments == (PHOTO,)


async def test_a_conversation_is_kept_as_a_new_one_with_its_files(history: History) -> None:
    made = await history.create("claude", "sky", Settings(), 10.0)
    await history.add_turn(made.id, TURN.asking(UserMessage("look", (), (PHOTO,))))
    await history.save_draft(made.id, UserMessage("and this", ((0, 3),), (NOTES,)))
    found = await history.load(made.id)
    assert found is not None
    copy = await history.load(await history.put(found, await history.tree(made.id)))
    await history.delete(made.id)
    assert copy is not None
    again = await history.load(copy.id)
    assert again is not None
    assert again.turns[0].message == UserMessage("look", (), (PHOTO,))
    assert again.unsent == UserMessage("and this", ((0, 3),), (NOTES,))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("einstein", True),
        ("einstein sky", True),
        ("東京 moon", False),
        ("einstein moon", False),
    ],
)
async def test_words_of_attached_texts_are_found_with_those_that_were_said(
    history: History, words: str, found: bool
) -> None:
    made = await history.create("claude", "sky", Settings(), 10.0)
    with_file = await history.add_turn(made.id, TURN.asking(UserMessage("the sky", (), (PHOTO, NOTES))))
    await history.add_turn(made.id, TURN.asking(UserMessage("nothing of it")))
    hits = await history.search(words)
    assert [hit.turn_id for hit in hits] == ([with_file.id] if found else [])
    if words == "einstein":
        assert hits[0].where == "file"


@pytest.mark.parametrize("words", ["zwolf li", "東京 sky"])
async def test_words_of_attached_texts_are_found_without_accents_and_in_scripts_that_part_none(
    database: Database, words: str
) -> None:
    history = ConversationHistory(database)
    made = await history.create("claude", "sky", Settings(), 10.0)
    with_file = await history.add_turn(made.id, TURN.asking(UserMessage("the sky", (), (PHOTO, NOTES))))
    assert [hit.turn_id for hit in await history.search(words)] == [with_file.id]
