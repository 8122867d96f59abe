"""The health of endpoints in the state database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui_app.adapters.database import Database
from tui_app.adapters.packed_values import packed, unpacked
from tui_app.core.storage import Health

if TYPE_CHECKING:
    import sqlite3


class HealthTable:
    """A HealthBook, one row an endpoint."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Mapping[str, Health]:
        """By inference id; what cannot be understood counts as forgotten."""
        return await self._database.read(_all)

    async def note(self, inference_id: str, health: Health) -> None:
        """Replace what is remembered of one."""
        statement = "INSERT OR REPLACE INTO health (inference_id, health) VALUES (?, ?)"
        await self._database.execute(statement, (inference_id, packed(health)))

    async def forget(self, inference_id: str) -> None:
        """Remember nothing of one any more."""
        await self._database.execute("DELETE FROM health WHERE inference_id = ?", (inference_id,))


def _all(connection: sqlite3.Connection) -> dict[str, Health]:
    found = {}
    for row in connection.execute("SELECT * FROM health"):
        try:
            found[row["inference_id"]] = unpacked(Health, row["health"])
        except (ValueError, TypeError):
            continue
    return found
