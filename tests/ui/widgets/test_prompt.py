"""What is typed is what is sent, however fast it comes."""

from __future__ import annotations

from textual import events
from textual.app import App, ComposeResult

from tests.ui.bench import until
from tui_app.ui.widgets.prompt import Prompt


class PromptApp(App[None]):
    """A prompt alone, which remembers what it handed in."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []

    def compose(self) -> ComposeResult:
        yield Prompt()

    def on_prompt_submitted(self, event: Prompt.Submitted) -> None:
        self.sent.append(event.text)

    def burst(self, text: str) -> None:
        """Send keys without waiting in between, as a terminal does after a slow line."""
        for character in text:
            key = {"\r": "enter", "\n": "ctrl+j"}.get(character, character)
            self.post_message(events.Key(key, character))


async def test_a_burst_of_keys_loses_nothing_around_enter() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        app.burst("one and two\rthree\rfo")
        await until(pilot, lambda: app.query_one(Prompt).text == "fo")
        assert app.sent == ["one and two", "three"]


async def test_another_key_makes_a_line() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        app.burst("a\nb\r")
        await until(pilot, lambda: bool(app.sent))
        assert app.sent == ["a\nb"]


async def test_nothing_is_sent_of_nothing() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        app.burst(" \rx")
        await until(pilot, lambda: app.query_one(Prompt).text == " x")
        assert app.sent == []
