"""What is typed before a screen has come is meant for that screen, in the order in which it was typed."""

from __future__ import annotations

import asyncio

import pytest
from textual import events
from textual.widgets import Input

from tests.fakes_service import reply
from tests.ui.bench import Bench, bench, endpoint, seen, until
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import KeyTrouble, StoreFailed
from tui_app.ui import typing_ahead
from tui_app.ui.app import InfertermApp
from tui_app.ui.screens.chat import ChatScreen
from tui_app.ui.screens.choice import ChoiceScreen
from tui_app.ui.screens.endpoint_form import EndpointFormScreen
from tui_app.ui.screens.endpoint_list import EndpointListScreen
from tui_app.ui.screens.line import LineScreen
from tui_app.ui.screens.quota import QuotaScreen
from tui_app.ui.screens.waiting import WaitingScreen

SIZE = (100, 30)
_NAMES = {" ": "space", "/": "slash", "-": "minus"}


def burst(app: InfertermApp, *typed: str | events.Paste) -> None:
    """Type all of it at once: keys by their names in angle brackets, texts letter by letter."""
    for each in typed:
        if isinstance(each, events.Paste):
            app.post_message(each)
        elif each.startswith("<"):
            app.post_message(events.Key(each[1:-1], None))
        else:
            for letter in each:
                name = f"upper_{letter.lower()}" if letter.isupper() else _NAMES.get(letter, letter)
                app.post_message(events.Key(name, letter))


def slow(made: Bench) -> tuple[asyncio.Event, asyncio.Event]:
    """Let no endpoint be made before the second event is set; the first says that one is to be."""
    begun, go_on, create = asyncio.Event(), asyncio.Event(), made.store.create

    async def wait(endpoint: Endpoint) -> None:
        begun.set()
        await go_on.wait()
        await create(endpoint)

    made.store.create = wait  # type: ignore[method-assign]
    return begun, go_on


def prompt_of(app: InfertermApp) -> str | None:
    """What stands in the prompt of the chat that is shown."""
    return app.screen.prompt.text if isinstance(app.screen, ChatScreen) else None


def fields_of(app: InfertermApp) -> set[str]:
    """What stands in the fields of the screen that is shown."""
    return {field.value for field in app.screen.query(Input)}


async def test_a_prompt_typed_right_after_the_sandboxs_key_stands_in_its_chat() -> None:
    app = bench().app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "Try the sandbox" in seen(app))
        burst(app, "s", "Hello there friend")
        await until(pilot, lambda: prompt_of(app) == "Hello there friend")


async def test_a_paste_waits_for_its_prompt_too() -> None:
    app = bench().app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "Try the sandbox" in seen(app))
        burst(app, "s", events.Paste("delete nothing"), "!")
        await until(pilot, lambda: prompt_of(app) == "delete nothing!")


async def test_a_prompt_typed_right_after_enter_deletes_nothing_and_is_sent() -> None:
    made = bench(endpoint("one"))
    made.api.scripts = [reply("Eaten.")]
    app = made.app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "5 of 5 left" in seen(app))
        burst(app, "<enter>", "do eat", "<enter>", "next")
        await until(pilot, lambda: "Eaten." in seen(app) and prompt_of(app) == "next")
        assert isinstance(app.screen, ChatScreen)
        assert app.screen.chat.conversation.turns[0].prompt == "do eat"
        assert "one" in made.store.entries


async def test_letters_typed_right_after_new_stand_in_the_forms_fields() -> None:
    app = bench(endpoint("one")).app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "5 of 5 left" in seen(app))
        burst(app, "n", "claude-x", "<tab>", "sk-ant-secret", "<tab>", "dev-box")
        await until(pilot, lambda: {"claude-x", "sk-ant-secret", "dev-box"} <= fields_of(app))


async def test_letters_typed_right_after_the_filters_key_filter() -> None:
    app = bench(endpoint("one"), endpoint("code"), endpoint("two")).app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "5 of 5 left" in seen(app))
        burst(app, "/", "xcode", *["<left>"] * 4, "<backspace>", "<enter>", "<enter>", "d")
        await until(pilot, lambda: prompt_of(app) == "d")
        assert isinstance(app.screen, ChatScreen)
        assert app.screen.inference_id == "code"


async def test_a_letter_after_a_deletion_in_a_field_is_not_what_is_deleted() -> None:
    app = bench(endpoint("one")).app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "5 of 5 left" in seen(app))
        burst(app, "/", "abc", "<backspace>", "<backspace>", "x")
        await until(pilot, lambda: app.screen.query_one("#filter", Input).value == "ax")


async def test_a_key_typed_ahead_of_its_dialogue_is_no_command_between_two_dialogues() -> None:
    app = bench(endpoint("one")).app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "5 of 5 left" in seen(app))
        burst(app, "k", "<enter>", "sk-ant-dnx")
        await until(pilot, lambda: isinstance(app.screen, LineScreen) and "sk-ant-dnx" in fields_of(app))


async def test_keys_of_the_whole_app_go_to_the_screen_that_they_open() -> None:
    app = bench(endpoint("one")).app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "5 of 5 left" in seen(app))
        burst(app, "<f11>", "w", "12")
        await until(pilot, lambda: isinstance(app.screen, QuotaScreen) and "12" in fields_of(app))


async def test_keys_typed_behind_a_command_that_fails_go_to_where_the_person_is() -> None:
    made = bench(endpoint("one"))
    app = made.app()

    async def fail(endpoint: Endpoint) -> None:
        raise StoreFailed("the disk is full", "Free some room.")

    made.store.create = fail  # type: ignore[method-assign]
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: "5 of 5 left" in seen(app))
        burst(app, "s", "n", "claude-x")
        await until(
            pilot, lambda: isinstance(app.screen, EndpointFormScreen) and "claude-x" in fields_of(app)
        )
        assert "the disk is full" in seen(app)


async def test_keys_wait_for_a_command_as_long_as_it_takes_to_open_its_screen() -> None:
    made = bench(endpoint("one"))
    (_, go_on), app = slow(made), made.app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "5 of 5 left" in seen(app))
        burst(app, "s", "doe")
        await until(pilot, lambda: len(app._typed) == 3)
        await pilot.pause()
        assert isinstance(app.screen, EndpointListScreen)
        go_on.set()
        await until(pilot, lambda: prompt_of(app) == "doe")


async def test_keys_that_waited_too_long_are_dropped_and_told_and_the_next_work_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(typing_ahead, "PATIENCE", 0)
    made = bench(endpoint("one"))
    (_, go_on), app = slow(made), made.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: "5 of 5 left" in seen(app))
        burst(app, "s", "do")
        await until(pilot, lambda: "Dropped 2 keys" in seen(app))
        assert isinstance(app.screen, EndpointListScreen)
        burst(app, "d")
        await until(pilot, lambda: isinstance(app.screen, ChoiceScreen))
        go_on.set()
        await until(pilot, lambda: isinstance(app.screen, ChatScreen))


async def test_esc_is_not_kept_behind_a_command_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typing_ahead, "PATIENCE", 10_000)
    monkeypatch.setattr(typing_ahead, "ESCAPE", 0)
    made = bench(endpoint("one"))
    (begun, _), app = slow(made), made.app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "5 of 5 left" in seen(app))
        burst(app, "/", "on", "<enter>", "s", "d", "<escape>")
        await until(pilot, begun.is_set)
        await until(pilot, lambda: not app._typed and not app.screen.query_one("#filter").display)
        assert isinstance(app.screen, EndpointListScreen)


async def test_quitting_waits_for_no_command() -> None:
    made = bench(endpoint("one"))
    slow(made)
    app = made.app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "5 of 5 left" in seen(app))
        burst(app, "s", "do", "<ctrl+q>")
        await until(pilot, lambda: app.return_code == 0)


async def test_what_is_typed_while_the_keyring_is_waited_for_is_meant_for_what_follows() -> None:
    made = bench(endpoint("one"), endpoint("two"))
    app = made.app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "5 of 5 left" in seen(app))
        made.keys.trouble = KeyTrouble.NO_ANSWER
        burst(app, "d", "<down>", "<enter>", "n", "doe")
        await until(pilot, lambda: isinstance(app.screen, WaitingScreen))
        made.keys.trouble = None
        made.keys.answer.set()
        await until(pilot, lambda: isinstance(app.screen, EndpointFormScreen) and "doe" in fields_of(app))
        assert list(made.store.entries) == ["two"]


async def test_esc_gives_up_waiting_for_the_keyring_at_once() -> None:
    made = bench(endpoint("one"))
    app = made.app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "5 of 5 left" in seen(app))
        made.keys.trouble = KeyTrouble.NO_ANSWER
        burst(app, "d", "<down>", "<enter>")
        await until(pilot, lambda: isinstance(app.screen, WaitingScreen))
        burst(app, "<escape>")
        await until(pilot, lambda: isinstance(app.screen, EndpointListScreen))
