"""The health of endpoints in the state database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from tui_app.adapters.answer_rows import plain
from tui_app.adapters.database import Database
from tui_app.core.storage import Health

if TYPE_CHECKING:
    import sqlite3


class HealthTable:
    """A HealthBook, one row an endpoint."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Mapping[str, Health]:
        """By inference id."""

        def work(connection: sqlite3.Connection) -> dict[str, Health]:
            return {row["inference_id"]: _health(row) for row in connection.execute("SELECT * FROM health")}

        return await self._database.read(work)

    async def note(self, inference_id: str, health: Health) -> None:
        """Replace what is remembered of one."""
        row = {"inference_id": inference_id, **asdict(health), "error": plain(health.error)}
        values = ", ".join(f":{name}" for name in row)
        statement = f"INSERT OR REPLACE INTO health ({', '.join(row)}) VALUES ({values})"
        await self._database.execute(statement, row)

    async def forget(self, inference_id: str) -> None:
        """Remember nothing of one any more."""
        statement = "DELETE FROM health WHERE inference_id = ?"
        await self._database.execute(statement, (inference_id,))


def _health(row: sqlite3.Row) -> Health:
    times = (row["verified_at"], row["verified_latency_s"], row["failed_at"])
    return Health(*times, row["error"], bool(row["key_refused"]))
