"""Answers asked again, prompts changed, turns taken out, chats forked and moved: what is kept of each."""

from __future__ import annotations

import asyncio

import pytest

from tests.core.test_chats import House, ask, endpoint, house, idle, until
from tests.fakes_service import reply
from tui_app.core.chat import Chat
from tui_app.core.chat_events import DraftReturned, PathChanged
from tui_app.core.conversation import Outcome, Settings, Usage
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import EndpointNotFound, InvalidRequest, StoreFailed
from tui_app.core.events import (
    BlockClosed,
    BlockOpened,
    Opened,
    OtherDelta,
    Stopping,
    TextDelta,
    ThinkingDelta,
)

__all__ = ["house"]


def said(chat: Chat) -> list[tuple[str, str]]:
    """Prompts and answers on the way."""
    return [(turn.prompt, turn.answer.text) for turn in chat.conversation.turns]


async def two(house: House) -> Chat:
    """A chat of two turns."""
    house.api.scripts = [reply("One."), reply("Two.")]
    chat = house.chat()
    await ask(chat, "first")
    await ask(chat, "second")
    return chat


async def test_asking_an_answered_prompt_again_keeps_both_answers(house: House) -> None:
    chat = await two(house)
    house.api.scripts = [reply("Two again.")]
    await chat.retry()
    await idle(chat)
    assert said(chat) == [("first", "One."), ("second", "Two again.")]
    last = chat.conversation.turns[-1]
    assert len(last.versions) == 2
    await chat.flip(last.id, -1)
    assert said(chat) == [("first", "One."), ("second", "Two.")]
    await chat.flip(chat.conversation.turns[-1].id, -1)
    assert said(chat)[-1] == ("second", "Two again.")


async def test_a_changed_prompt_begins_a_branch_and_both_stay(house: House) -> None:
    chat = await two(house)
    first = chat.conversation.turns[0]
    house.api.scripts = [reply("Other."), reply("After other.")]
    await chat.edit(first.id, "another first")
    await idle(chat)
    await ask(chat, "then")
    assert said(chat) == [("another first", "Other."), ("then", "After other.")]
    assert house.api.bodies[2]["messages"] == ({"role": "user", "content": "another first"},)
    await chat.flip(chat.conversation.turns[0].id, 1)
    assert said(chat) == [("first", "One."), ("second", "Two.")]
    kept = await house.history.load(chat.conversation.id)
    assert kept is not None
    assert kept.turns == chat.conversation.turns


async def test_who_watches_is_told_where_the_conversation_stands(house: House) -> None:
    chat = await two(house)
    house.api.scripts = [reply("Other.")]
    with chat.watch() as watch:
        await chat.edit(chat.conversation.turns[1].id, "another second")
        heard = await anext(watch)
    (path,) = [event for event in heard if isinstance(event, PathChanged)]
    assert [turn.prompt for turn in path.turns] == ["first"]
    await idle(chat)


async def test_a_changed_prompt_that_is_not_sent_leaves_all_as_it_was(house: House) -> None:
    chat = await two(house)
    before = chat.conversation
    house.inference.queue.pause()
    with chat.watch() as watch:
        await chat.edit(before.turns[0].id, "never sent")
        await until(lambda: chat.progress)
        await chat.stop()
        heard = await anext(watch)
    assert chat.conversation.turns == before.turns
    kept = await house.history.load(before.id)
    assert kept is not None
    assert kept.turns == before.turns
    assert not any(isinstance(event, DraftReturned) for event in heard)


async def test_a_turn_that_is_taken_out_is_not_asked_with_any_more(house: House) -> None:
    chat = await two(house)
    await chat.delete_turn(chat.conversation.turns[0].id)
    assert said(chat) == [("second", "Two.")]
    house.api.scripts = [reply("Three.")]
    await ask(chat, "third")
    sent = house.api.bodies[-1]["messages"]
    assert isinstance(sent, tuple)
    assert [message["content"] for message in sent[::2]] == ["second", "third"]  # type: ignore[index, call-overload]


async def test_a_fork_has_what_was_said_and_goes_its_own_way(house: House) -> None:
    chat = await two(house)
    fork = await house.inference.chats.fork(chat.conversation, chat.conversation.turns[0].id)
    assert said(fork) == [("first", "One.")]
    assert fork.title == "first (from turn 1)"
    house.api.scripts = [reply("Forked.")]
    await ask(fork, "on")
    assert said(fork)[-1] == ("on", "Forked.")
    assert len(said(chat)) == 2


async def test_another_endpoint_gets_no_thinking_of_the_first(house: House) -> None:
    house.api.scripts = [
        [
            Opened("claude-test", "req_1", Usage(1, 1)),
            BlockOpened(0, "thinking", {"type": "thinking", "thinking": ""}),
            ThinkingDelta(0, "Hm."),
            OtherDelta(0, {"type": "signature_delta", "signature": "abc"}),
            BlockClosed(0),
            BlockOpened(1, "text", {"type": "text", "text": ""}),
            TextDelta(1, "Yes."),
            BlockClosed(1),
            Stopping("end_turn", Usage(1, 9)),
        ],
        reply("Same."),
        reply("Moved."),
    ]
    chat = house.chat()
    await ask(chat, "first")
    await ask(chat, "second")
    other = endpoint().document()
    house.store.put(Endpoint.parse("other", other)[0])
    house.inference.keys.keys["other"] = house.inference.keys.keys["mine"]  # type: ignore[attr-defined]
    await chat.move("other")
    await ask(chat, "third")
    kinds = []
    for sent in (house.api.bodies[1], house.api.bodies[2]):
        messages = sent["messages"]
        assert isinstance(messages, tuple)
        kinds.append([block["type"] for block in messages[1]["content"]])  # type: ignore[index, call-overload, union-attr]
    assert kinds == [["thinking", "text"], ["text"]]
    assert (await house.inference.chats.latest("other")) is chat


async def test_a_chat_is_not_moved_to_an_endpoint_that_is_not_there(house: House) -> None:
    with pytest.raises(EndpointNotFound):
        await house.chat().move("nobody")


async def test_nothing_is_flipped_or_taken_out_while_an_answer_comes(house: House) -> None:
    chat = await two(house)
    house.api.scripts = [[*reply("Half")[:3], asyncio.Event()]]
    await chat.retry()
    last = chat.conversation.turns[-1]
    for attempt in (chat.flip(last.id, 1), chat.delete_turn(last.id), chat.edit(last.id, "x")):
        with pytest.raises(InvalidRequest, match="on its way"):
            await attempt
    await until(lambda: chat.conversation.turns[-1].answer.text)
    fork = await house.inference.chats.fork(chat.conversation, last.id)
    assert fork.conversation.turns[-1].answer.outcome is Outcome.STOPPED


async def test_a_conversation_is_opened_at_the_version_that_was_looked_for(house: House) -> None:
    chat = await two(house)
    old = chat.conversation.turns[-1].id
    house.api.scripts = [reply("Two again.")]
    await chat.retry()
    await idle(chat)
    assert await house.inference.chats.open(chat.conversation.id, old) is chat
    assert said(chat)[-1] == ("second", "Two.")


async def test_a_deleted_conversation_comes_back_until_the_end_of_the_run(house: House) -> None:
    chat = await two(house)
    chats, number = house.inference.chats, chat.conversation.id
    await chats.delete(number)
    assert await chats.open(number) is None
    await chats.restore(number)
    again = await chats.open(number)
    assert again is not None
    assert said(again) == said(chat)
    await chats.delete(number)
    await chats.aclose()
    assert not house.history.aside


async def test_a_conversation_that_the_disk_keeps_back_can_be_brought_back_later(house: House) -> None:
    chat = await two(house)
    chats, number = house.inference.chats, chat.conversation.id
    await chats.delete(number, "two")
    house.history.failure = StoreFailed("the disk is full")
    with pytest.raises(StoreFailed):
        await chats.restore(number)
    house.history.failure = None
    assert chats.deleted == ((number, "two"),)
    await chats.restore(number)
    assert not chats.deleted
    assert await chats.open(number) is not None


async def test_a_fork_from_a_prompt_that_waits_has_it_as_its_draft(house: House) -> None:
    chat = await two(house)
    house.api.scripts = [[asyncio.Event()]]
    await chat.send("third")
    await until(lambda: chat.busy)
    fork = await house.inference.chats.fork(chat.conversation, chat.conversation.turns[-1].id)
    assert said(fork) == [("first", "One."), ("second", "Two.")]
    assert fork.conversation.draft == "third"


async def test_what_another_terminal_changed_is_read_again(house: House) -> None:
    chat = await two(house)
    other = Chat(chat.conversation, chat._office)
    house.api.scripts = [reply("Three.")]
    await ask(other, "third")
    await other.rename("Counting")
    await other.configure(Settings(system="Be brief."))
    assert await chat.refresh()
    assert said(chat)[-1] == ("third", "Three.")
    assert (chat.title, chat.settings.system) == ("Counting", "Be brief.")
    assert not await chat.refresh()
