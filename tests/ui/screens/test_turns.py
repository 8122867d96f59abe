"""Turns of a chat under the cursor: changed, asked again, flipped, forked, moved, taken out."""

from __future__ import annotations

import asyncio

import pytest
from textual.widgets import OptionList

from tests.fakes_service import lost, reply
from tests.ui.bench import KEY, bench, endpoint, seen, until
from tests.ui.screens.test_chat import Room, answering, chatting
from tui_app.core.conversation import Answer, Block, Outcome, Turn
from tui_app.core.errors import Loss, StoreFailed
from tui_app.ui.widgets.turn import TurnView

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])


async def to_turns(room: Room) -> None:
    """Put the cursor on the last turn."""
    await room.press("ctrl+up")
    await until(room.pilot, lambda: isinstance(room.app.focused, TurnView))


@SIZES
async def test_an_answer_asked_again_is_flipped_to_and_fro(size: tuple[int, int]) -> None:
    async with chatting(answering(reply("First answer."), reply("Second answer.")), size) as room:
        await room.ask("Hello", "First answer.")
        await room.press("f5")
        await room.sees("Second answer.", "version 2 of 2")
        await room.idle()
        await to_turns(room)
        await room.press("left")
        await room.sees("First answer.", "version 1 of 2")
        assert "Second" not in seen(room.app)
        await until(room.pilot, lambda: isinstance(room.app.focused, TurnView))
        await room.press("right")
        await room.sees("Second answer.", "version 2 of 2")
        await until(room.pilot, lambda: isinstance(room.app.focused, TurnView))
        await room.press("escape")
        await until(room.pilot, lambda: room.app.focused is room.screen.prompt)


@SIZES
async def test_an_earlier_prompt_is_changed_and_both_branches_stay(size: tuple[int, int]) -> None:
    scripts = reply("About cats."), reply("More of them."), reply("About dogs.")
    async with chatting(answering(*scripts), size) as room:
        for prompt, said in (("cats", "About cats."), ("more", "More of them.")):
            await room.ask(prompt, said)
        await to_turns(room)
        await room.press("up")
        await until(room.pilot, lambda: _focused(room) == "cats")
        await room.press("e")
        await room.sees("changing an earlier prompt")
        await room.press("ctrl+a", *["delete"] * 4, *["backspace"] * 4, *"dogs", "enter")
        await room.sees("About dogs.", "version 2 of 2")
        assert "More of them" not in seen(room.app)
        assert "changing" not in seen(room.app)
        await room.idle()
        await to_turns(room)
        await room.press("left")
        await room.sees("About cats.", "More of them.")


def _focused(room: Room) -> str:
    view = room.app.focused
    return view.turn.prompt if isinstance(view, TurnView) and view.turn is not None else ""


async def test_home_and_end_go_to_the_first_and_the_last_turn() -> None:
    scripts = reply("About cats."), reply("About dogs."), reply("About owls.")
    async with chatting(answering(*scripts)) as room:
        for prompt, said in (("cats", "About cats."), ("dogs", "About dogs."), ("owls", "About owls.")):
            await room.ask(prompt, said)
        await to_turns(room)
        await room.press("home")
        await until(room.pilot, lambda: _focused(room) == "cats")
        await room.press("end")
        await until(room.pilot, lambda: _focused(room) == "owls")
        assert room.screen.transcript.following


async def test_leaving_a_change_brings_the_draft_back() -> None:
    async with chatting(answering(reply("One."))) as room:
        await room.ask("first", "One.")
        room.screen.prompt.insert("half a thought")
        await to_turns(room)
        await room.press("enter")
        await until(room.pilot, lambda: room.screen.prompt.text == "first")
        await room.press("escape")
        await until(room.pilot, lambda: room.screen.prompt.text == "half a thought")
        assert "changing" not in seen(room.app)


async def test_a_turn_is_taken_out_after_a_question() -> None:
    async with chatting(answering(reply("One."), reply("Two."))) as room:
        for prompt, said in (("first", "One."), ("second", "Two.")):
            await room.ask(prompt, said)
        await to_turns(room)
        await room.press("up")
        await until(room.pilot, lambda: _focused(room) == "first")
        await room.press("d")
        await room.sees("Delete this turn?")
        await room.press("down", "enter")
        await until(room.pilot, lambda: "One." not in seen(room.app) and "Two." in seen(room.app))


async def test_a_fork_is_a_chat_of_its_own() -> None:
    async with chatting(answering(reply("One."), reply("Two."))) as room:
        for prompt, said in (("first", "One."), ("second", "Two.")):
            await room.ask(prompt, said)
        before = room.screen.chat
        await to_turns(room)
        await room.press("up")
        await until(room.pilot, lambda: _focused(room) == "first")
        await room.press("f")
        await until(room.pilot, lambda: room.screen.chat is not before)
        await until(room.pilot, lambda: "One." in seen(room.app) and "Two." not in seen(room.app))
        assert room.screen.chat.title == "first (from turn 1)"


async def test_a_chat_moves_to_another_endpoint_with_all_that_was_said() -> None:
    made = bench(endpoint("prod"), endpoint("second", "claude-sonnet-5-5"), key=KEY)
    made.api.scripts = [reply("One."), reply("Two.")]
    async with chatting(made) as room:
        await room.ask("first", "One.")
        await to_turns(room)
        await room.press("m")
        await room.sees("Go on with another endpoint", "claude-sonnet-5-5")
        await until(room.pilot, lambda: isinstance(room.app.focused, OptionList))
        await room.press("enter")
        await until(room.pilot, lambda: room.screen.inference_id == "second")
        await room.say("second")
        await room.sees("One.", "Two.")
        assert made.api.bodies[-1]["model"] == "claude-sonnet-5-5"


@SIZES
async def test_an_exchange_is_inspected_copied_as_curl_and_sent_again(size: tuple[int, int]) -> None:
    made = answering(reply("One."), reply("Another."))
    async with chatting(made, size) as room:
        await room.ask("[/v1/first]", "One.")
        await to_turns(room)
        await room.press("i")
        await room.sees("inspector", "Timing", "connecting", "POST ", "(a key, never kept)")
        assert KEY.get_secret_value() not in seen(room.app)
        await room.press("end")
        await room.sees("message_delta")
        await room.press("c")
        await until(room.pilot, lambda: "x-api-key: $ANTHROPIC_API_KEY" in room.app.clipboard)
        await room.press("r")
        await room.sees("Another.", "version 2 of 2")


async def test_up_brings_earlier_prompts_back_and_down_what_was_not_sent() -> None:
    async with chatting(answering(reply("One."), reply("Two."))) as room:
        for prompt, said in (("first", "One."), ("second", "Two.")):
            await room.ask(prompt, said)
        prompt_field = room.screen.prompt
        await room.press(*"new")
        seen_texts = []
        for key in ("up", "up", "up", "down", "down", "down"):
            await room.press(key)
            seen_texts.append(prompt_field.text)
        assert seen_texts == ["second", "first", "first", "second", "new", "new"]


@SIZES
async def test_a_prompt_is_weighed_before_it_is_sent(size: tuple[int, int]) -> None:
    made = answering(reply("One."))
    made.api.tokens = lost(Loss.UNREACHABLE)
    async with chatting(made, size) as room:
        room.screen.prompt.insert("x" * 36)
        await room.sees("about 10 tokens in", "an estimate")
        made.api.tokens = 1_234
        room.screen.prompt.insert("x")
        await room.sees("1,234 tokens in, $0.0012 before the answer · counted")
        await room.press("enter")
        await until(room.pilot, lambda: "· counted" not in seen(room.app))


async def test_a_prompt_is_weighed_anew_once_more_was_said() -> None:
    comes, events = asyncio.Event(), reply("One.")
    made = answering([*events[:3], comes, *events[3:]])
    made.api.tokens = 10
    async with chatting(made) as room:
        await room.press(*"first", "enter")
        await room.sees("One.")
        room.screen.prompt.insert("and then")
        await room.sees("10 tokens in", "· counted")
        made.api.tokens = 20
        comes.set()
        await room.sees("20 tokens in", "· counted")


async def test_a_change_of_a_prompt_does_not_follow_into_another_chat() -> None:
    async with chatting(answering(reply("One."), reply("Elsewhere."))) as room:
        await room.ask("first", "One.")
        await to_turns(room)
        await room.press("e", *" but better")
        kept = room.screen.chat
        await room.press("ctrl+n")
        await room.sees("A new conversation")
        assert "changing" not in seen(room.app)
        await room.say("a new question")
        await room.sees("Elsewhere.")
        assert kept.conversation.draft == "first but better"


@SIZES
async def test_a_changed_prompt_that_cannot_be_asked_yet_stays_a_change(size: tuple[int, int]) -> None:
    waiting = [*reply("Two")[:3], asyncio.Event()]
    async with chatting(answering(reply("One."), waiting, reply("Other.")), size) as room:
        await room.ask("first", "One.")
        await room.say("second")
        await room.sees("Two")
        await to_turns(room)
        await room.press("up")
        await until(room.pilot, lambda: _focused(room) == "first")
        await room.press("e", *"!", "enter")
        await room.sees("still on its way", "changing an earlier prompt", "esc leaves it")
        assert room.screen.prompt.text == "first!"
        await room.press("escape")
        await until(room.pilot, lambda: room.screen.prompt.text == "")
        await room.press("escape")
        await room.idle()
        await to_turns(room)
        await room.press("up")
        await until(room.pilot, lambda: _focused(room) == "first")
        await room.press("e", *"!", "enter")
        await room.sees("Other.", "version 2 of 2")
        await room.idle()
        assert room.screen.chat.conversation.draft == ""


async def test_a_prompt_whose_turn_is_gone_is_not_lost() -> None:
    async with chatting(answering(reply("One."))) as room:
        await room.ask("first", "One.")
        await to_turns(room)
        await room.press("e", *"!")
        await room.screen.chat.delete_turn(room.screen.chat.conversation.turns[0].id)
        await room.press("enter")
        await room.sees("that prompt does not stand")
        assert room.screen.prompt.text == "first!"
        assert "changing" not in seen(room.app)


async def test_the_palette_acts_on_the_last_turn_from_the_prompt() -> None:
    async with chatting(answering(reply("One."))) as room:
        await room.ask("first", "One.")
        await room.press("ctrl+p", *"inspect")
        await room.sees("Last turn: inspect")
        await room.press("down", "enter")
        await room.sees("inspector", "POST ")


async def test_an_answer_that_was_stopped_can_be_continued() -> None:
    async with chatting(answering([*reply("Half")[:3], asyncio.Event()], reply("The rest."))) as room:
        await room.say("first")
        await room.sees("Half")
        await room.press("escape")
        await room.sees("Stopped.", "Continue f4")
        await room.idle()
        await room.press("f4")
        await room.sees("The rest.")
        assert "Half" in str(room.made.api.bodies[-1]["messages"])


async def test_who_comes_back_to_the_terminal_sees_what_was_said_in_another_one() -> None:
    made = answering(reply("One."))
    async with chatting(made) as room:
        await room.ask("first", "One.")
        room.app.app_focus = False
        kept = room.screen.chat.conversation
        answer = Answer(Outcome.COMPLETE, (Block("text", "From elsewhere."),), "m", "end_turn")
        await made.history.add_turn(kept.id, Turn(0, "second", 1.0, "prod", "m", answer))
        room.app.app_focus = True
        await room.sees("second", "From elsewhere.")


async def test_a_new_chat_brings_back_what_was_asked_in_others() -> None:
    async with chatting(answering(reply("One."))) as room:
        await room.ask("asked\nbefore", "One.")
        await room.press("ctrl+n")
        await room.sees("A new conversation")
        await until(room.pilot, lambda: bool(room.screen.prompt.earlier))
        await room.press("up")
        assert room.screen.prompt.text == "asked\nbefore"
        await room.press("up", "down", "down")
        assert room.screen.prompt.text == ""


async def test_a_draft_that_cannot_be_kept_is_said_once_and_not_at_each_pause() -> None:
    made = answering()
    async with chatting(made) as room:
        made.history.failure = StoreFailed("the disk is full")
        for text in ("half a thought", ", and more", ", and more still"):
            room.screen.prompt.insert(text)
            await room.screen.keep_draft()
        await room.sees("the disk is full")
        assert seen(room.app).count("the disk is full") == 1
        made.history.failure = None
        await room.screen.keep_draft()
        assert room.screen.chat.conversation.draft == "half a thought, and more, and more still"
