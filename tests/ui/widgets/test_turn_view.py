"""The turns of a chat as one scrolls, resizes, selects and unfolds them."""

from __future__ import annotations

import re
from dataclasses import replace

from textual.app import App, ComposeResult
from textual.events import MouseScrollDown, MouseScrollUp
from textual.geometry import Offset
from textual.widgets import Button

from tests.fakes_service import refused, reply
from tests.ui.bench import Bench, seen, until
from tests.ui.screens.test_chat import Room, answering, chatting
from tui_app.core.conversation import Answer, Block, Conversation, Outcome, Settings, Turn
from tui_app.core.events import TextDelta
from tui_app.ui.themes import LIGHT
from tui_app.ui.widgets.turn import TurnView

LONG = "".join(f"Paragraph no. {n} has some words that need a line or two.\n\n" for n in range(700))


class ViewApp(App[None]):
    """The turns alone, not to be seen at first."""

    def __init__(self) -> None:
        super().__init__()
        self.view = TurnView()
        self.view.display = False

    def compose(self) -> ComposeResult:
        yield self.view


def talk(made: Bench, *answers: str | tuple[Block, ...]) -> None:
    """Keep a conversation with these answers."""
    blocks = [(Block("text", each),) if isinstance(each, str) else each for each in answers]
    turns = tuple(
        Turn(n, f"prompt {n}?", 1.0, "prod", "m", Answer(Outcome.COMPLETE, each, "m", "end_turn"))
        for n, each in enumerate(blocks, 1)
    )
    made.history.conversations[1] = Conversation(1, "prod", "talk", 1.0, 1.0, Settings(), turns=turns)


def row_of(room: Room, text: str) -> int:
    """On which row of the screen a text stands; -1 where it is not."""
    rows = seen(room.app).split("\n")
    return next((number for number, row in enumerate(rows) if text in row), -1)


async def click(room: Room, text: str, times: int = 1) -> None:
    """Click on a text."""
    row = row_of(room, text)
    column = seen(room.app).split("\n")[row].index(text)
    view = room.screen.transcript.view
    await room.pilot.click(view, offset=Offset(column, row) - view.region.offset, times=times)


async def drag(room: Room, start: str, end: str) -> None:
    """Draw the mouse from the begin of one text to the end of another."""
    rows = seen(room.app).split("\n")
    first, last = row_of(room, start), row_of(room, end)
    await room.pilot.mouse_down(offset=Offset(rows[first].index(start), first))
    under = Offset(rows[last].index(end) + len(end) - 1, last)
    await room.pilot.hover(offset=under)
    await room.pilot.mouse_up(offset=under)


async def test_what_is_selected_with_the_mouse_is_what_is_seen() -> None:
    made = answering()
    talk(made, "An **answer** here.\n\n- one\n- two", "The end of it.")
    async with chatting(made) as room:
        await room.sees("The end of it.")
        await drag(room, "answer here", "prompt 2")
        selected = room.screen.get_selected_text()
        assert selected == "answer here.\n\n • one\n • two\n\nm\n\nprompt 2"


async def test_a_selection_stays_when_what_is_selected_goes_out_of_sight() -> None:
    made = answering()
    talk(made, *(f"Answer no. {n}." for n in range(1, 40)))
    async with chatting(made) as room:
        await room.sees("Answer no. 39.")
        await drag(room, "Answer no. 37.", "Answer no. 38.")
        before = room.screen.get_selected_text()
        await room.press("ctrl+home")
        await room.sees("Answer no. 1.")
        assert (
            room.screen.get_selected_text() == before == "Answer no. 37.\n\nm\n\nprompt 38?\n\nAnswer no. 38."
        )


async def test_two_clicks_select_a_block_and_three_the_turn() -> None:
    made = answering()
    talk(made, "First.\n\nSecond.", "The end.")
    async with chatting(made) as room:
        await room.sees("The end.")
        await click(room, "Second.", times=2)
        await until(room.pilot, lambda: room.screen.get_selected_text() == "First.\n\nSecond.")
        await click(room, "Second.", times=3)
        whole = "\nprompt 1?\n\nFirst.\n\nSecond.\n\nm"
        await until(room.pilot, lambda: room.screen.get_selected_text() == whole)


async def test_what_is_folded_in_a_prompt_is_copied_as_the_text_that_was_pasted() -> None:
    made = answering()
    log = "".join(f"line {n} of it\n" for n in range(214))
    talk(made, "It is late.", "The end.")
    held = made.history.conversations[1]
    asked = replace(held.turns[0], prompt=f"Look: {log}\nWhy?", folds=((6, 6 + len(log)),))
    made.history.conversations[1] = replace(held, turns=(asked, held.turns[1]))
    async with chatting(made) as room:
        await room.sees("Look: [pasted 214 lines", "The end.")
        await click(room, "Look: [pasted", times=2)
        await until(room.pilot, lambda: (room.screen.get_selected_text() or "").strip() == asked.prompt)
        await drag(room, "Look: [", "It is")
        assert room.screen.get_selected_text() == f"{asked.prompt}\n\nIt is"
        await drag(room, "Look: [", "pasted 214")
        assert room.screen.get_selected_text() == "Look: [pasted 214"


async def test_a_long_prompt_is_copied_whole_and_without_the_breaks_of_its_lines() -> None:
    made = answering()
    rows = [f"{n}: {'many words ' * 20}end" for n in range(50)]
    talk(made, "The end.")
    held = made.history.conversations[1]
    asked = replace(held.turns[0], prompt="\n".join(rows))
    made.history.conversations[1] = replace(held, turns=(asked,))
    async with chatting(made) as room:
        await room.sees("… 10 lines more")
        await click(room, "lines more", times=2)
        await until(room.pilot, lambda: (room.screen.get_selected_text() or "").strip() == asked.prompt)


async def test_a_click_unfolds_thinking_and_its_title_stays_where_it_is() -> None:
    made = answering()
    thinking = Block("thinking", "Deep\nthoughts", {"type": "thinking", "thinking": "Deep\nthoughts"})
    talk(made, (thinking, Block("text", "Said.")), *(f"Answer no. {n}." for n in range(20)))
    async with chatting(made) as room:
        await room.press("ctrl+home")
        await room.sees("▸ Thinking")
        row = row_of(room, "▸ Thinking")
        await click(room, "▸ Thinking")
        await room.sees("▾ Thinking", "Deep", "thoughts")
        assert row_of(room, "▾ Thinking") == row
        await room.press("ctrl+end")
        await until(room.pilot, lambda: "▾ Thinking" not in seen(room.app))
        await room.press("ctrl+home")
        await room.sees("▾ Thinking", "thoughts")
        await click(room, "▾ Thinking")
        await until(room.pilot, lambda: "thoughts" not in seen(room.app))


async def test_a_chat_that_was_found_opens_where_the_words_stand_and_marks_them() -> None:
    made = answering()
    talk(made, "The begin.", LONG, "The end.")
    async with chatting(made) as room:
        await room.sees("The end.")
        await room.press("ctrl+s")
        await room.sees("any words")
        await room.press(*"NO. 345", "enter")
        await room.sees("1 of")
        await room.press("enter")
        await room.sees("Paragraph no. 345 has")
        view = room.screen.transcript.view
        strip = view.render_line(row_of(room, "Paragraph no. 345") - view.region.y)
        marked = [each.text for each in strip if each.style and each.style.bold]
        assert marked == ["no", "345"]
        await room.press("ctrl+home")
        await room.sees("The begin.")


async def test_what_was_found_is_in_sight_also_when_the_chat_opens_anew() -> None:
    made = answering()
    talk(made, "The begin.", LONG, "The end.")
    app = made.app("")
    async with app.run_test(size=(100, 36)) as pilot:
        await until(pilot, lambda: "prod" in seen(app))
        await pilot.press("o")
        await until(pilot, lambda: "talk" in seen(app))
        await pilot.press("ctrl+s", *"no. 345")
        await until(pilot, lambda: "1 of" in seen(app))
        await pilot.press("enter", "enter")
        await until(pilot, lambda: "Paragraph no. 345 has" in seen(app))


async def test_what_is_read_stays_in_sight_in_another_width() -> None:
    made = answering()
    talk(made, *("word " * 300 for _ in range(30)))
    async with chatting(made, (120, 30)) as room:
        await room.sees("prompt 30?")
        await room.press("ctrl+up", *["up"] * 14)
        await room.sees("prompt 16?")
        row = row_of(room, "prompt 16?")
        for width in (64, 90, 150):
            await room.pilot.resize_terminal(width, 30)
            await until(room.pilot, lambda: row_of(room, "prompt 16?") == row)


async def test_a_very_long_answer_is_there_wherever_one_looks() -> None:
    made = answering()
    talk(made, "The begin.", LONG, "The end.")
    async with chatting(made) as room:
        await room.sees("The end.", "Paragraph no. 699 ")
        await room.press("ctrl+home")
        await room.sees("The begin.", "Paragraph no. 3 ")
        view = room.screen.transcript.view
        view.scroll_to(y=view.max_scroll_y // 2, animate=False)
        await until(room.pilot, lambda: bool(re.search(r"Paragraph no\. 3[3-6]\d ", seen(room.app))))


async def test_another_theme_colours_what_is_drawn() -> None:
    made = answering()
    talk(made, "An answer.")
    async with chatting(made) as room:
        await room.sees("prompt 1?")
        view = room.screen.transcript.view

        def ground() -> object:
            strip = view.render_line(row_of(room, "prompt 1?") - view.region.y)
            return next(each.style.bgcolor for each in strip if each.style and "prompt" in each.text)

        before = ground()
        room.app.theme = LIGHT.name
        await until(room.pilot, lambda: ground() != before)


async def test_a_button_below_the_last_turn_is_shown_when_it_has_the_cursor() -> None:
    made = answering([refused(400, "invalid_request_error", "no")], reply("At last."))
    talk(made, *(f"Answer no. {n}." for n in range(20)))
    async with chatting(made) as room:
        await room.say("Go")
        await room.sees("Ask again")
        await room.press("ctrl+home")
        await until(room.pilot, lambda: "Ask again" not in seen(room.app).replace("ask again", ""))
        await room.press("shift+tab")
        await until(room.pilot, lambda: isinstance(room.app.focused, Button))
        await room.sees("Ask again")
        await room.press("enter")
        await room.sees("At last.")


async def test_what_comes_before_there_is_room_to_draw_it_is_drawn_once_there_is() -> None:
    turn = Turn(1, "Go", 1.0, "prod", "m")
    app = ViewApp()
    async with app.run_test(size=(60, 12)) as pilot:
        await app.view.show([], free=False, live=False, at=None)
        app.view.begin(turn)
        await app.view.grow([TextDelta(0, "Half of"), TextDelta(0, " it.")])
        app.view.display = True
        await until(pilot, lambda: "Half of it." in seen(app))


async def test_the_wheel_scrolls_also_over_what_stands_below_the_last_turn() -> None:
    made = answering([refused(400, "invalid_request_error", "no")])
    talk(made, *(f"Answer no. {n}." for n in range(20)))
    async with chatting(made) as room:
        await room.say("Go")
        await room.sees("Ask again")
        place = Offset(10, row_of(room, "Ask again"))
        await room.pilot._post_mouse_events([MouseScrollUp], offset=place)
        await room.sees("more below")
        for _ in range(3):
            await room.pilot._post_mouse_events([MouseScrollDown], offset=place - (0, 3))
        await until(room.pilot, lambda: "more below" not in seen(room.app))


async def test_a_click_on_the_versions_shows_the_next() -> None:
    async with chatting(answering(reply("First answer."), reply("Second answer."))) as room:
        await room.ask("Hello", "First answer.")
        await room.press("f5")
        await room.sees("Second answer.", "version 2 of 2")
        await room.idle()
        await click(room, "version 2 of 2")
        await room.sees("First answer.", "version 1 of 2")
