"""F1 says something everywhere."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module

import pytest
from textual.screen import Screen

from tests.fakes_service import reply
from tests.ui.bench import bench, endpoint, seen, until
from tui_app.ui import screens
from tui_app.ui.screens.help import HelpScreen

PASSING = {"OpeningScreen", "TooSmallScreen", "HelpScreen", "ChoiceScreen"}
"""Screens that nobody can ask on, and questions, of which is said what holds for all."""


def classes() -> Iterator[type[Screen[object]]]:
    """Every screen of the app."""
    for module in pkgutil.iter_modules(screens.__path__):
        loaded = import_module(f"{screens.__name__}.{module.name}")
        for _, each in inspect.getmembers(loaded, inspect.isclass):
            if each.__module__ == loaded.__name__ and issubclass(each, Screen):
                yield each


@pytest.mark.parametrize("screen", [*classes()], ids=lambda each: each.__name__)
def test_every_screen_has_its_own_help(screen: type[Screen[object]]) -> None:
    assert screen.HELP or screen.__name__ in PASSING


@pytest.mark.parametrize(("size", "keys", "words"), [
    ((120, 40), [], "endpoint"),
    ((80, 24), ["f11"], "budget"),
    ((80, 24), ["ctrl+e"], "server"),
    ((120, 40), ["g"], "cluster"),
    ((80, 24), ["i"], "paste"),
    ((80, 24), ["x"], "key"),
    ((80, 24), ["f10"], "settings.json"),
    ((80, 24), ["n"], "form"),
    ((80, 24), ["d"], "A question"),
    ((80, 24), ["v"], "step by step"),
    ((80, 24), ["o", "i"], "A line to type"),
    ((80, 24), ["ctrl+p"], "Commands by name"),
    ((120, 40), ["a", "f3"], "^s Keep what stands in the fields."),
])  # fmt: skip
async def test_f1_tells_what_can_be_done_there(size: tuple[int, int], keys: list[str], words: str) -> None:
    made = bench(endpoint("prod"))
    made.api.scripts = [reply("OK")]
    app = made.app()
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "prod" in seen(app))
        for key in keys:
            before = app.screen
            await pilot.press(key)
            await until(pilot, lambda before=before: app.screen is not before)  # type: ignore[misc]
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await until(pilot, lambda: words in " ".join(seen(app).replace("│", " ").split()))
        assert "esc closes" in seen(app)
        await pilot.press("f1")
        await until(pilot, lambda: not isinstance(app.screen, HelpScreen))
