"""The text of an answer: drawn in pieces as in one, whatever comes, and selectable."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import App, ComposeResult
from textual.geometry import Offset
from textual.selection import Selection

from tests.ui.bench import seen, until
from tui_app.ui.themes import DARK, LIGHT
from tui_app.ui.widgets.answer_text import AnswerText

TEXT = "".join(f"## Part {n}\n\nWords of *part* {n}.\n\n- one\n- two\n\n" for n in range(60))


class TextApp(App[None]):
    """An answer's text alone."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name
        self.answer = AnswerText(text)
        self.answer.styles.height = "auto"

    def compose(self) -> ComposeResult:
        yield self.answer


async def grown(pieces: Sequence[str]) -> list[str]:
    """What stands there after a text came in pieces."""
    app = TextApp()
    async with app.run_test(size=(60, 30)) as pilot:
        for piece in pieces:
            await app.answer.add(piece)
        await pilot.pause()
        height = app.answer.size.height
        return [app.answer.render_line(y).text.rstrip() for y in range(height)]


async def test_a_text_that_grew_looks_like_one_that_was_whole() -> None:
    step = 37
    in_steps = await grown([TEXT[at : at + step] for at in range(0, len(TEXT), step)])
    at_once = await grown([TEXT])
    assert in_steps == at_once
    assert in_steps[-1] == " • two"


async def test_the_text_is_shown_as_it_came_but_for_what_terminals_obey() -> None:
    assert await grown(["one\x1b[31m", " two\u2028three\x85four"]) == ["one two three four"]


async def test_another_width_and_another_theme_draw_it_anew() -> None:
    app = TextApp("word " * 40)
    async with app.run_test(size=(60, 30)) as pilot:
        await until(pilot, lambda: app.answer.size.height == 4)
        await pilot.resize_terminal(30, 30)
        await until(pilot, lambda: app.answer.size.height == 7)
        app.theme = LIGHT.name
        await pilot.pause()
        assert seen(app).count("word") == 40


async def test_what_is_selected_is_what_is_seen() -> None:
    app = TextApp("**One** two\n\nthree")
    async with app.run_test(size=(60, 10)):
        chosen = app.answer.get_selection(Selection(Offset(4, 0), Offset(3, 2)))
        assert chosen == ("two\n\nthr", "\n")
        assert app.answer.get_selection(Selection(None, None)) == ("One two\n\nthree", "\n")
        app.screen.selections = {app.answer: Selection(Offset(4, 0), Offset(3, 2))}
        first = app.answer.render_line(0)
        assert first.text.rstrip() == "One two"
        backgrounds = [segment.style.bgcolor for segment in first.divide([3, 4, 7])[2] if segment.style]
        assert backgrounds == [app.screen.get_component_rich_style("screen--selection").bgcolor]
