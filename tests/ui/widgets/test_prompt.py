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


async def test_a_prompt_grows_with_its_lines_up_to_eight() -> None:
    app = PromptApp()
    async with app.run_test(size=(40, 24)) as pilot:
        prompt = app.query_one(Prompt)
        prompt.put("one\ntwo\nthree")
        await until(pilot, lambda: prompt.size.height == 3)
        prompt.put("\n" * 19)
        await until(pilot, lambda: prompt.size.height == 8)
        prompt.put("")
        await until(pilot, lambda: prompt.size.height == 1)


async def test_keys_cost_no_layout_until_a_line_is_full() -> None:
    app = PromptApp()
    async with app.run_test(size=(40, 24)) as pilot:
        await pilot.pause()
        layouts = 0
        relayout = app.screen._refresh_layout

        def counted(*args: object, **kwargs: object) -> None:
            nonlocal layouts
            layouts += 1
            relayout(*args, **kwargs)  # type: ignore[arg-type]

        app.screen._refresh_layout = counted  # type: ignore[method-assign]
        app.burst("abcdefghij" * 3)
        await until(pilot, lambda: len(app.query_one(Prompt).text) == 30)
        await pilot.pause()
        assert layouts == 0
