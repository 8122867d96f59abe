"""Copying says by which way it went, and what of that is certain."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import Input

from tests.fakes_service import reply
from tests.ui.bench import bench, endpoint, seen, until
from tui_app.ui.screens.line import LineScreen


async def test_one_of_several_code_blocks_can_be_copied() -> None:
    made = bench(endpoint("prod"))
    text = "Two:\n\n```python\nprint(1)\n```\n\n```sh\nls\npwd\n```\n"
    made.api.scripts = [reply(text)]
    app = made.app("prod")
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until(pilot, lambda: "A new conversation" in seen(app))
        await pilot.press(*"hi", "enter")
        await until(pilot, lambda: "req_test" in seen(app))
        await pilot.press("f8")
        await until(pilot, lambda: "Code 2: sh, 2 lines" in seen(app))
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: "7 characters sent" in seen(app))
        assert app.clipboard == "ls\npwd\n"
        await pilot.press("f8")
        await until(pilot, lambda: "The whole answer" in seen(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.clipboard == text)


async def test_where_nothing_is_sure_a_file_is_offered_and_written(tmp_path: Path) -> None:
    made = bench(endpoint("prod"))
    made.api.scripts = [reply("The answer.")]
    app = made.app("prod")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, lambda: "A new conversation" in seen(app))
        await pilot.press(*"hi", "enter")
        await until(pilot, lambda: "req_test" in seen(app))
        await pilot.press("f8")
        await until(pilot, lambda: app.clipboard == "The answer.")
        await until(pilot, lambda: any("^^ writes it to a file." in n.message for n in app._notifications))
        await pilot.press("ctrl+circumflex_accent")
        await until(pilot, lambda: isinstance(app.screen, LineScreen))
        app.screen.query_one(Input).value = str(tmp_path / "copy.txt")
        await pilot.press("enter")
        await until(pilot, (tmp_path / "copy.txt").exists)
        await until(pilot, lambda: any("Written to" in n.message for n in app._notifications))
    assert (tmp_path / "copy.txt").read_text() == "The answer."


async def test_what_is_cut_or_copied_in_a_field_says_its_way_too() -> None:
    app = bench(endpoint("prod")).app("prod")
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until(pilot, lambda: "A new conversation" in seen(app))
        await pilot.press(*"hello", "shift+home", "ctrl+c")
        await until(pilot, lambda: any("5 characters sent" in n.message for n in app._notifications))
        assert app.clipboard == "hello"
        await pilot.press("ctrl+x", "ctrl+v", "ctrl+v")
        await until(pilot, lambda: "hellohello" in seen(app))


async def test_a_key_that_is_masked_is_neither_copied_nor_offered_for_a_file() -> None:
    app = bench(endpoint("prod")).app()
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until(pilot, lambda: "prod" in seen(app))
        await pilot.press("k")
        await until(pilot, lambda: "Replace" in seen(app) or "Paste" in seen(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.focused, Input) and app.focused.password)
        await pilot.press(*"sk-secret", "shift+home", "ctrl+c")
        await until(pilot, lambda: any("not copied" in n.message for n in app._notifications))
        assert app.clipboard == ""
