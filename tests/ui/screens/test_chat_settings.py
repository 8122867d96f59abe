"""Settings of one chat: read like a form's, and returned only when they can be sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.widgets import Input, TextArea

import tui_app.ui
from tests.ui.bench import seen, until
from tui_app.core.conversation import Settings
from tui_app.core.endpoint import Endpoint
from tui_app.ui.screens.chat_settings import ChatSettingsScreen
from tui_app.ui.themes import DARK

UI = Path(tui_app.ui.__file__).parent
BODY: dict[str, Any] = {
    "service": "anthropic",
    "service_settings": {"model_id": "claude-haiku-4-5"},
    "task_settings": {"max_tokens": 100, "temperature": 0.5},
}
ENDPOINT = Endpoint.parse("prod", BODY)[0]


class Host(App[None]):
    """Shows the dialogue and remembers what it returned."""

    def __init__(self, settings: Settings = Settings(), focus: str = "system") -> None:
        super().__init__(css_path=[UI / "app.tcss", UI / "chat.tcss"])
        self.register_theme(DARK)
        self.theme = DARK.name
        self.dialogue = ChatSettingsScreen(ENDPOINT, settings, focus)
        self.returned: list[Settings | None] = []

    def on_mount(self) -> None:
        self.push_screen(self.dialogue, self.returned.append)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_what_the_endpoint_sends_is_said_where_nothing_is_typed(size: tuple[int, int]) -> None:
    app = Host()
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "0.5, the endpoint's" in seen(app))
        assert "none is sent" in seen(app)
        assert "1 and up tokens" in seen(app)
        assert "Save" in seen(app)


async def test_settings_are_returned_as_values() -> None:
    app = Host(Settings(top_k=3), "max_tokens")
    async with app.run_test() as pilot:
        app.dialogue.query_one("#system", TextArea).text = "Be brief."
        await pilot.press("9", "ctrl+s")
        await until(pilot, lambda: bool(app.returned))
    assert app.returned == [Settings("Be brief.", max_tokens=9, top_k=3)]


async def test_a_problem_stands_under_its_field_and_keeps_the_dialogue_open() -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.dialogue.query_one("#temperature", Input).value = "warm"
        app.dialogue.query_one("#max_tokens", Input).value = "0"
        await until(pilot, lambda: "✗ must be greater than 0" in seen(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.dialogue.query_one("#max_tokens").has_focus)
        assert app.returned == []


async def test_a_caution_does_not_hold_up() -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.dialogue.query_one("#top_p", Input).value = "0.9"
        await until(pilot, lambda: "! claude-haiku-4-5 takes temperature or top_p, not both" in seen(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: bool(app.returned))
    assert app.returned == [Settings(top_p=0.9)]


async def test_a_setting_can_be_left_out_and_esc_changes_nothing() -> None:
    app = Host(focus="without-temperature")
    async with app.run_test() as pilot:
        await pilot.press("space")
        await until(pilot, lambda: app.dialogue.query_one("#temperature").disabled)
        await until(pilot, lambda: "●" in seen(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: bool(app.returned))
    assert app.returned == [Settings(without=("temperature",))]
    app = Host(Settings(max_tokens=5))
    async with app.run_test() as pilot:
        await pilot.press("escape")
        await until(pilot, lambda: bool(app.returned))
    assert app.returned == [None]
