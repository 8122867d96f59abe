"""What makes an endpoint elsewhere is seen, copied and saved."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.bench import Bench, bench, endpoint, seen, until
from tests.ui.screens.test_endpoint_form import fill, open_form
from tui_app.ui.app import InfertermApp
from tui_app.ui.screens.choice import ChoiceScreen
from tui_app.ui.screens.endpoint_form import EndpointFormScreen
from tui_app.ui.screens.endpoint_list import EndpointListScreen
from tui_app.ui.screens.export import ExportScreen
from tui_app.ui.screens.line import LineScreen

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])
WIDE = (120, 40)


async def open_export(pilot: Pilot[None]) -> ExportScreen:
    """Open it from the list."""
    await until(pilot, lambda: isinstance(pilot.app.screen, EndpointListScreen) and "quit" in seen(pilot.app))
    await pilot.press("x")
    await until(pilot, lambda: isinstance(pilot.app.screen, ExportScreen) and "PUT" in seen(pilot.app))
    screen = pilot.app.screen
    assert isinstance(screen, ExportScreen)
    return screen


def two() -> tuple[Bench, InfertermApp]:
    """A bench with two endpoints."""
    made = bench(endpoint("prod"), endpoint("test", model="[bold]odd"))
    return made, made.app()


@SIZES
async def test_each_client_has_its_text(size: tuple[int, int]) -> None:
    _, app = two()
    async with app.run_test(size=size) as pilot:
        await open_export(pilot)
        assert "PUT _inference/completion/prod" in seen(app)
        assert "<api_key>" in seen(app)
        for words in ("curl -X PUT", "client.inference.put(", "await client.inference.put({", '"service"'):
            await pilot.press("f")
            await until(pilot, lambda words=words: words in seen(app))  # type: ignore[misc]
        await pilot.press("f")
        await until(pilot, lambda: "PUT _inference/completion/prod" in seen(app))


async def test_the_key_is_a_placeholder_or_a_variable_and_all_go_together() -> None:
    made, app = two()
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_export(pilot)
        await pilot.press("k")
        await until(pilot, lambda: '"${ANTHROPIC_API_KEY}"' in seen(app))
        await pilot.press("tab", "tab", "right")
        await until(pilot, lambda: "[bold]odd" in seen(app))
        assert screen.text.count("PUT ") == 2
        assert made.keys.keys["prod"].get_secret_value() not in screen.text


async def test_the_text_is_copied_and_the_way_said() -> None:
    _, app = two()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        screen = await open_export(pilot)
        await pilot.press("c")
        await until(pilot, lambda: "sent to the terminal's clipboard" in " ".join(seen(app).split()))
        assert app.clipboard == screen.text


async def test_it_is_saved_to_a_file_and_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    _, app = two()
    file = tmp_path / "prod.txt"

    async def save(pilot: Pilot[None], path: Path) -> None:
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, LineScreen))
        app.screen.query_one("Input").value = str(path)  # type: ignore[attr-defined]
        await pilot.press("enter")

    async with app.run_test(size=WIDE, notifications=True) as pilot:
        screen = await open_export(pilot)
        await save(pilot, file)
        await until(pilot, file.is_file)
        await until(pilot, lambda: "Saved to" in seen(app))
        assert file.read_text("utf-8") == screen.text
        file.write_text("dear")
        await save(pilot, file)
        await until(pilot, lambda: isinstance(app.screen, ChoiceScreen))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is screen)
        assert file.read_text() == "dear"
        await save(pilot, file)
        await until(pilot, lambda: isinstance(app.screen, ChoiceScreen))
        await pilot.press("down", "enter")
        await until(pilot, lambda: file.read_text("utf-8") == screen.text)
        await save(pilot, tmp_path / "no" / "folder")
        await until(pilot, lambda: "cannot be written" in seen(app))


async def test_what_does_not_travel_is_said() -> None:
    app = bench(endpoint("prod", sandbox=True)).app()
    async with app.run_test(size=WIDE) as pilot:
        await open_export(pilot)
        await until(pilot, lambda: "! prod uses the built-in sandbox" in seen(app))


@SIZES
async def test_the_form_exports_what_stands_in_it(size: tuple[int, int]) -> None:
    app = bench(endpoint("prod")).app()
    async with app.run_test(size=size) as pilot:
        form = await open_form(pilot)
        await pilot.press("f7")
        await until(pilot, lambda: "✗ is required" in seen(app))
        assert isinstance(app.screen, EndpointFormScreen)
        await fill(pilot, form, model="claude-haiku-4-5", key="sk-secret-1", id="fresh")
        await pilot.press("f7")
        await until(pilot, lambda: "PUT _inference/completion/fresh" in seen(app))
        assert isinstance(app.screen, ExportScreen)
        assert "sk-secret-1" not in seen(app)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is form)
