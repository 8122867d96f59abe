"""A workshop: the app with what prompts are tested with, on memory and a folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input

from tests.ui.bench import NOW, Bench, bench, endpoint, sees, until
from tui_app.adapters.batch_schema import BATCH_MIGRATIONS
from tui_app.adapters.batch_store import BatchTable
from tui_app.adapters.database import Database
from tui_app.adapters.prompt_files import PromptFiles
from tui_app.adapters.prompt_versions import VersionTable
from tui_app.core.batches import Batches
from tui_app.core.endpoint import Endpoint
from tui_app.core.prompts import Prompts
from tui_app.ui.app import InfertermApp


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
        await sees(self.pilot, *words)

    async def at(self, kind: type[Any]) -> None:
        """Wait until a screen is shown."""
        await until(self.pilot, lambda: isinstance(self.app.screen, kind))

    async def type(self, text: str) -> None:
        """Put a text into the field that has the focus."""
        await until(self.pilot, lambda: isinstance(self.app.focused, Input))
        assert isinstance(self.app.focused, Input)
        self.app.focused.value = text
        await self.press("enter")


def kept(folder: Path, **prompts: str) -> None:
    """Keep prompts, each as the text of its file."""
    (folder / "prompts").mkdir(exist_ok=True)
    for name, text in prompts.items():
        (folder / "prompts" / f"{name}.toml").write_text(text)


@asynccontextmanager
async def workshop(
    folder: Path, size: tuple[int, int] = (120, 40), limit: int = 50, others: tuple[Endpoint, ...] = ()
) -> AsyncIterator[Workshop]:
    """The app on the list of one endpoint, and others."""
    made = bench(endpoint(limit=limit), *others)
    database = Database(folder / "batches.db", migrations=BATCH_MIGRATIONS)
    prompts = Prompts(PromptFiles(folder / "prompts"), VersionTable(database), lambda: NOW)
    batches = Batches(made.inference, BatchTable(database), lambda: NOW)
    app = InfertermApp(replace(made.equipment(), prompts=prompts, batches=batches, aclose=database.aclose))
    async with app.run_test(size=size) as pilot:
        yield Workshop(made, app, pilot, prompts, batches, folder)
