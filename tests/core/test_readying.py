"""A prompt with images whose service is still asked whether the model takes any: nothing of it is lost."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from tests.core.test_chats import House, ask, endpoint, house, idle, until
from tests.fakes_service import lost, reply
from tests.pictures import png
from tui_app.core.attachments import attachment
from tui_app.core.chat import Chat
from tui_app.core.errors import GivenBack, InvalidRequest, Loss
from tui_app.core.service import ServiceModel
from tui_app.core.user_messages import UserMessage

__all__ = ["house"]
PHOTO = attachment("photo.png", png(3, 3))
SHOWN = UserMessage("what is this?", (), (PHOTO,))
NOTHING = UserMessage()


async def on_disk(house: House, chat: Chat) -> UserMessage:
    """The draft that another process would find."""
    found = await house.history.load(chat.conversation.id)
    assert found is not None
    return found.unsent


async def waiting(house: House, chat: Chat, message: UserMessage = SHOWN) -> asyncio.Task[None]:
    """A prompt that is being sent, and whose service says nothing about its model."""
    house.api.catalogue_waits_for = asyncio.Event()
    sending = asyncio.create_task(chat.send(message))
    await until(lambda: chat.asks_sight and house.api.targets)
    return sending


def answer(house: House, *, takes: bool) -> None:
    """Let the service say whether the model takes images."""
    house.api.catalogue = [ServiceModel(endpoint().model, image_input=takes)]
    assert house.api.catalogue_waits_for
    house.api.catalogue_waits_for.set()


async def test_it_is_on_disk_while_it_waits_and_the_chat_is_busy(house: House) -> None:
    chat = house.chat()
    await waiting(house, chat)
    assert chat.busy
    assert await on_disk(house, chat) == SHOWN
    with pytest.raises(InvalidRequest, match="an answer is still on its way"):
        await chat.send("another")
    assert house.api.bodies == []


async def test_stopped_it_is_the_draft_again_before_what_was_typed_since(house: House) -> None:
    chat = house.chat()
    sending = await waiting(house, chat)
    await chat.keep_draft("and then")
    await chat.stop()
    with pytest.raises(GivenBack):
        await sending
    whole = UserMessage("what is this?\n\nand then", (), (PHOTO,))
    assert (chat.busy, chat.conversation.turns, chat.conversation.unsent) == (False, (), whole)
    assert await on_disk(house, chat) == whole


async def test_sent_at_last_only_what_was_typed_since_is_the_draft(house: House) -> None:
    house.api.scripts = [reply("A photo.")]
    chat = house.chat()
    sending = await waiting(house, chat)
    await chat.keep_draft(NOTHING)
    assert await on_disk(house, chat) == SHOWN
    await chat.keep_draft("and then")
    answer(house, takes=True)
    await sending
    await idle(chat)
    assert [turn.message for turn in chat.conversation.turns] == [SHOWN]
    assert chat.title == "what is this?"
    assert chat.conversation.unsent == await on_disk(house, chat) == UserMessage("and then")


async def test_refused_it_stays_the_draft(house: House) -> None:
    chat = house.chat()
    sending = await waiting(house, chat)
    answer(house, takes=False)
    with pytest.raises(InvalidRequest, match="takes no images"):
        await sending
    assert (chat.busy, chat.conversation.turns) == (False, ())
    assert chat.conversation.unsent == await on_disk(house, chat) == SHOWN


async def test_it_goes_on_when_nobody_waits_for_it_any_more(house: House) -> None:
    house.api.scripts = [reply("A photo.")]
    chat = house.chat()
    sending = await waiting(house, chat)
    sending.cancel()
    with suppress(asyncio.CancelledError):
        await sending
    assert chat.busy
    answer(house, takes=True)
    await until(lambda: chat.conversation.turns)
    await idle(chat)
    assert chat.conversation.turns[0].answer.text == "A photo."


async def test_closing_the_app_keeps_it(house: House) -> None:
    chat = house.chat()
    sending = await waiting(house, chat)
    await house.inference.chats.aclose()
    with pytest.raises(GivenBack):
        await sending
    assert await on_disk(house, chat) == SHOWN


async def test_closing_the_app_keeps_a_first_prompt_that_was_sent_just_now(house: House) -> None:
    chat = house.chat()
    sending = asyncio.create_task(chat.send("hello", UserMessage("and then")))
    await asyncio.sleep(0)
    await house.inference.chats.aclose()
    with pytest.raises(GivenBack):
        await sending
    whole = UserMessage("hello\n\nand then")
    assert chat.conversation.unsent == await on_disk(house, chat) == whole


async def test_what_an_earlier_prompt_is_changed_to_is_kept_too(house: House) -> None:
    house.api.scripts = [reply("One.")]
    chat = house.chat()
    await ask(chat, "first")
    (turn,) = chat.conversation.turns
    house.api.catalogue_waits_for = asyncio.Event()
    changing = asyncio.create_task(chat.edit(turn.id, SHOWN))
    await until(lambda: chat.asks_sight)
    await until(lambda: house.api.targets)
    assert await on_disk(house, chat) == SHOWN
    await chat.stop()
    with pytest.raises(GivenBack):
        await changing
    assert chat.conversation.turns == (turn,)


async def test_an_unanswered_prompt_is_not_lost_to_a_model_that_takes_no_images(house: House) -> None:
    house.api.scripts = [[lost(Loss.REDIRECTED)]]
    chat = house.chat()
    await chat.send(SHOWN)
    await idle(chat)
    old = endpoint().service_settings.model_copy(update={"model_id": "claude-2.1"})
    house.store.put(endpoint().model_copy(update={"service_settings": old}))
    with pytest.raises(InvalidRequest, match="takes no images"):
        await chat.retry()
    assert [turn.message for turn in chat.conversation.turns] == [SHOWN]
    kept = await house.history.load(chat.conversation.id)
    assert kept is not None
    assert [turn.message for turn in kept.turns] == [SHOWN]
