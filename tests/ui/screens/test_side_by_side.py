"""Side by side: what stands in the columns, what stops, what differs, and what becomes of one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual import events
from textual.widgets import Input, Select

from tests.fakes_service import refused, reply
from tests.ui.bench import Stage, bench, endpoint, seen, until
from tui_app.core.conversation import Settings
from tui_app.core.variations import Setup, Variation
from tui_app.ui.screens.chat import ChatScreen
from tui_app.ui.screens.choice import ChoiceScreen
from tui_app.ui.screens.columns import ColumnsScreen
from tui_app.ui.screens.endpoint_list import EndpointListScreen
from tui_app.ui.screens.side_by_side import SideBySideScreen
from tui_app.ui.widgets.column_view import ColumnView
from tui_app.ui.widgets.marked_text import MarkedText
from tui_app.ui.widgets.prompt import Prompt

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])
PLAIN, WARM = Variation("prod"), Variation("prod", settings=Settings(temperature=0.9))
SHORT = Variation("prod", settings=Settings(max_tokens=9))


class Room(Stage):
    """Columns on a bench."""

    @property
    def screen(self) -> SideBySideScreen:
        """The columns."""
        return next(each for each in self.app.screen_stack if isinstance(each, SideBySideScreen))

    @property
    def views(self) -> list[ColumnView]:
        """The columns, in their order."""
        return self.screen.views

    async def say(self, text: str) -> None:
        """Ask in all columns."""
        self.screen.prompt.put(text)
        await self.press("enter")

    async def idle(self) -> None:
        """Wait for the end of all replies."""
        comparison = self.screen.comparison
        assert comparison is not None
        await until(self.pilot, lambda: not comparison.busy)

    async def becomes(self, kind: type[object]) -> None:
        """Wait until a screen of this kind is on top."""
        await until(self.pilot, lambda: isinstance(self.app.screen, kind))


@asynccontextmanager
async def beside(
    *scripts: Any,  # noqa: ANN401 - scripts of any shape
    columns: tuple[Variation, ...] = (PLAIN, WARM),
    size: tuple[int, int] = (120, 40),
    limit: int = 50,
) -> AsyncGenerator[Room, None]:
    """Columns, opened from the list on `prod`; the service plays these scripts."""
    made = bench(endpoint("other", model="claude-sonnet-5-5"), endpoint("prod", limit=limit))
    made.api.scripts = list(scripts)
    await made.inference.comparisons._store.save(Setup(columns))
    app = made.app()
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: "prod" in seen(app))
        await pilot.press("end", "a")
        room = Room(made, app, pilot)
        await room.becomes(SideBySideScreen)
        await until(pilot, lambda: bool(room.views) and room.screen.chosen is not None)
        yield room


def held(text: str) -> tuple[asyncio.Event, list[Any]]:
    """A script that stands still after a text, until its event is set."""
    hold, script = asyncio.Event(), reply(text, " and the rest")
    return hold, [*script[:3], hold, *script[3:]]


def marked(view: ColumnView) -> list[str]:
    """The words that are marked in a column."""
    return [
        (text._page.paint(y, text._look).text)[start:end]
        for text in view.query(MarkedText)
        for y, spans in text._spans.items()
        for start, end in spans
    ]


@SIZES
async def test_one_prompt_is_answered_in_all_columns_with_times_tokens_and_cost(
    size: tuple[int, int],
) -> None:
    async with beside(
        *(reply(each, model="claude-haiku-4-5") for each in ("same one", "same two")), size=size
    ) as room:
        await room.say("which one?")
        await room.idle()
        await room.sees("1 prod", "2 prod", "temperature 0.9", "same one", "same two", "10 in, 1 out")
        assert seen(room.app).count("$") == 2
        assert [body.get("temperature") for body in room.made.api.bodies] == [None, 0.9]


@SIZES
async def test_words_that_differ_are_marked_and_a_key_takes_the_marks_away(size: tuple[int, int]) -> None:
    async with beside(reply("the *red* fox runs"), reply("the *blue* fox runs"), size=size) as room:
        await room.say("which one?")
        await until(room.pilot, lambda: [marked(view) for view in room.views] == [["red"], ["blue"]])
        await room.press("f7")
        await until(room.pilot, lambda: not any(marked(view) for view in room.views))
        await room.sees("no marks")
        await room.press("f7")
        await until(room.pilot, lambda: marked(room.views[1]) == ["blue"])


async def test_another_column_can_be_the_one_that_others_are_compared_with() -> None:
    scripts = [reply("a red fox"), reply("a red dog"), reply("a red fox")]
    async with beside(*scripts, columns=(PLAIN, WARM, SHORT)) as room:
        await room.say("which one?")
        await until(room.pilot, lambda: [marked(view) for view in room.views] == [[], ["dog"], []])
        await room.press("f6", "ctrl+l")
        await until(room.pilot, lambda: [marked(view) for view in room.views] == [["fox"], [], ["fox"]])
        await room.sees("2 prod · base")


@SIZES
async def test_a_stopped_column_keeps_what_came_and_the_other_goes_on(size: tuple[int, int]) -> None:
    one, first = held("first half")
    two, second = held("second half")
    async with beside(first, second, reply("asked anew"), size=size) as room:
        await room.say("which one?")
        await room.sees("first half", "second half")
        await room.press("f6", "escape")
        await room.sees("Stopped. What came is kept.")
        assert [view.column.busy for view in room.views] == [True, False]
        one.set()
        two.set()
        await room.sees("first half and the rest")
        await room.press("f5")
        await room.sees("asked anew")
        assert "second half" not in seen(room.app)


async def test_what_a_stopped_column_did_not_come_to_is_no_difference() -> None:
    one, first = held("a red fox")
    _, second = held("a blue fox")
    async with beside(first, second) as room:
        await room.say("which one?")
        await room.sees("a red fox", "a blue fox")
        await room.press("f6", "escape")
        one.set()
        await until(room.pilot, lambda: [marked(view) for view in room.views] == [["red"], ["blue"]])


async def test_all_columns_can_be_stopped_at_once() -> None:
    _, first = held("first half")
    _, second = held("second half")
    async with beside(first, second) as room:
        await room.say("which one?")
        await room.sees("first half", "second half")
        await room.press("f12")
        await room.idle()
        await until(room.pilot, lambda: seen(room.app).count("Stopped. What came") == 2)


@SIZES
async def test_a_column_over_the_limit_waits_in_sight_and_can_be_taken_back(size: tuple[int, int]) -> None:
    async with beside(reply("first"), size=size, limit=1) as room:
        await room.say("which one?")
        await room.sees("waiting for the quota")
        waiting = next(view for view in room.views if view.column.busy)
        room.screen.choose(waiting)
        await room.press("escape")
        await room.sees("Taken back before it was sent.")
        assert room.made.api.calls == 1


@SIZES
async def test_an_error_in_one_column_leaves_the_other_alone(size: tuple[int, int]) -> None:
    bad = [refused(400, "invalid_request_error", "[/temperature] is too hot")]
    async with beside(bad, reply("fine here"), reply("now it goes"), size=size) as room:
        await room.say("which one?")
        await room.idle()
        await room.sees("[/temperature] is", "fine here", "Ask again f5")
        failed = next(view for view in room.views if not view.column.text)
        room.screen.choose(failed)
        await room.press("f5")
        await room.sees("now it goes")


async def test_answers_run_on_when_the_screen_is_left_and_are_there_on_coming_back() -> None:
    one, first = held("first half")
    async with beside(first, reply("second")) as room:
        await room.say("which one?")
        await room.sees("first half")
        await room.press("f6")
        await until(room.pilot, lambda: not room.views[1].column.busy)
        await room.press("escape")
        await room.becomes(EndpointListScreen)
        one.set()
        await room.press("a")
        await room.becomes(SideBySideScreen)
        await room.sees("first half and the rest", "second", "which one?")


@SIZES
@pytest.mark.parametrize("key", ["f4", "alt+k"])
async def test_a_kept_column_goes_on_as_a_chat_with_its_settings(size: tuple[int, int], key: str) -> None:
    async with beside(reply("cold"), reply("warm"), reply("more"), size=size) as room:
        await room.say("which one?")
        await room.idle()
        assert room.app.focused is room.app.screen.query_one(Prompt)
        await room.press("f6", key)
        await room.becomes(ChatScreen)
        await room.sees("warm", "temperature 0.9")
        await room.press(*"on", "enter")
        await until(room.pilot, lambda: len(room.made.api.bodies) == 3)
        body = room.made.api.bodies[-1]
        assert body["temperature"] == 0.9
        assert next(str(each["content"]) for each in body["messages"]) == "which one?"  # type: ignore[index,union-attr,call-overload]
        await until(room.pilot, lambda: "on" in seen(room.app))


async def test_a_column_with_another_model_asks_with_what_its_chat_goes_on() -> None:
    columns = (PLAIN, Variation("prod", "claude-sonnet-5-5"))
    async with beside(reply("one"), reply("two"), columns=columns) as room:
        await room.say("which one?")
        await room.idle()
        await room.press("f6", "f4")
        await room.becomes(ChoiceScreen)
        await room.sees("Make an endpoint with claude-sonnet-5-5", "Go on with claude-haiku-4-5")
        await room.press("down", "enter")
        await room.becomes(ChatScreen)
        await room.sees("two")


async def test_what_does_not_fit_is_a_tab_and_one_column_can_have_all_the_room() -> None:
    columns = (PLAIN, WARM, SHORT)
    async with beside(reply("one"), reply("two"), reply("three"), columns=columns, size=(80, 24)) as room:
        await room.sees("1 prod", "2 prod", "3 prod")
        assert [view.display for view in room.views] == [True, True, False]
        await room.say("which one?")
        await room.idle()
        await room.press("f6", "f6")
        await until(room.pilot, lambda: [view.display for view in room.views] == [False, True, True])
        await room.sees("three", "▸✓ 3 prod")
        await room.press("ctrl+f")
        await until(room.pilot, lambda: [view.display for view in room.views] == [False, False, True])
        await room.press("f6")
        await until(room.pilot, lambda: [view.display for view in room.views] == [True, False, False])


async def test_columns_scroll_together_until_a_key_parts_them() -> None:
    long = "\n\n".join(f"paragraph {number}" for number in range(60))
    async with beside(reply(long), reply(long), size=(80, 24)) as room:
        await room.say("which one?")
        await room.idle()
        bodies = [view.body for view in room.views]
        await until(room.pilot, lambda: all(body.max_scroll_y > 0 for body in bodies))
        await room.press("ctrl+end")
        await until(room.pilot, lambda: all(body.scroll_y == body.max_scroll_y for body in bodies))
        await room.press("ctrl+home")
        await until(room.pilot, lambda: all(body.scroll_y == 0 for body in bodies))
        await room.press("pagedown")
        await until(room.pilot, lambda: bodies[0].scroll_y == bodies[1].scroll_y > 0)
        await room.press("ctrl+s", "pagedown")
        await room.sees("scrolling apart")
        await until(room.pilot, lambda: bodies[0].scroll_y > bodies[1].scroll_y)
        before, other = bodies[0].scroll_y, bodies[1].scroll_y
        await room.pilot._post_mouse_events([events.MouseScrollDown], bodies[1])
        await until(room.pilot, lambda: bodies[1].scroll_y > other)
        assert bodies[0].scroll_y == before


@SIZES
async def test_columns_are_set_up_in_a_form_and_remembered(size: tuple[int, int]) -> None:
    async with beside(size=size) as room:
        await room.press("f3")
        await room.becomes(ColumnsScreen)
        form = room.app.screen
        await room.press("f5")
        await until(room.pilot, lambda: len(form.query(Select)) == 3)
        last = form.query("ColumnFields").last()
        last.query_one(Select).value = "other"
        await room.pilot.pause()
        last.query(Input)[1].value = "hot"
        await room.sees("column 3", "✗")
        await room.press("ctrl+s")
        assert room.app.screen is form
        last.query(Input)[1].value = ""
        last.query(Input)[2].value = "77"
        await room.press("ctrl+s")
        await room.becomes(SideBySideScreen)
        await until(room.pilot, lambda: len(room.views) == 3)
        kept = await room.made.inference.comparisons._store.load()
        assert kept.columns == (PLAIN, WARM, Variation("other", settings=Settings(max_tokens=77)))
        await room.press("f3")
        await room.becomes(ColumnsScreen)
        await room.press("tab", "f6", "ctrl+s")
        await until(room.pilot, lambda: len(room.views) == 2)


@SIZES
async def test_a_chat_brings_its_last_prompt_and_its_settings(size: tuple[int, int]) -> None:
    made = bench(endpoint("other"), endpoint("prod"))
    made.api.scripts = [reply("said"), reply("one"), reply("two")]
    app = made.app("prod")
    async with app.run_test(size=size, notifications=True) as pilot:
        room = Room(made, app, pilot)
        await room.becomes(ChatScreen)
        chat = app.screen
        assert isinstance(chat, ChatScreen)
        await until(pilot, lambda: not chat.has_class("-opening"))
        await chat.chat.configure(Settings("be kind", temperature=0.5))
        chat.prompt.insert("the prompt of the chat")
        await pilot.press("enter")
        await room.sees("said")
        await until(pilot, lambda: not chat.chat.busy)
        await pilot.press("ctrl+backslash")
        await room.becomes(SideBySideScreen)
        await until(pilot, lambda: room.screen.prompt.text == "the prompt of the chat")
        await until(pilot, lambda: room.screen.chosen is not None)
        await pilot.press("enter")
        await room.sees("one", "two")
        assert [body["system"] for body in made.api.bodies] == ["be kind"] * 3
        assert made.api.bodies[1]["temperature"] == 0.5
        await room.press("escape")
        await room.becomes(ChatScreen)
