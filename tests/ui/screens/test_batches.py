"""Batches in the app: begun from a file, watched, paused, marked, compared and saved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.fakes_service import reply
from tests.ui.bench import NOW, Bench, bench, endpoint, seen, until
from tui_app.adapters.batch_schema import BATCH_MIGRATIONS
from tui_app.adapters.batch_store import BatchTable
from tui_app.adapters.database import Database
from tui_app.adapters.prompt_files import PromptFiles
from tui_app.adapters.prompt_versions import VersionTable
from tui_app.core.batches import Batches
from tui_app.core.prompts import Prompts
from tui_app.ui.app import InfertermApp
from tui_app.ui.screens.batch import BatchScreen
from tui_app.ui.screens.batch_row import BatchRowScreen
from tui_app.ui.screens.batches import BatchesScreen
from tui_app.ui.screens.chat import ChatScreen
from tui_app.ui.screens.prompts import PromptsScreen

SIZES = [(80, 24), (120, 40)]


@dataclass
class Workshop:
    """The app with what prompts are tested with, in a folder."""

    bench: Bench
    app: InfertermApp
    pilot: Pilot[None]
    prompts: Prompts
    batches: Batches
    folder: Path

    async def press(self, *keys: str) -> None:
        """Press keys, and let them have their effect."""
        for key in keys:
            await self.pilot.press(key)
            await self.pilot.pause()

    async def sees(self, *words: str) -> None:
        """Wait until all these words are on screen."""
        await until(self.pilot, lambda: all(word in seen(self.app) for word in words))

    async def at(self, kind: type[Any]) -> None:
        """Wait until a screen is shown."""
        await until(self.pilot, lambda: isinstance(self.app.screen, kind))

    async def type(self, text: str) -> None:
        """Put a text into the field that has the focus."""
        await until(self.pilot, lambda: isinstance(self.app.focused, Input))
        assert isinstance(self.app.focused, Input)
        self.app.focused.value = text
        await self.press("enter")


@asynccontextmanager
async def workshop(
    folder: Path, size: tuple[int, int] = (120, 40), limit: int = 50
) -> AsyncIterator[Workshop]:
    """The app on the list of one endpoint."""
    made = bench(endpoint(limit=limit))
    database = Database(folder / "batches.db", migrations=BATCH_MIGRATIONS)
    prompts = Prompts(PromptFiles(folder / "prompts"), VersionTable(database), lambda: NOW)
    batches = Batches(made.inference, BatchTable(database), lambda: NOW)
    app = InfertermApp(replace(made.equipment(), prompts=prompts, batches=batches, aclose=database.aclose))
    async with app.run_test(size=size) as pilot:
        yield Workshop(made, app, pilot, prompts, batches, folder)


async def begun(at: Workshop, rows: str = "prompt,contains\nOne,yes\nTwo,no\nThree,yes\n") -> None:
    """Begin a batch from a file by hand."""
    file = at.folder / "rows.csv"
    file.write_text(rows)
    await at.press("b")
    await at.at(BatchesScreen)
    await again(at)


async def again(at: Workshop) -> None:
    """Begin a batch of the same file."""
    await at.press("n")
    await at.type(str(at.folder / "rows.csv"))
    await at.sees("Ask which endpoint?")
    await at.press("enter")
    await at.sees("3 requests?")
    await at.press("enter")


@pytest.mark.parametrize("size", SIZES)
async def test_a_batch_is_begun_from_a_file_and_its_failures_stand_out(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with workshop(tmp_path, size) as at:
        at.bench.api.scripts = [reply("yes"), reply("yes"), reply("yes")]
        await begun(at)
        await at.sees("3 of 3", "1 fails a check", "done")
        await at.press("enter")
        await at.at(BatchScreen)
        await at.sees("✗ fails", "✓ passes", "Two")
        await at.press("f")
        await at.sees("1 rows")
        assert "One" not in seen(at.app)
        await at.press("enter")
        await at.at(BatchRowScreen)
        await at.sees("Prompt", "Answer", "contains no: not found")


async def test_what_it_will_do_is_said_before_it_starts(tmp_path: Path) -> None:
    async with workshop(tmp_path, limit=2) as at:
        (tmp_path / "rows.csv").write_text("prompt,__expected\nOne,llm-rubric:nice\nTwo,\nThree,\n")
        await at.press("b")
        await at.at(BatchesScreen)
        await at.press("n")
        await at.type(str(tmp_path / "rows.csv"))
        await at.sees("Ask which endpoint?")
        await at.press("enter")
        await at.sees("3 requests?", "At 2 a minute the last starts in", "Not supported in 1 row")
        await at.press("escape")
        await at.sees("No batch yet.")
        assert at.bench.api.sent == 0


async def test_a_batch_waits_for_the_limit_and_is_paused_and_goes_on(tmp_path: Path) -> None:
    async with workshop(tmp_path, limit=2) as at:
        at.bench.api.scripts = [reply("yes")] * 3
        await begun(at)
        await at.sees("2 of 3", "left")
        await at.press("p")
        await at.sees("2 of 3", "paused")
        assert not at.batches.running
        await at.press("p")
        await until(at.pilot, lambda: bool(at.batches.running))


async def test_rows_are_marked_sorted_filtered_and_saved(tmp_path: Path) -> None:
    async with workshop(tmp_path) as at:
        at.bench.api.scripts = [reply("yes")] * 3
        await begun(at)
        await at.sees("3 of 3")
        await at.press("enter", "down", "4")
        await at.sees("4★")
        await at.press("0")
        await until(at.pilot, lambda: "★" not in seen(at.app))
        await at.press("s")
        await at.sees("failures first")
        await at.press("slash")
        await at.type("three")
        await at.sees("1 rows")
        await at.press("escape")
        await at.sees("3 rows")
        await at.press("o")
        await at.type(str(tmp_path / "out.jsonl"))
        await until(at.pilot, (tmp_path / "out.jsonl").exists)
        await until(at.pilot, lambda: len((tmp_path / "out.jsonl").read_text().splitlines()) == 3)


async def test_a_run_is_compared_with_an_earlier_one(tmp_path: Path) -> None:
    async with workshop(tmp_path) as at:
        at.bench.api.scripts = [reply(each) for each in ("yes", "yes", "yes", "no", "yes", "yes")]
        await begun(at)
        await at.sees("3 of 3", "done")
        await again(at)
        await until(at.pilot, lambda: seen(at.app).count("3 of 3") == 2)
        await at.press("home", "enter", "c")
        await at.sees("Compare with which run?")
        await at.press("enter")
        await at.sees("≠ was ✓", "= was ✗")


async def test_a_file_that_is_no_table_is_told_with_its_line(tmp_path: Path) -> None:
    async with workshop(tmp_path) as at:
        (tmp_path / "rows.csv").write_text('prompt\n"open\n')
        await at.press("b")
        await at.at(BatchesScreen)
        await at.press("n")
        await at.type(str(tmp_path / "rows.csv"))
        await until(at.pilot, lambda: any("rows.csv:2:" in each.message for each in at.app._notifications))


@pytest.mark.parametrize("size", SIZES)
async def test_a_prompt_is_filled_in_and_taken_into_a_chat(tmp_path: Path, size: tuple[int, int]) -> None:
    folder = tmp_path / "prompts"
    folder.mkdir()
    (folder / "greet.toml").write_text(
        'system = "Be brief"\nprompt = "Greet {{name}} in {{tongue}}"\n[defaults]\ntongue = "French"\n'
    )
    (folder / "broken.toml").write_text("prompt = \n")
    async with workshop(tmp_path, size) as at:
        await at.press("p")
        await at.at(PromptsScreen)
        await at.sees("broken", "cannot be read", "greet", "broken.toml:1")
        await at.press("down")
        await at.sees("Greet {{name}} in French")
        await at.press("enter")
        await at.sees("Fill in greet")
        await at.press("enter", "enter")
        await at.sees("no value for `name`")
        at.app.screen.query(Input).first().focus()
        await at.type("Ada [/b]")
        await at.press("enter")
        await at.at(ChatScreen)
        await at.sees("Greet Ada [/b] in French")
        kept = await at.bench.inference.chats.entries()
        loaded = await at.bench.history.load(kept[0].id)
        assert loaded is not None
        assert loaded.settings.system == "Be brief"


async def test_versions_of_a_prompt_are_shown_by_their_differences(tmp_path: Path) -> None:
    folder = tmp_path / "prompts"
    folder.mkdir()
    (folder / "greet.toml").write_text('prompt = "Greet {{name}}"\n')
    async with workshop(tmp_path) as at:
        await at.prompts.get("greet")
        (folder / "greet.toml").write_text('prompt = "Hail {{name}}"\n')
        await at.press("p")
        await at.at(PromptsScreen)
        await at.sees("Hail")
        await at.press("v")
        await at.sees('-prompt = "Greet {{name}}"', '+prompt = "Hail {{name}}"')


async def test_a_new_prompt_is_a_file_that_can_be_edited(tmp_path: Path) -> None:
    async with workshop(tmp_path) as at:
        await at.press("p")
        await at.at(PromptsScreen)
        await at.sees("No prompt is kept yet.")
        await at.press("n")
        await at.type("No Name")
        await at.sees("lower-case letters")
        await at.type("mine")
        await at.sees("Write about {{topic}}.")
        assert (tmp_path / "prompts/mine.toml").exists()
