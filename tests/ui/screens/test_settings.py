"""The settings screen: each choice is explained, kept, and holds at once."""

from __future__ import annotations

import pytest

from tests.ui.bench import Bench, bench, endpoint, seen, until
from tui_app.core.errors import StoreFailed
from tui_app.core.quota import Pacing
from tui_app.core.settings import SETTINGS
from tui_app.ui.app import InfertermApp
from tui_app.ui.screens.settings import SettingsScreen
from tui_app.ui.widgets.pick import Pick

NARROW, WIDE = (80, 24), (120, 40)


def made() -> Bench:
    return bench(endpoint("prod", limit=50), endpoint("two", limit=3))


def pick(app: InfertermApp, name: str) -> Pick:
    return app.screen.query_one(f"#setting-{name} Pick", Pick)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_both_pacings_are_explained_and_drawn_in_the_endpoints_own_numbers(
    size: tuple[int, int],
) -> None:
    app = made().app()
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "prod" in seen(app))
        await pilot.press("f10")
        await until(pilot, lambda: "examples: prod, 50 a minute" in seen(app))
        pick(app, "pacing").focus()
        await until(pilot, lambda: "1····1" in seen(app))
        assert "Any 50 within 60 s" in seen(app)
        assert "One each 1.2 s" in seen(app)
        assert "8·····" in seen(app)
        pick(app, "without_ledger").focus()
        await until(pilot, lambda: "for itself: 50 a minute here" in " ".join(seen(app).split()))


async def test_the_example_is_the_endpoint_at_hand() -> None:
    app = made().app("two")
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "two" in seen(app))
        await pilot.press("f10")
        await until(pilot, lambda: "examples: two, 3 a minute" in seen(app))
        assert "One each 20 s" in seen(app)
        await pilot.press("f10")
        await until(pilot, lambda: not isinstance(app.screen, SettingsScreen))


async def test_a_choice_is_kept_and_holds_at_once() -> None:
    parts = made()
    app = parts.app()
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "prod" in seen(app))
        await pilot.press("comma")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        pick(app, "pacing").focus()
        await pilot.press("right")
        await until(pilot, lambda: parts.settings.kept.pacing == "even")
        await until(pilot, lambda: "✓ Pacing: holds here now" in seen(app))
        assert parts.queue.pacing is Pacing.EVEN
        await pilot.press("escape")
        await until(pilot, lambda: "evenly" in seen(app) or not isinstance(app.screen, SettingsScreen))


async def test_what_cannot_be_kept_stays_as_it_was_and_says_why() -> None:
    parts = made()
    app = parts.app()
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "prod" in seen(app))
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        parts.settings.failure = StoreFailed("the disk [/v1] is full", "Make room.")
        pick(app, "pacing").focus()
        await pilot.press("right")
        await until(pilot, lambda: "✗ not kept, and nothing changed: the disk [/v1] is full" in seen(app))
        assert "Make room." in seen(app)
        assert pick(app, "pacing").value == "burst"
        assert parts.queue.pacing is Pacing.BURST
        before = app.theme
        pick(app, "theme").focus()
        await pilot.press("right")
        await until(pilot, lambda: pick(app, "theme").value == before)
        assert app.theme == before


async def test_a_broken_file_is_told_with_what_a_choice_does_until_it_is_mended() -> None:
    parts = made()
    parts.settings.failure = StoreFailed("settings.json:3: not JSON", "Until then no choice is kept.")
    app = parts.app()
    async with app.run_test(size=NARROW) as pilot:
        await until(pilot, lambda: "prod" in seen(app))
        await pilot.press("f10")
        await until(pilot, lambda: "! settings.json:3: not JSON" in seen(app))
        assert "Until then no choice is kept." in seen(app)


async def test_the_theme_can_be_chosen_here_and_elsewhere() -> None:
    parts = made()
    app = parts.app(theme="inferterm-dark")
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "prod" in seen(app))
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        await pilot.press("right")
        await until(pilot, lambda: app.theme == "inferterm-light")
        assert parts.settings.kept.theme == "inferterm-light"
        await pilot.press("f9")
        await until(pilot, lambda: pick(app, "theme").value == "inferterm-dark")
        app.theme = "nord"
        await until(pilot, lambda: "(●) nord" in seen(app))
        await until(pilot, lambda: parts.settings.kept.theme == "nord")
        await pilot.press("right")
        await until(pilot, lambda: app.theme == "inferterm-dark")


async def test_the_keyboard_alone_reaches_every_setting_and_file() -> None:
    app = made().app()
    async with app.run_test(size=NARROW) as pilot:
        await until(pilot, lambda: "prod" in seen(app))
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        await pilot.press(*["down"] * len(SETTINGS))
        await until(pilot, lambda: "settings.json" in seen(app))
        await until(pilot, lambda: "c copy" in seen(app))
        await pilot.press("c")
        await until(pilot, lambda: app.clipboard == "/home/you/.config/inferterm/settings.json")
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.clipboard == "/home/you/vault.json")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, SettingsScreen))


async def test_a_form_offers_first_what_was_chosen() -> None:
    parts = made()
    parts.settings.kept = parts.settings.kept.model_copy(update={"verify_on_save": False})
    app = parts.app()
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "prod" in seen(app))
        await pilot.press("e")
        await until(pilot, lambda: "(●) just save" in seen(app))


async def test_it_is_reached_from_a_chat_while_something_is_typed() -> None:
    app = made().app("prod")
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "prod" in seen(app))
        await pilot.press("a", "comma", "f10")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        await pilot.press("escape")
        await until(pilot, lambda: "a," in seen(app))
