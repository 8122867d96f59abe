"""The list of conversations: go on with one, rename it, delete it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from tests.ui.bench import Bench, bench, endpoint, seen, until
from tui_app.core.conversation import Answer, Block, ConversationEntry, Outcome, Settings, Turn
from tui_app.core.findings import Hit
from tui_app.ui.app import InfertermApp
from tui_app.ui.screens.chat import ChatScreen
from tui_app.ui.screens.conversations import ConversationsScreen
from tui_app.ui.widgets.conversation_lines import title_of
from tui_app.ui.widgets.turn import TurnView

Shown: TypeAlias = tuple[Bench, InfertermApp, Pilot[Any]]
SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])


async def told(made: Bench, title: str, inference_id: str, at: float) -> int:
    """Keep a conversation of one turn."""
    kept = await made.history.create(inference_id, title, Settings(), at)
    answer = Answer(Outcome.COMPLETE, (Block("text", f"answer to {title}"),), "m", "end_turn")
    await made.history.add_turn(kept.id, Turn(0, title, at, inference_id, "m", answer))
    return kept.id


async def three() -> Bench:
    """Two endpoints with three conversations."""
    made = bench(endpoint("prod"), endpoint("test"))
    await told(made, "About [/v1/trees]", "prod", 1.0)
    await told(made, "About rivers", "test", 2.0)
    await told(made, "About hills", "prod", 3.0)
    return made


@asynccontextmanager
async def listed(size: tuple[int, int] = (100, 30)) -> AsyncGenerator[Shown, None]:
    """The list of the three."""
    made = await three()
    app = made.app()
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.press("o")
        await until(pilot, lambda: "About hills" in seen(app))
        yield made, app, pilot


@asynccontextmanager
async def listed_over_a_chat() -> AsyncGenerator[Shown, None]:
    """The list of one, opened from its chat."""
    made = bench(endpoint("prod"))
    await told(made, "About hills", "prod", 3.0)
    app = made.app("prod")
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "answer to About hills" in seen(app))
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, ConversationsScreen) and "hills" in seen(app))
        yield made, app, pilot


@SIZES
async def test_the_latest_comes_first_and_enter_goes_on_with_it(size: tuple[int, int]) -> None:
    app = (await three()).app()
    async with app.run_test(size=size) as pilot:
        await pilot.press("o")
        await until(pilot, lambda: "About rivers" in seen(app))
        assert seen(app).index("hills") < seen(app).index("rivers") < seen(app).index("[/v1/trees]")
        await pilot.press("down", "enter")
        await until(pilot, lambda: "answer to About rivers" in seen(app))
        assert isinstance(app.screen, ChatScreen)
        assert app.screen.inference_id == "test"


async def test_a_chat_goes_over_to_the_conversation_that_is_chosen() -> None:
    app = (await three()).app("prod")
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "answer to About hills" in seen(app))
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, ConversationsScreen) and "rivers" in seen(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "answer to About rivers" in seen(app))
        await until(pilot, lambda: seen(app).lstrip().startswith("test"))


async def test_typing_after_slash_filters_by_title_and_endpoint() -> None:
    app = (await three()).app()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("o")
        await until(pilot, lambda: "About rivers" in seen(app))
        await pilot.press("slash", *"prod")
        await until(pilot, lambda: "rivers" not in seen(app))
        assert "2 of 3" in seen(app)
        await pilot.press(*"zzz")
        await until(pilot, lambda: "Nothing matches." in seen(app))
        await pilot.press("escape")
        await until(pilot, lambda: "About rivers" in seen(app))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, ConversationsScreen))


async def test_a_conversation_gets_another_title() -> None:
    async with listed() as (made, app, pilot):
        await pilot.press("r")
        await until(pilot, lambda: "Another title" in seen(app))
        await pilot.press("end", *" high", "enter")
        await until(pilot, lambda: "About hills high" in seen(app))
        assert any(entry.title == "About hills high" for entry in await made.history.entries())


async def test_what_is_deleted_can_be_brought_back() -> None:
    async with listed() as (made, app, pilot):
        await pilot.press("d")
        await until(pilot, lambda: len(made.history.conversations) == 2 and "brings it back" in seen(app))
        await until(pilot, lambda: "▸ About rivers" in seen(app))
        await pilot.press("u")
        await until(pilot, lambda: len(made.history.conversations) == 3)
        await until(pilot, lambda: "▸ About hills" in seen(app))


async def test_a_pinned_conversation_stands_first() -> None:
    async with listed() as (_, app, pilot):
        await pilot.press("end", "p")
        await until(pilot, lambda: "★ About [/v1/trees]" in seen(app))
        assert seen(app).index("trees") < seen(app).index("hills")


@SIZES
async def test_words_of_answers_are_found_and_opened_where_they_stand(size: tuple[int, int]) -> None:
    made = await three()
    kept = await made.history.create("prod", "Long talk", Settings(), 4.0)
    for number in range(20):
        words = f"answer {number}\n\n" + "more\n\n" * 9
        answer = Answer(Outcome.COMPLETE, (Block("text", words),), "m", "end_turn")
        prompt = "where is the needle?" if number == 7 else f"prompt {number}"
        await made.history.add_turn(kept.id, Turn(0, prompt, 4.0, "prod", "m", answer))
    app = made.app("test")
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "answer to About rivers" in seen(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "any words of prompts" in seen(app))
        await pilot.press(*"needle")
        await until(pilot, lambda: "where is the needle" in seen(app))
        assert "1 of 4 · 1 turn" in seen(app)
        await pilot.press("enter", "enter")
        await until(pilot, lambda: "answer 7" in seen(app))
        assert "answer 19" not in seen(app)


async def test_enter_waits_for_what_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    made, found = await three(), asyncio.Event()
    search = made.history.search

    async def searched(text: str, limit: int = 100) -> Sequence[Hit]:
        if text:
            await found.wait()
        return await search(text, limit)

    monkeypatch.setattr(made.history, "search", searched)
    app = made.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("o")
        await until(pilot, lambda: "▸ About hills" in seen(app))
        await pilot.press("slash", *"rivers", "enter", "enter")
        assert isinstance(app.screen, ConversationsScreen)
        found.set()
        await until(pilot, lambda: "answer to About rivers" in seen(app))


async def test_words_of_a_folded_paste_are_found_marked_and_seen_whole() -> None:
    made = await three()
    kept = await made.history.create("prod", "Long talk", Settings(), 4.0)
    paste = "".join(f"hay {number}\n" for number in range(300)) + "a needle\n"
    turn = Turn(0, f"what is {paste}", 4.0, "prod", "m", folds=((8, 8 + len(paste)),))
    answer = Answer(Outcome.COMPLETE, (Block("text", "a lot of hay\n\n" * 50),), "m", "end_turn")
    await made.history.add_turn(kept.id, replace(turn, answer=answer))
    app = made.app("test")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "answer to About rivers" in seen(app))
        await pilot.press("ctrl+s", *"hay a needle")
        await until(pilot, lambda: "1 of 4 · 1 turn" in seen(app))
        await pilot.press("enter", "enter")
        await until(pilot, lambda: "[pasted 301 lines, 2.3 kB]" in seen(app))
        view = app.screen.query_one(TurnView)
        strips = [view.render_line(y) for y in range(view.size.height)]
        marked = [each.text for strip in strips for each in strip if each.style and each.style.underline]
        assert "[pasted 301 lines, 2.3 kB]" in marked
        await pilot.press("o")
        await until(pilot, lambda: "▸ a needle" in seen(app))


@SIZES
async def test_the_heads_of_columns_stand_over_them_also_after_a_search(size: tuple[int, int]) -> None:
    made = await three()
    for number in range(40):
        await told(made, f"About hill {number}", "prod", 4.0 + number)
    app = made.app()

    def stands_over() -> bool:
        rows = seen(app).split("\n")
        head = next((row for row in rows if "last used" in row), "")
        row = next((row for row in rows if "prod  " in row), "")
        return bool(row) and head.find("Endpoint") == row.find("prod  ")

    async with app.run_test(size=size) as pilot:
        await pilot.press("o")
        await until(pilot, stands_over)
        await pilot.press("slash", *"hill 3")
        await until(pilot, lambda: "13 of 43" in seen(app))
        assert stands_over()
        await pilot.press("escape")
        await until(pilot, lambda: "About hill 39" in seen(app) and "13 of 43" not in seen(app))
        assert stands_over()


async def test_a_chat_whose_conversation_is_deleted_begins_anew() -> None:
    async with listed_over_a_chat() as (_, app, pilot):
        await pilot.press("delete")
        await until(pilot, lambda: "Nothing was said yet" in seen(app))
        await pilot.press("escape")
        await until(pilot, lambda: "A new conversation" in seen(app))


def test_nothing_is_called_nothing() -> None:
    assert title_of(ConversationEntry(1, "prod", "", 0, 1.0)) == "(a prompt that was not sent)"


async def test_a_conversation_is_exported_and_imported_again(tmp_path: Path) -> None:
    path = tmp_path / "talk.json"
    async with listed() as (made, app, pilot):
        await pilot.press("x")
        await until(pilot, lambda: "Export as" in seen(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "Save to which file?" in seen(app))
        app.screen.query_one(Input).value = str(path)
        await pilot.press("enter")
        await until(pilot, lambda: "Saved to" in seen(app))
        await until(pilot, lambda: isinstance(app.screen, ConversationsScreen))
        await pilot.press("i")
        await until(pilot, lambda: "Import which file?" in seen(app))
        app.screen.query_one(Input).value = str(path)
        await pilot.press("enter")
        await until(pilot, lambda: "Kept 1 conversation." in seen(app))
        titles = [entry.title for entry in await made.history.entries()]
        assert titles.count("About hills") == 2


async def test_what_was_deleted_can_be_brought_back_after_the_list_was_left() -> None:
    async with listed((120, 40)) as (_, app, pilot):
        await pilot.press("d")
        await until(pilot, lambda: "▸ About rivers" in seen(app))
        await pilot.press("d")
        await until(pilot, lambda: "▸ About [/v1/trees]" in seen(app))
        await pilot.press("escape", "o")
        await until(pilot, lambda: "▸ About [/v1/trees]" in seen(app) and "u undo" in seen(app))
        await pilot.press("u")
        await until(pilot, lambda: "▸ About rivers" in seen(app))
        await pilot.press("u")
        await until(pilot, lambda: "▸ About hills" in seen(app))
        await until(pilot, lambda: "u undo" not in seen(app))


async def test_the_cursor_stays_with_the_conversation_that_is_pinned() -> None:
    async with listed() as (_, app, pilot):
        await pilot.press("end", "p")
        await until(pilot, lambda: "▸ ★ About [/v1/trees]" in seen(app))
        await pilot.press("p")
        await until(pilot, lambda: "★" not in seen(app))
        assert "▸ About [/v1/trees]" in seen(app)


async def test_a_chat_that_was_deleted_and_brought_back_is_gone_on_with() -> None:
    async with listed_over_a_chat() as (made, app, pilot):
        await pilot.press("d")
        await until(pilot, lambda: "Nothing was said yet" in seen(app))
        await pilot.press("u")
        await until(pilot, lambda: "▸ About hills" in seen(app))
        await pilot.press("escape")
        await until(pilot, lambda: "answer to About hills" in seen(app))
        screen = app.screen
        assert isinstance(screen, ChatScreen)
        assert screen.chat is await made.inference.chats.open(screen.chat.conversation.id)


@SIZES
@pytest.mark.parametrize("opened", ["test", None])
async def test_a_hit_deep_in_a_long_answer_is_in_sight_when_it_is_opened(
    size: tuple[int, int], opened: str | None
) -> None:
    made = await three()
    kept = await made.history.create("prod", "Long talk", Settings(), 4.0)
    for number in range(3):
        lines = [f"line {line} of {number}" for line in range(300)]
        lines[200] = "here is the Needle" if number == 1 else "nothing"
        answer = Answer(Outcome.COMPLETE, (Block("text", "\n\n".join(lines)),), "m", "end_turn")
        await made.history.add_turn(kept.id, Turn(0, f"prompt {number}", 4.0, "prod", "m", answer))
    app = made.app(opened)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: ("answer to About rivers" if opened else "enter chat") in seen(app))
        await pilot.press("ctrl+o" if opened else "o")
        await until(pilot, lambda: "▸ Long talk" in seen(app))
        await pilot.press("slash", *"needle")
        await until(pilot, lambda: "1 of 4 · 1 turn" in seen(app))
        await pilot.press("enter", "enter")
        await until(pilot, lambda: "here is the Needle" in seen(app) and "line 199 of 1" in seen(app))


async def test_enter_typed_right_behind_a_search_opens_what_is_found_and_not_what_stood_there() -> None:
    async with listed() as (_, app, pilot):
        for key, letter in (("slash", "/"), *((each, each) for each in "rivers"), *(("enter", "\r"),) * 2):
            app.post_message(events.Key(key, letter))
        await until(pilot, lambda: isinstance(app.screen, ChatScreen))
        await until(pilot, lambda: "answer to About rivers" in seen(app))
