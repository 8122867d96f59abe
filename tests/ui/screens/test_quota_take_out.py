"""What is taken out of the queue is not lost: a chat has its prompt again, a batch its row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from tests.fakes_service import reply
from tests.ui.bench import bench, endpoint, seen, until
from tests.ui.screens.test_batches import begun
from tests.ui.screens.test_quota import SIZES
from tests.ui.workshop import workshop
from tui_app.ui.app import InfertermApp
from tui_app.ui.screens.chat import ChatScreen
from tui_app.ui.screens.quota import QuotaScreen


async def take_out(pilot: Pilot[Any], app: InfertermApp) -> None:
    """Go to the quota screen and take the first who waits out of the queue."""
    await pilot.press("f11")
    await until(pilot, lambda: isinstance(app.screen, QuotaScreen) and "1 waits here" in seen(app))
    await pilot.press("tab")
    await until(pilot, lambda: isinstance(app.screen, QuotaScreen) and app.screen.queue.table.has_focus)
    await pilot.press("d")
    await until(pilot, lambda: "nobody waits" in seen(app))


async def wait_in_a_chat(pilot: Pilot[Any], app: InfertermApp) -> None:
    """Use the only slot there is, and let a second prompt wait."""
    await until(pilot, lambda: isinstance(app.screen, ChatScreen) and "1 of 1 left" in seen(app))
    await pilot.press(*"first", "enter")
    await until(pilot, lambda: "One." in seen(app))
    await pilot.press(*"second", "enter")
    await until(pilot, lambda: "waiting for the quota" in seen(app))


@SIZES
async def test_a_chat_has_its_prompt_again_and_can_send_it_anew(size: tuple[int, int]) -> None:
    made = bench(endpoint(limit=1))
    made.api.scripts = [reply("One.")]
    app = made.app("prod")
    async with app.run_test(size=size, notifications=True) as pilot:
        await wait_in_a_chat(pilot, app)
        await take_out(pilot, app)
        assert "Once you leave" in seen(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ChatScreen) and app.screen.prompt.text == "second")
        await until(
            pilot,
            lambda: not any(words in seen(app) for words in ("waiting for the quota", "1 request waits")),
        )
        await pilot.press("enter")
        await until(pilot, lambda: "waiting for the quota" in seen(app))


@SIZES
async def test_what_was_taken_out_by_mistake_is_put_back_in_its_place(size: tuple[int, int]) -> None:
    made = bench(endpoint(limit=1))
    made.api.scripts = [reply("One."), reply("Two.")]
    app = made.app("prod")
    async with app.run_test(size=size, notifications=True) as pilot:
        await wait_in_a_chat(pilot, app)
        await take_out(pilot, app)
        assert "b puts it back in its place" in seen(app)
        await pilot.press("b")
        await until(pilot, lambda: "1 waits here" in seen(app))
        assert isinstance(app.screen, QuotaScreen)
        app.screen.queue.table.focus()
        await pilot.press("d")
        await until(pilot, lambda: "nobody waits" in seen(app))
        await pilot.press("ctrl+p", *"put back")
        await until(pilot, lambda: "Put what was taken out" in seen(app))
        await pilot.press("enter")
        await until(pilot, lambda: "1 waits here" in seen(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ChatScreen) and "1 request waits" in seen(app))
        assert isinstance(app.screen, ChatScreen)
        assert app.screen.prompt.text == ""


async def test_a_batch_keeps_its_row_and_goes_on_when_it_is_let(tmp_path: Path) -> None:
    async with workshop(tmp_path, limit=1) as at:
        at.bench.api.scripts = [reply("yes"), reply("yes"), reply("yes")]
        await begun(at)
        await at.sees("1 of 3")
        await take_out(at.pilot, at.app)
        await at.press("escape")
        await at.sees("1 of 3", "held up: The request was taken out of the queue")
        await at.press("p")
        await until(at.pilot, lambda: "held up" not in seen(at.app))
        await at.press("f11")
        await at.sees("1 waits here")
