"""Earlier texts of prompts, in the batches' database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui_app.adapters.database import Database
from tui_app.core.characters import mended
from tui_app.core.prompts import Version

if TYPE_CHECKING:
    import sqlite3

_LATEST = "SELECT text FROM prompt_version WHERE name = ? ORDER BY id DESC LIMIT 1"


class VersionTable:
    """A PromptVersions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, name: str, text: str, at: float) -> None:
        """Keep a text, unless the latest is the same."""
        kept = mended(text)

        def latest(connection: sqlite3.Connection) -> bool:
            found = connection.execute(_LATEST, (name,)).fetchone()
            return found is not None and found["text"] == kept

        def work(connection: sqlite3.Connection) -> None:
            if not latest(connection):
                row = (name, kept, at)
                connection.execute("INSERT INTO prompt_version (name, text, seen_at) VALUES (?, ?, ?)", row)

        if not await self._database.read(latest):
            await self._database.write(work)

    async def of(self, name: str) -> Sequence[Version]:
        """All texts of a prompt, the oldest first."""

        def work(connection: sqlite3.Connection) -> list[Version]:
            query = "SELECT text, seen_at FROM prompt_version WHERE name = ? ORDER BY id"
            rows = connection.execute(query, (name,)).fetchall()
            return [Version(number, row["text"], row["seen_at"]) for number, row in enumerate(rows, 1)]

        return await self._database.read(work)
