"""A chat: what comes, how it ends, what is said of it, and what stays."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.events import Key

from tests.core.test_chats import until as comes_true
from tests.fakes_service import refused, reply
from tests.ui.bench import Bench, Stage, bench, endpoint, seen, until
from tui_app.core.conversation import Answer, Block, ConversationEntry, Outcome, Settings, Turn, Usage
from tui_app.core.errors import ConnectionLost, Loss
from tui_app.core.events import BlockClosed, BlockOpened, Opened, OtherDelta, Stopping, ThinkingDelta
from tui_app.core.jsons import JsonObject
from tui_app.ui.screens.chat import ChatScreen

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])


class Room(Stage):
    """An open chat on a bench."""

    @property
    def screen(self) -> ChatScreen:
        """The chat."""
        return next(each for each in self.app.screen_stack if isinstance(each, ChatScreen))

    async def say(self, text: str) -> None:
        """Send a prompt."""
        self.screen.prompt.insert(text)
        await self.press("enter")

    async def ask(self, prompt: str, *texts: str) -> None:
        """Send a prompt, and wait until all of this is on screen and the reply has ended."""
        await self.say(prompt)
        await self.sees(*texts)
        await self.idle()

    async def idle(self) -> None:
        """Wait for the end of a reply."""
        await until(self.pilot, lambda: not self.screen.chat.busy)
        await self.pilot.pause(0.05)


@asynccontextmanager
async def chatting(made: Bench, size: tuple[int, int] = (100, 36)) -> AsyncGenerator[Room, None]:
    """The chat of `prod`, opened on a bench."""
    app = made.app("prod")
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen))
        await until(pilot, lambda: not app.screen.has_class("-opening"))
        yield Room(made, app, pilot)


def answering(*scripts: Any, limit: int = 50) -> Bench:  # noqa: ANN401 - scripts of any shape
    """A bench whose service plays these scripts."""
    made = bench(endpoint("prod", limit=limit))
    made.api.scripts = list(scripts)
    return made


@SIZES
async def test_an_answer_stands_there_with_its_facts(size: tuple[int, int]) -> None:
    made = answering(reply("Hello, ", "**world**.", model="claude-haiku-4-5"))
    async with chatting(made, size) as room:
        await room.say("Greet [/v1/me]")
        await room.sees("Greet [/v1/me]", "Hello, world.", "10 in, 2 out", "under $0.0001", "queued 0")
        assert "req_test" in seen(room.app)
        assert "claude-haiku-4-5" in seen(room.app)
        assert "49 of 50 left" in seen(room.app)


@SIZES
async def test_an_empty_chat_says_who_answers_and_how(size: tuple[int, int]) -> None:
    async with chatting(answering(), size) as room:
        await room.sees("A new conversation", "claude-haiku-4-5", "max_tokens 1,024", "50 requests")


async def test_esc_stops_and_keeps_what_came() -> None:
    made = answering([*reply("Half of it")[:3], asyncio.Event()])
    async with chatting(made) as room:
        await room.say("Go")
        await room.sees("Half of it", "answering")
        await room.press("escape")
        await room.sees("Half of it", "■ Stopped.", "What came is kept.", "Ask again")
        assert isinstance(room.app.screen, ChatScreen)


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (refused(None, "overloaded_error", "Overloaded [/x]"), "overloaded_error (an error event"),
        (ConnectionLost(Loss.CUT, "the stream ended early", "Ask again."), "the stream ended early"),
    ],
)
async def test_a_stream_that_breaks_keeps_its_part_and_can_be_asked_again(
    failure: Exception, words: str
) -> None:
    made = answering([*reply("Half")[:3], failure], reply("Whole."))
    async with chatting(made) as room:
        await room.say("Go")
        await room.sees("Half", "✗", words, "What came is kept.", "Ask again f5")
        await room.press("f5")
        await room.sees("Whole.")
        assert "Half" not in seen(room.app)
        assert len(room.screen.chat.conversation.turns) == 1


async def test_a_cut_answer_goes_on() -> None:
    made = answering(reply("Half", stop_reason="max_tokens"), reply("The rest."))
    async with chatting(made) as room:
        await room.say("Go")
        await room.sees("reached its limit", "Continue f4", "Raise the limit")
        await room.press("f4")
        await room.sees("Half", "Continue exactly where you stopped.", "The rest.")
        assert "Raise the limit" not in seen(room.app)


async def test_raising_the_limit_opens_the_settings_and_asks_on() -> None:
    made = answering(reply("Half", stop_reason="max_tokens"), reply("All of it."))
    async with chatting(made) as room:
        await room.say("Go")
        await room.sees("Raise the limit")
        await room.press("f12")
        await room.sees("Settings of this chat", "1024, the endpoint's")
        await room.press("2", "0", "0", "0", "ctrl+s")
        await room.sees("The limit is changed")
        await room.press("down", "enter")
        await room.sees("All of it.", "this chat: max_tokens 2,000")
        assert made.api.bodies[1]["max_tokens"] == 2000
        assert len(room.screen.chat.conversation.turns) == 1


async def test_a_refusal_is_shown_for_what_it_is() -> None:
    details = {"type": "refusal", "category": "cyber", "explanation": "No [/v1]."}
    script = [Opened("m", "req_test", Usage(1)), Stopping("refusal", Usage(1), details)]
    async with chatting(answering(script)) as room:
        await room.say("Go")
        await room.sees("! The model refused to answer.", "Category: cyber. No [/v1].", "Ask again")


async def test_blocks_that_are_no_text_are_named_and_thinking_is_folded() -> None:
    tool: JsonObject = {"type": "tool_use", "name": "look[up]", "input": {}}
    script = [
        Opened("m", "req_test", Usage(1)),
        BlockOpened(0, "thinking", {"type": "thinking", "thinking": ""}),
        ThinkingDelta(0, "Let me see."),
        BlockClosed(0),
        BlockOpened(1, "redacted_thinking", {"type": "redacted_thinking", "data": "xyz"}),
        BlockClosed(1),
        BlockOpened(2, "tool_use", tool),
        OtherDelta(2, {"type": "input_json_delta", "partial_json": '{"city": "Bern"}'}),
        BlockClosed(2),
        BlockOpened(3, "hologram", {"type": "hologram", "beam": 7}),
        BlockClosed(3),
        Stopping("tool_use", Usage(1, 9)),
    ]
    async with chatting(answering(script)) as room:
        await room.say("Go")
        await room.sees("▸ Thinking", "encrypted by the service", "Tool call: look[up]", '"city": "Bern"')
        await room.sees("does not know: hologram", '"beam": 7', "waits for a tool's result")
        assert "Let me see." not in seen(room.app)
        await room.press("ctrl+up", "t")
        await room.sees("▾ Thinking", "Let me see.")


async def test_the_key_of_thinking_leads_nowhere_else_on_a_turn_without_any() -> None:
    async with chatting(answering(reply("Only text."))) as room:
        await room.say("Go")
        await room.sees("Only text.")
        await room.press("ctrl+up", "t")
        await room.sees("Nothing can be folded in this turn")
        assert room.app.screen is room.screen


async def test_a_retry_is_seen_and_its_wait_can_be_skipped() -> None:
    made = answering([refused(529, "overloaded_error", "Overloaded", retry_after_s=500)], reply("At last."))
    async with chatting(made) as room:
        await room.say("Go")
        await room.sees("overloaded_error (status 529): Overloaded", "attempt 2 of 3 in 8 min", "Give up esc")
        await room.press("f4")
        await room.sees("At last.", "2 attempts")


async def test_giving_up_a_retry_says_why() -> None:
    made = answering([refused(529, "overloaded_error", "Overloaded", retry_after_s=500)])
    async with chatting(made) as room:
        await room.say("Go")
        await room.sees("Skip the wait f4")
        await room.press("escape")
        await room.sees("■ Given up: overloaded_error (status 529): Overloaded", "Ask again")


async def test_a_prompt_is_not_lost_to_who_quits_at_once() -> None:
    made = answering(reply("One."))
    async with chatting(made) as room:
        await room.press(*"hello")
        for key in ("enter", "ctrl+q"):
            room.app.post_message(Key(key, None))
        await comes_true(lambda: not room.app.is_running)
    (kept,) = made.history.conversations.values()
    assert [kept.draft, *(turn.prompt for turn in kept.turns)].count("hello") == 1


@SIZES
async def test_what_a_reply_waits_for_is_told_whole(size: tuple[int, int]) -> None:
    async with chatting(answering(reply("One.")), size) as room:
        await room.say("hello")
        await room.idle()
        reason = "the service has no requests left for this key"
        queue, entry = room.made.inference.queue, room.screen.entry
        assert entry is not None
        queue.close_group(entry.group, 24.0, reason)
        await room.say("this one waits")
        await room.sees("starts in about")
        told = " ".join(seen(room.app).split())
        assert f"waiting for the quota: {reason}, next in line, starts in about" in told


@SIZES
async def test_a_prompt_over_the_limit_waits_in_sight_and_comes_back(size: tuple[int, int]) -> None:
    made = answering(reply("One.", stop_reason="max_tokens"), limit=1)
    async with chatting(made, size) as room:
        await room.ask("first", "One.", "none of 1 left", "Continue f4")
        await room.say("second")
        await room.sees("waiting for the quota", "next in line", "starts in about", "1 request waits")
        await room.press("escape")
        await until(room.pilot, lambda: room.screen.prompt.text == "second")
        await room.sees("Continue f4")
        assert [turn.prompt for turn in room.screen.chat.conversation.turns] == ["first"]
        assert made.api.calls == 1


async def test_a_refused_setting_can_be_left_out() -> None:
    words = "`temperature` is deprecated for this model."
    made = answering([refused(400, "invalid_request_error", words)], reply("Fine."))
    async with chatting(made) as room:
        await room.screen.chat.configure(Settings(temperature=0.2))
        await room.say("Go")
        await room.sees("Ask again without temperature")
        await room.press("ctrl+f")
        await room.sees("Fine.")
        assert made.api.bodies[0]["temperature"] == 0.2
        assert "temperature" not in made.api.bodies[1]


def counting(gate: asyncio.Event) -> Bench:
    """A bench whose service counts to three, and waits at the gate after one."""
    script = reply("One ", "two ", "three.")
    return answering([*script[:3], gate, *script[3:]])


async def test_an_answer_runs_on_while_nobody_looks() -> None:
    gate = asyncio.Event()
    async with chatting(counting(gate)) as room:
        await room.say("Count")
        await room.sees("One")
        chat = room.screen.chat
        await room.screen.keep_draft()
        room.app.pop_screen()
        gate.set()
        await until(room.pilot, lambda: not chat.busy)
        await room.app.open_chat("prod")
        await room.sees("One two three.", "10 in, 3 out")


async def test_coming_back_in_the_middle_shows_what_came_and_what_comes() -> None:
    gate = asyncio.Event()
    async with chatting(counting(gate)) as room:
        await room.say("Count")
        await room.sees("One")
        room.app.pop_screen()
        await room.pilot.pause()
        await room.app.open_chat("prod")
        await room.sees("One", "answering")
        gate.set()
        await room.sees("One two three.")


async def test_the_unsent_prompt_survives_leaving_and_quitting() -> None:
    made = answering()
    async with chatting(made) as room:
        room.screen.prompt.insert("not sent\nyet")
        await room.press("escape")
        await until(room.pilot, lambda: not isinstance(room.app.screen, ChatScreen))
        await room.app.open_chat("prod")
        await until(room.pilot, lambda: room.screen.prompt.text == "not sent\nyet")
        room.screen.prompt.insert(" and more")
    again = bench(endpoint("prod"))
    again.history.conversations = made.history.conversations
    async with chatting(again) as room:
        assert room.screen.prompt.text == "not sent\nyet and more"


async def test_a_draft_is_kept_soon_after_it_was_typed() -> None:
    made = answering()
    async with chatting(made) as room:
        room.screen.prompt.insert("hm")
        await until(room.pilot, lambda: any(c.draft == "hm" for c in made.history.conversations.values()))


async def test_what_cannot_be_sent_stays_in_the_prompt() -> None:
    made = answering()
    async with chatting(made) as room:
        made.store.entries.clear()
        await room.say("lost?")
        await until(room.pilot, lambda: room.screen.prompt.text == "lost?")
        await room.sees("Inference endpoint not found [prod]")


async def test_a_new_chat_is_empty_and_the_old_one_is_kept() -> None:
    async with chatting(answering(reply("One."))) as room:
        await room.ask("first", "One.")
        await room.press("f7")
        await room.sees("A new conversation")
        assert len(await room.made.history.entries()) == 1


def long_conversation(made: Bench, count: int, words: str = "An answer.") -> None:
    """Keep a conversation of so many turns."""
    answer = Answer(Outcome.COMPLETE, (Block("text", words),), "m", "end_turn")
    turns = tuple(Turn(n + 2, f"prompt no. {n}", 1.0, "prod", "m", answer) for n in range(count))

    async def keep() -> None:
        made_conversation = await made.history.create("prod", "long", Settings(), 1.0)
        for turn in turns:
            await made.history.add_turn(made_conversation.id, turn)

    coroutine = keep()
    with pytest.raises(StopIteration):
        coroutine.send(None)


async def test_a_long_conversation_shows_its_end_and_grows_back_where_it_is_looked_for() -> None:
    made = answering()
    long_conversation(made, 60)
    async with chatting(made) as room:
        await room.sees("prompt no. 59")
        await room.press("ctrl+home")
        await room.sees("prompt no. 0", "more below")
        await room.press("ctrl+end")
        await room.sees("prompt no. 59")
        await until(room.pilot, lambda: "more below" not in seen(room.app))


async def test_scrolling_through_a_long_conversation_shows_all_of_it_and_holds_little() -> None:
    made = answering()
    long_conversation(made, 60)
    async with chatting(made) as room:
        await room.sees("prompt no. 59")
        for direction, wanted in ((-1, range(59, -1, -1)), (1, range(60))):
            for number in wanted:
                for _ in range(200):
                    if re.search(rf"prompt no\. {number}\b", seen(room.app)):
                        break
                    room.screen.transcript.view.scroll_relative(y=direction * 3, animate=False)
                    await room.pilot.pause(0.01)
                else:
                    raise AssertionError(f"no. {number} was not seen:\n{seen(room.app)}")
                assert room.screen.transcript.view.shelf.held < 40
        await room.press("ctrl+end")
        await until(room.pilot, lambda: room.screen.transcript.following)


async def test_the_end_is_followed_until_the_person_scrolls_up() -> None:
    gate, more = asyncio.Event(), asyncio.Event()
    lines = [f"line {n}\n\n" for n in range(60)]
    script = reply(*lines[:30], "\n", *lines[30:])
    made = answering([*script[:32], gate, *script[32:-1], more, script[-1]])
    async with chatting(made) as room:
        await room.say("Count")
        await room.sees("line 29")
        await room.press("pageup")
        await room.sees("more below")
        gate.set()
        await until(room.pilot, lambda: "line 59" in room.screen.chat.conversation.turns[0].answer.text)
        await room.pilot.pause(0.1)
        assert "line 59" not in seen(room.app)
        await room.press("ctrl+end")
        await room.sees("line 59")
        more.set()


async def test_the_sandbox_offers_its_words() -> None:
    made = bench(endpoint("prod", sandbox=True))
    async with chatting(made) as room:
        await room.sees("act out the world", "mid-stream error", "cut short")
        await room.press("shift+tab")
        await room.press("down", "down", "enter")
        await until(room.pilot, lambda: room.screen.prompt.text == "slow")
        assert room.screen.prompt.has_focus


async def test_an_answer_of_another_terminal_is_looked_for() -> None:
    made = answering()
    long_conversation(made, 1)
    (conversation,) = made.history.conversations.values()
    done = conversation.turns[0]
    running = Turn(done.id, done.prompt, 1.0, "prod", "m", Answer(Outcome.RUNNING))
    made.history.conversations[conversation.id] = conversation.with_turn(running)
    async with chatting(made) as room:
        await room.sees("this answer comes in another terminal")
        made.history.conversations[conversation.id] = conversation
        await room.sees("An answer.")


async def test_what_is_typed_before_the_conversation_is_there_is_sent_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, gate = answering(reply("One.")), asyncio.Event()
    long_conversation(made, 1)
    entries = made.history.entries

    async def slowly(endpoint: str | None = None) -> Sequence[ConversationEntry]:
        await gate.wait()
        return await entries(endpoint)

    monkeypatch.setattr(made.history, "entries", slowly)
    app = made.app("prod")
    async with app.run_test(size=(100, 36)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen) and "Opening" in seen(app))
        await pilot.press(*"first", "enter", *"next")
        gate.set()
        await until(pilot, lambda: "One." in seen(app))
        (kept,) = made.history.conversations.values()
        assert [turn.prompt for turn in kept.turns] == ["prompt no. 0", "first"]
        assert isinstance(app.screen, ChatScreen)
        assert app.screen.prompt.text == "next"


async def test_the_palette_of_a_sandbox_chat_offers_its_words_and_no_other_does() -> None:
    for is_sandbox in (True, False):
        async with chatting(bench(endpoint("prod", sandbox=is_sandbox))) as room:
            await room.sees("A new conversation", "left")
            await room.press("ctrl+p", *"cut short")
            await room.pilot.pause(0.3)
            assert ("Sandbox: cut short" in seen(room.app)) is is_sandbox
            if is_sandbox:
                await room.press("enter")
                await until(room.pilot, lambda: room.screen.prompt.text == "cut short")


async def test_a_way_on_names_the_key_that_a_keymap_gave_it() -> None:
    made = answering([refused(400, "invalid_request_error")], reply("Now."))
    app = made.app("prod", keymap={"reply.again": "f10"})
    async with app.run_test(size=(100, 36)) as pilot:
        await until(pilot, lambda: "A new conversation" in seen(app))
        await pilot.press(*"hi", "enter")
        await until(pilot, lambda: "Ask again f10" in seen(app))
        await pilot.press("f10")
        await until(pilot, lambda: "Now." in seen(app))
