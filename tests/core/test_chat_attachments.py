"""Chats with files: sent in their place, kept with every version, refused before anything is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.core.test_chats import House, ask, endpoint, house, idle
from tests.fakes_service import lost, refused, reply
from tests.pictures import png
from tui_app.core.attachments import Attachment, attachment, image_block
from tui_app.core.chats import Chats
from tui_app.core.errors import InvalidRequest, Loss
from tui_app.core.jsons import JsonValue
from tui_app.core.service import ServiceModel
from tui_app.core.user_messages import UserMessage
from tui_app.core.vision import MANY_IMAGES
from tui_app.core.visual_tokens import visual_tokens

__all__ = ["house"]
NOTES, PHOTO = attachment("notes.txt", b"hello"), attachment("photo.png", png(750, 10))
BOTH = UserMessage("what is this?", (), (NOTES, PHOTO))
SENT = [
    {"type": "text", "text": '<file name="notes.txt">\nhello\n</file>'},
    image_block(PHOTO),
    {"type": "text", "text": "what is this?"},
]


def contents(house: House, call: int) -> list[JsonValue]:
    """The contents of the messages of one request."""
    messages = house.api.bodies[call]["messages"]
    assert isinstance(messages, tuple)
    return [each["content"] for each in messages if isinstance(each, Mapping)]


async def test_files_go_before_the_prompt_and_again_with_what_follows(house: House) -> None:
    house.api.scripts = [reply("A photo."), reply("Yes.")]
    chat = house.chat()
    await chat.send(BOTH)
    await idle(chat)
    await ask(chat, "sure?")
    assert contents(house, 0) == [tuple(SENT)]
    assert contents(house, 1)[::2] == [tuple(SENT), "sure?"]
    assert chat.title == "what is this?"


async def test_asked_again_changed_and_forked_with_its_files(house: House) -> None:
    house.api.scripts = [reply("One."), reply("Two."), reply("Three."), reply("Four.")]
    chat = house.chat()
    await chat.send(BOTH)
    await idle(chat)
    await chat.retry()
    await idle(chat)
    (turn,) = chat.conversation.turns
    assert turn.message == BOTH
    await chat.edit(turn.id, UserMessage("and now?", (), (PHOTO,)))
    await idle(chat)
    (turn,) = chat.conversation.turns
    assert (turn.attachments, len(turn.versions)) == ((PHOTO,), 3)
    chats: Chats = house.inference.chats
    fork = await chats.fork(chat.conversation, turn.id)
    await ask(fork, "more")
    assert contents(house, 3)[0] == (image_block(PHOTO), {"type": "text", "text": "and now?"})


async def test_a_fork_leaves_what_is_attached_to_the_next_prompt_where_it_is(house: House) -> None:
    house.api.scripts = [reply("One.")]
    chat = house.chat()
    await ask(chat, "first")
    await chat.keep_draft(BOTH)
    fork = await house.inference.chats.fork(chat.conversation, chat.conversation.turns[0].id)
    assert (fork.conversation.unsent, chat.conversation.unsent) == (UserMessage(), BOTH)


async def test_a_fork_from_a_prompt_that_waits_has_its_files_in_its_draft(house: House) -> None:
    house.api.scripts = [[asyncio.Event()]]
    chat = house.chat()
    await chat.send(BOTH)
    fork = await house.inference.chats.fork(chat.conversation, chat.conversation.turns[-1].id)
    assert (fork.conversation.turns, fork.conversation.unsent) == ((), BOTH)


async def test_a_prompt_that_is_taken_back_has_its_files_again(house: House) -> None:
    house.store.put(endpoint(limit=1))
    house.api.scripts = [reply("One.")]
    chat = house.chat()
    await ask(chat, "first")
    await chat.send(BOTH)
    await chat.keep_draft("meanwhile")
    await chat.stop()
    assert chat.conversation.unsent == UserMessage("what is this?\n\nmeanwhile", (), (NOTES, PHOTO))
    assert len(chat.conversation.turns) == 1


@pytest.mark.parametrize(
    ("model", "told", "words"),
    [
        ("claude-2.1", None, "claude-2.1 takes no images"),
        ("llama", False, "llama takes no images"),
        ("claude-haiku-4-5", False, "claude-haiku-4-5 takes no images"),
        ("claude-haiku-4-5", None, ""),
        ("llama", None, ""),
        ("claude-2.1", True, ""),
    ],
)
async def test_a_model_that_takes_no_images_says_so_before_anything_is_sent(
    house: House, model: str, told: bool | None, words: str
) -> None:
    service = endpoint().service_settings.model_copy(update={"model_id": model})
    house.store.put(endpoint().model_copy(update={"service_settings": service}))
    house.api.catalogue = [ServiceModel(model, image_input=told)]
    house.api.scripts = [reply("ok")]
    chat = house.chat()
    if not words:
        await chat.send(BOTH)
        await idle(chat)
        assert len(house.api.bodies) == 1
        return
    with pytest.raises(InvalidRequest, match=words):
        await chat.send(BOTH)
    assert house.api.bodies == []
    assert chat.conversation.turns == ()
    await chat.send(UserMessage("only text", (), (NOTES,)))
    await idle(chat)
    assert len(house.api.bodies) == 1


async def test_a_service_is_asked_once_whether_images_are_taken_and_again_only_where_it_was_silent(
    house: House,
) -> None:
    house.api.catalogue = lost(Loss.TIMEOUT)
    sight = await house.inference.vision.of(endpoint())
    assert sight.takes is True
    house.api.catalogue = [ServiceModel("claude-haiku-4-5", image_input=False)]
    assert (await house.inference.vision.of(endpoint())).takes is False
    house.api.catalogue = []
    assert (await house.inference.vision.of(endpoint())).takes is False


@pytest.mark.parametrize(("status", "asked"), [(404, 1), (429, 2)])
async def test_a_service_without_a_list_of_models_is_not_asked_again(
    house: House, status: int, asked: int
) -> None:
    house.api.catalogue = refused(status, "not_found_error")
    for _ in range(2):
        assert (await house.inference.vision.of(endpoint())).takes is True
    assert len(house.api.targets) == asked


async def test_images_of_earlier_turns_become_a_note_for_a_model_that_takes_none(house: House) -> None:
    house.api.scripts = [reply("A photo."), reply("Well.")]
    chat = house.chat()
    await chat.send(BOTH)
    await idle(chat)
    old = endpoint().service_settings.model_copy(update={"model_id": "claude-2.1"})
    house.store.put(endpoint().model_copy(update={"service_settings": old}))
    await ask(chat, "go on")
    note = {"type": "text", "text": "[The image photo.png was here; it is not sent to this model.]"}
    assert contents(house, 1)[0] == (SENT[0], note, SENT[2])


async def test_a_cluster_s_completion_takes_text_only(house: House) -> None:
    local = endpoint().local.model_copy(update={"cluster": "prod"})
    far = endpoint().model_copy(update={"inference_id": "prod/mine", "local": local})
    sight = await house.inference.vision.of(far)
    assert (sight.takes, "completion of a cluster" in sight.why) == (False, True)
    chatty = far.model_copy(update={"task_type": "chat_completion"})
    assert (await house.inference.vision.of(chatty)).takes is True


def many(count: int, side: int = 10) -> tuple[Attachment, ...]:
    """So many different images."""
    return tuple(attachment(f"{number}.png", png(side, 1 + number)) for number in range(count))


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (many(101), "would have 101 images; 100 are taken"),
        (many(MANY_IMAGES + 1, 2_001), "2001x1 pixels; in a request with more than 20 images"),
        (
            tuple(
                replace(NOTES, name=str(number), digest=str(number), data=b"x" * 4_000_000)
                for number in range(9)
            ),
            "the request would have 36.0 MB with all that was said before; 33.6 MB are taken",
        ),
    ],
)
async def test_a_request_that_is_too_large_is_refused_before_it_is_kept(
    house: House, files: tuple[Attachment, ...], words: str
) -> None:
    chat = house.chat()
    with pytest.raises(InvalidRequest, match=words):
        await chat.send(UserMessage("look", (), files))
    assert (chat.conversation.turns, house.api.bodies) == ((), [])


async def test_an_estimate_and_a_count_have_the_files_in_them(house: House) -> None:
    scales, talk = house.inference.scales, house.chat().conversation
    bare = scales.estimate(endpoint(), talk, "look").tokens
    with_photo = scales.estimate(endpoint(), talk, UserMessage("look", (), (PHOTO,))).tokens
    assert with_photo - bare == visual_tokens(750, 10, fine=False)
    text = attachment("a", b"x" * 36_000)
    assert scales.estimate(endpoint(), talk, UserMessage("look", (), (text,))).tokens > 10_000
    house.api.tokens = 77
    counted = await scales.count(endpoint(), talk, BOTH)
    assert counted is not None
    assert (counted.tokens, counted.counted) == (77, True)
    assert contents(house, 0) == [tuple(SENT)]
    heavy = replace(PHOTO, digest="heavy", data=PHOTO.data + b"x" * 4_000_000)
    assert await scales.count(endpoint(), talk, UserMessage("look", (), (heavy,))) is None


async def test_columns_are_asked_with_files_and_the_one_that_is_kept_has_them(house: House) -> None:
    from tui_app.core.variations import Variation

    house.api.scripts = [reply("One."), reply("Two.")]
    comparison = await house.inference.comparisons.open(Variation("mine"))
    comparison.ask(BOTH)
    for column in comparison.columns:
        await column.settled()
    assert contents(house, 0) == contents(house, 1) == [tuple(SENT)]
    chat = await house.inference.comparisons.keep(comparison.columns[0], "mine")
    assert chat is not None
    assert chat.conversation.turns[0].message == BOTH


async def test_a_file_alone_is_sent_and_goes_on_with_what_follows(house: House) -> None:
    house.api.scripts = [reply("A note."), reply("Yes.")]
    chat = house.chat()
    await chat.send(UserMessage("", (), (NOTES,)))
    await idle(chat)
    await ask(chat, "sure?")
    assert chat.title == "notes.txt"
    assert contents(house, 1) == [(SENT[0],), [{"type": "text", "text": "A note."}], "sure?"]
