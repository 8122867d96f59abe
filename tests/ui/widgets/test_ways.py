"""Answers carry a sign that says which is chosen, without any colour."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.content import Content

from tests.ui.bench import seen, until
from tui_app.ui.widgets.ways import Way, Ways


class Asking(App[None]):
    """Two answers, the first on two lines."""

    def compose(self) -> ComposeResult:
        yield Ways(Way(Content("one [b]\nwhich is first"), "1"), Way(Content("two"), "2"))


async def test_the_sign_goes_with_the_cursor_and_lines_stay_aligned() -> None:
    app = Asking()
    async with app.run_test(size=(40, 8)) as pilot:
        await until(pilot, lambda: "▸ one [b]" in seen(app))
        assert "  which is first" in seen(app)
        assert "  two" in seen(app)
        await pilot.press("down")
        await until(pilot, lambda: "▸ two" in seen(app))
        assert seen(app).count("▸") == 1


async def test_answers_can_be_replaced() -> None:
    app = Asking()
    async with app.run_test(size=(40, 8)) as pilot:
        ways = app.query_one(Ways)
        ways.set_options([Way(Content("three"), "3")])
        ways.highlighted = 0
        await until(pilot, lambda: "▸ three" in seen(app))
