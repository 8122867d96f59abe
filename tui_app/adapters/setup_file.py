"""The columns that stood side by side last, as a JSON file: `side-by-side.json`."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from tui_app.adapters.atomic_file import make_folder, replace_file
from tui_app.adapters.disk_troubles import store_failed
from tui_app.adapters.flaws import Flawed, parse_json, read_plain
from tui_app.core.jsons import document_text
from tui_app.core.variations import MOST, Setup

NAME: Final = "side-by-side.json"
_SETUP: Final = TypeAdapter(Setup)


class SetupFile:
    """The columns in a folder; a file that cannot be understood counts as none, and is overwritten."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    async def load(self) -> Setup:
        """Those of the last time. Raises StoreFailed where the file cannot be read."""
        return await asyncio.to_thread(self._load)

    async def save(self, setup: Setup) -> None:
        """Keep these. Raises StoreFailed."""
        await asyncio.to_thread(self._save, setup)

    def _load(self) -> Setup:
        try:
            found = _SETUP.validate_python(parse_json(read_plain(self.path))[0])
        except (FileNotFoundError, Flawed, ValidationError):
            return Setup()
        except OSError as error:
            raise store_failed(error, "cannot read", self.path) from None
        return Setup(found.columns[:MOST], found.system)

    def _save(self, setup: Setup) -> None:
        try:
            make_folder(self.path.parent)
            replace_file(self.path, document_text(asdict(setup)).encode("utf-8", "replace"))
        except OSError as error:
            raise store_failed(error, "cannot write", self.path) from None
