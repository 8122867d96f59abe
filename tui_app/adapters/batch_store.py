"""Batches in a database of their own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

from tui_app.adapters.batch_rows import batch_of, row_of, row_text
from tui_app.adapters.database import Database
from tui_app.adapters.packed_values import packed
from tui_app.core.batch_items import LOST, Batch, Result, Row, RowState
from tui_app.core.errors import BatchBusy, StoreFailed

if TYPE_CHECKING:
    import sqlite3

    from tui_app.core.batch_plans import Plan

T = TypeVar("T")

PIECE: Final = 1_000
"""How many rows are read at once: whoever keeps an answer waits for no more of them."""
_COUNTS: Final = "SELECT state, count(*) AS n FROM item WHERE batch_id = ? GROUP BY state"
_FAILING: Final = """
    SELECT count(*) AS n FROM item
    WHERE batch_id = ? AND state = 'answered' AND json_extract(result, '$.passed') = 0
"""


class BatchTable:
    """A BatchStore. A row that was sent by a process that is gone counts as lost at the next claim."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Sequence[Batch]:
        """All batches, the latest first."""

        def work(connection: sqlite3.Connection) -> list[Batch]:
            rows = connection.execute("SELECT * FROM batch ORDER BY id DESC").fetchall()
            return [self._batch(connection, row) for row in rows]

        return await self._read(work)

    async def latest(self, identity: str) -> Batch | None:
        """The latest batch of what has this identity."""

        def work(connection: sqlite3.Connection) -> Batch | None:
            query = "SELECT * FROM batch WHERE identity = ? ORDER BY id DESC LIMIT 1"
            row = connection.execute(query, (identity,)).fetchone()
            return None if row is None else self._batch(connection, row)

        return await self._read(work)

    async def get(self, batch_id: int) -> Batch:
        """One batch as it stands now."""
        return await self._read(lambda connection: self._batch(connection, _found(connection, batch_id)))

    async def kin(self, kin: str) -> Sequence[Batch]:
        """All batches whose head has this `kin`, the latest first."""

        def work(connection: sqlite3.Connection) -> list[Batch]:
            query = "SELECT * FROM batch WHERE json_extract(head, '$.kin') = ? ORDER BY id DESC"
            return [self._batch(connection, row) for row in connection.execute(query, (kin,)).fetchall()]

        return await self._read(work)

    async def create(
        self, plan: Plan, at: float, kept: Mapping[int, Row] | None = None, *, once: bool = False
    ) -> Batch:
        """Keep a new batch with all its rows; those of `kept`, by position, have ended already.

        With `once` it is the one that has the plan's identity already, if another process was faster.
        """
        head = packed(plan.head)
        whole = [(kept or {}).get(item.position, Row(item)) for item in plan.items]
        rows = await asyncio.to_thread(lambda: [row_text(row) for row in whole])
        ended = at if kept and len(kept) == len(rows) else None

        def work(connection: sqlite3.Connection) -> Batch:
            query = "SELECT * FROM batch WHERE identity = ? ORDER BY id DESC LIMIT 1"
            if once and (there := connection.execute(query, (plan.identity,)).fetchone()) is not None:
                return self._batch(connection, there)
            names = "identity, head, created_at, ended_at"
            row = (plan.identity, head, at, ended)
            added = connection.execute(f"INSERT INTO batch ({names}) VALUES (?, ?, ?, ?)", row).lastrowid or 0
            connection.executemany(
                "INSERT INTO item (batch_id, position, asked, state, result, mark) VALUES (?, ?, ?, ?, ?, ?)",
                ((added, *values) for values in rows),
            )
            return self._batch(connection, _found(connection, added))

        return await self._database.write(work)

    async def claim(self, batch_id: int) -> None:
        """Let this process alone work on a batch, and count what was on its way as lost. Raises BatchBusy."""

        def work(connection: sqlite3.Connection) -> None:
            writer = _found(connection, batch_id)["writer"]
            if writer and self._database.presence.is_present(writer):
                raise BatchBusy(
                    "another process works on this batch at this moment",
                    "Let it finish, or stop it there; its answers are kept either way.",
                )
            mine = self._database.presence.name()
            connection.execute("UPDATE batch SET writer = ? WHERE id = ?", (mine, batch_id))
            connection.execute(
                "UPDATE item SET state = 'lost', result = ? WHERE batch_id = ? AND state = 'sent'",
                (packed(LOST), batch_id),
            )

        await self._database.write(work)

    async def release(self, batch_id: int) -> None:
        """Let others work on it."""
        await self._database.execute("UPDATE batch SET writer = '' WHERE id = ?", (batch_id,))

    async def rows(self, batch_id: int, positions: Collection[int] | None = None) -> Sequence[Row]:
        """All its rows, or those at these positions, in their order; many are read piece by piece."""
        if positions is not None:
            some = "position IN (SELECT value FROM json_each(?))"
            return await self._rows(batch_id, some, json.dumps(sorted(positions)))
        rows: list[Row] = []
        last = -1
        while piece := await self._rows(batch_id, "position > ?", last, PIECE):
            rows += piece
            last = piece[-1].item.position
        return rows

    async def _rows(self, batch_id: int, which: str, value: object, most: int = -1) -> list[Row]:
        def work(connection: sqlite3.Connection) -> list[Row]:
            query = f"SELECT * FROM item WHERE batch_id = ? AND {which} ORDER BY position LIMIT ?"
            return [row_of(row) for row in connection.execute(query, (batch_id, value, most))]

        return await self._read(work)

    async def note(self, batch_id: int, position: int, state: RowState) -> None:
        """Keep that a row is about to be sent, or that it was not sent after all."""
        await self._change(batch_id, position, "state = ?", (state.value,))

    async def keep(self, batch_id: int, position: int, state: RowState, result: Result) -> None:
        """Keep what came of a row."""
        await self._change(batch_id, position, "state = ?, result = ?", (state.value, packed(result)))

    async def ask_again(self, batch_id: int, states: Sequence[RowState]) -> int:
        """Let rows that ended so be asked again; tell how many."""

        def work(connection: sqlite3.Connection) -> int:
            places = ", ".join("?" for _ in states)
            statement = (
                f"UPDATE item SET state = 'waiting', result = NULL WHERE batch_id = ? AND state IN ({places})"
            )
            changed = connection.execute(statement, (batch_id, *(state.value for state in states))).rowcount
            if changed:
                connection.execute("UPDATE batch SET ended_at = NULL, stopped = 0 WHERE id = ?", (batch_id,))
            return changed

        return await self._database.write(work)

    async def end(self, batch_id: int, at: float, *, stopped: bool) -> None:
        """Keep that it has ended."""
        statement = "UPDATE batch SET ended_at = ?, stopped = ? WHERE id = ?"
        await self._database.execute(statement, (at, stopped, batch_id))

    async def mark(self, batch_id: int, position: int, mark: int | None) -> None:
        """Keep a person's mark of a row, 1 to 5, or none."""
        await self._change(batch_id, position, "mark = ?", (mark,))

    async def delete(self, batch_id: int) -> None:
        """Forget it with all its rows."""
        await self._database.execute("DELETE FROM batch WHERE id = ?", (batch_id,))

    async def _change(self, batch_id: int, position: int, news: str, values: Sequence[object]) -> None:
        statement = f"UPDATE item SET {news} WHERE batch_id = ? AND position = ?"
        if not await self._database.execute(statement, (*values, batch_id, position)):
            raise _gone()

    async def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        def guarded(connection: sqlite3.Connection) -> T:
            try:
                return work(connection)
            except (ValueError, TypeError, KeyError) as error:
                raise StoreFailed(
                    f"a batch in {self._database.path} cannot be read: {error}",
                    "Something else than inferterm wrote there.",
                ) from None

        return await self._database.read(guarded)

    def _batch(self, connection: sqlite3.Connection, row: sqlite3.Row) -> Batch:
        found = connection.execute(_COUNTS, (row["id"],)).fetchall()
        counts = {RowState(each["state"]): each["n"] for each in found}
        failing = connection.execute(_FAILING, (row["id"],)).fetchone()["n"]
        writer = row["writer"]
        busy = bool(writer) and self._database.presence.is_present(writer)
        return batch_of(row, counts, failing, busy=busy)


def _found(connection: sqlite3.Connection, batch_id: int) -> sqlite3.Row:
    row = connection.execute("SELECT * FROM batch WHERE id = ?", (batch_id,)).fetchone()
    if row is None:
        raise _gone()
    assert hasattr(row, "keys")
    return row  # type: ignore[no-any-return]


def _gone() -> StoreFailed:
    return StoreFailed("this batch was deleted meanwhile", "The same command makes a new one.")
