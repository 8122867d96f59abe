"""The palette offers what is possible, whatever has the keys."""

from __future__ import annotations

import pytest

from tests.fakes_service import reply
from tests.ui.bench import Bench, bench, endpoint, seen, until
from tui_app.ui.app import InfertermApp
from tui_app.ui.command import Command
from tui_app.ui.commands import BY_ID, COMMANDS
from tui_app.ui.screens.choice import ChoiceScreen
from tui_app.ui.screens.quota import QuotaScreen
from tui_app.ui.screens.server import ServerScreen
from tui_app.ui.screens.side_by_side import SideBySideScreen
from tui_app.ui.widgets.prompt import Prompt
from tui_app.ui.widgets.turn import TurnView

EVERYWHERE = [each for each in COMMANDS if each.place == "app" and each.id != "app.command_palette"]


def offered(app: InfertermApp) -> list[str]:
    """The titles that the palette offers where the person is."""
    return [each.title for each in app.get_system_commands(app.screen)]


def answering(made: Bench) -> Bench:
    """The bench with answers for a chat."""
    made.api.scripts = [reply("One"), reply("Two")]
    return made


async def test_a_letter_that_is_typed_in_a_filter_keeps_no_command_from_being_offered() -> None:
    app = bench(endpoint("first"), endpoint("other", "claude-sonnet-5-5")).app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "other" in seen(app))
        before = {*offered(app)}
        await pilot.press("slash", "o", "t")
        await until(pilot, lambda: "first" not in seen(app))
        assert {*offered(app)} == before


@pytest.mark.parametrize("command", EVERYWHERE, ids=lambda each: each.id)
async def test_what_works_everywhere_is_offered_in_a_chat_though_the_prompt_has_its_key(
    command: Command,
) -> None:
    app = bench(endpoint("one")).app("one")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, Prompt))
        assert command.title.capitalize() in offered(app)


async def test_the_server_has_a_key_while_a_prompt_is_typed() -> None:
    app = bench(endpoint("one")).app("one")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, Prompt))
        await pilot.press("alt+e")
        await until(pilot, lambda: isinstance(app.screen, ServerScreen))


async def test_a_turn_offers_its_own_commands_and_those_of_the_prompt_and_of_the_chat() -> None:
    app = answering(bench(endpoint("one"))).app("one")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, Prompt))
        await pilot.press("h", "i", "enter")
        await until(pilot, lambda: "Last turn: fork" in offered(app))
        assert "Last turn: thinking" in offered(app)
        assert "Last turn: earlier version" not in offered(app)
        await pilot.press("ctrl+up")
        await until(pilot, lambda: isinstance(app.focused, TurnView))
        assert {"Fork", "Editor", "Attach", "Back", "New chat"} <= {*offered(app)}
        assert not any(title.startswith("Last turn") for title in offered(app))


async def test_a_dialogue_offers_its_own_commands_and_all_that_works_everywhere() -> None:
    app = bench(endpoint("one"), endpoint("two")).app()
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "two" in seen(app))
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, SideBySideScreen))
        await pilot.press("f3")
        await until(pilot, lambda: "Add a column f5" in seen(app))
        assert {"Save", "Add a column", "Leave", *(each.title.capitalize() for each in EVERYWHERE)} <= {
            *offered(app)
        }
        assert BY_ID["columns.remove"].title.capitalize() not in offered(app), "there have to be two"
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "Search for commands" in seen(app))
        await pilot.press(*"add a col", "enter")
        await until(pilot, lambda: "Column 3" in seen(app))


@pytest.mark.parametrize(("key", "screen"), [("f11", QuotaScreen), ("ctrl+e", ServerScreen)])
async def test_what_works_everywhere_has_its_keys_in_a_question(key: str, screen: type[object]) -> None:
    app = bench(endpoint("one")).app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "one" in seen(app))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, ChoiceScreen))
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, screen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ChoiceScreen))


async def test_a_key_that_edits_in_a_field_of_a_dialogue_stays_that() -> None:
    app = bench(endpoint("one")).app("one")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, Prompt))
        await pilot.press("f3")
        await until(pilot, lambda: "System prompt" in seen(app))
        dialogue = app.screen
        await pilot.press("h", "i", "home", "ctrl+e", "x")
        await until(pilot, lambda: "hix" in seen(app))
        assert app.screen is dialogue


async def test_a_keymap_moves_the_keys_of_dialogues_and_of_what_works_in_them() -> None:
    app = bench(endpoint("one")).app(keymap={"dialogue.leave": "f4", "app.quota": "f20"})
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "one" in seen(app))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, ChoiceScreen))
        await pilot.press("f20")
        await until(pilot, lambda: isinstance(app.screen, QuotaScreen))
        await pilot.press("escape", "f4")
        await until(pilot, lambda: not isinstance(app.screen, ChoiceScreen | QuotaScreen))
