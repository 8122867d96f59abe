"""Receipts in the state database."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from tui_app.adapters.database import Database
from tui_app.core.characters import mended
from tui_app.core.errors import StoreFailed
from tui_app.core.receipt_books import Scope, reach_of
from tui_app.core.receipts import Receipt

if TYPE_CHECKING:
    import sqlite3

_COLUMNS: Final = ", ".join(Receipt._fields)
_ADD: Final = f"INSERT INTO receipt ({_COLUMNS}) VALUES ({', '.join('?' for _ in Receipt._fields)})"
_TITLES: Final = """
    SELECT id, title FROM conversation
    WHERE aside_at IS NULL AND id IN (SELECT value FROM json_each(?))
"""
_EARLIEST: Final = float("-inf")
AT_ONCE: Final = 5_000
"""So many are read at a time."""
MOST_WAITING: Final = 100_000
"""So many receipts wait at most for a disk that refuses; then the oldest are given up."""


class ReceiptTable:
    """A ReceiptBook. What is noted while the disk is at work is kept together with the next write.

    `earlier` holds what batches of an earlier inferterm asked.
    """

    def __init__(self, database: Database, earlier: Database | None = None) -> None:
        self._database, self._earlier = database, earlier
        self._waiting: list[Receipt] = []
        self._writing: asyncio.Task[None] | None = None
        self._moving = asyncio.Lock()
        self.trouble = self.advice = ""

    def note(self, receipt: Receipt) -> None:
        """Keep a receipt soon."""
        self._waiting.append(receipt)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="receipts")

    async def reach(self, scope: Scope) -> tuple[float, float] | None:
        """When the earliest and the latest of those were asked that are meant."""
        await self._settled()
        where, values = _terms(scope)
        query = f"SELECT min(at), max(at) FROM receipt WHERE {where}"
        times = list(reach_of(filter(scope.holds, self._waiting)) or ())
        for database in self._databases():
            row = await database.read(lambda each: each.execute(query, values).fetchone())
            times += [at for at in row if at is not None]
        return (min(times), max(times)) if times else None

    async def read(self, scope: Scope) -> AsyncIterator[Sequence[Receipt]]:
        """Those that are meant; those that the disk refused come last.

        Few at a time, so that nobody else waits long for the database; what is kept meanwhile is left out.
        """
        await self._settled()
        databases = self._databases()
        async with self._moving:
            unkept = list(filter(scope.holds, self._waiting))
            ends = [await each.read(_end) for each in databases]
        where, values = _terms(replace(scope, since=None))
        query = (
            f"SELECT id, {_COLUMNS} FROM receipt WHERE (at, id) > (?, ?) AND id <= ? AND {where} "
            "ORDER BY at, id LIMIT ?"
        )
        for database, end in zip(databases, ends, strict=True):
            last = (_EARLIEST if scope.since is None else scope.since, 0)
            while rows := await database.read(partial(_rows, query, (*last, end, *values, AT_ONCE))):
                last = (rows[-1][1], rows[-1][0])
                yield [Receipt._make(row[1:]) for row in rows]
        yield unkept

    async def titles(self, conversation_ids: Iterable[int]) -> Mapping[int, str]:
        """The titles of those conversations that are there."""
        wanted = json.dumps(list(conversation_ids))
        rows = await self._database.read(lambda each: each.execute(_TITLES, (wanted,)).fetchall())
        return {row["id"]: row["title"] for row in rows}

    async def aclose(self) -> None:
        """Wait until all is kept that was noted, or the disk refuses it."""
        await self._settled()

    def _databases(self) -> tuple[Database, ...]:
        there = self._earlier is not None and self._earlier.path.exists()
        return (self._database, self._earlier) if self._earlier is not None and there else (self._database,)

    async def _settled(self) -> None:
        if self._writing is not None and not self._writing.done():
            await asyncio.wait([self._writing])

    async def _write(self) -> None:
        while self._waiting:
            async with self._moving:
                taken = tuple(self._waiting)
                try:
                    await self._database.write(partial(_add, taken))
                except StoreFailed as error:
                    del self._waiting[:-MOST_WAITING]
                    self.trouble = f"{len(self._waiting):,} not written down: {error}"
                    self.advice = error.advice
                    return
                del self._waiting[: len(taken)]
            self.trouble = self.advice = ""


def _add(receipts: Sequence[Receipt], connection: sqlite3.Connection) -> None:
    connection.executemany(_ADD, [_row(each) for each in receipts])


def _row(receipt: Receipt) -> tuple[object, ...]:
    return tuple(mended(value) if isinstance(value, str) else value for value in receipt)


def _end(connection: sqlite3.Connection) -> int:
    """The id of the latest."""
    return int(connection.execute("SELECT coalesce(max(id), 0) FROM receipt").fetchone()[0])


def _rows(query: str, values: Sequence[object], connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor.execute(query, values).fetchall()


def _terms(scope: Scope) -> tuple[str, list[object]]:
    """What follows WHERE, with its values."""
    terms = {
        "at >= ?": scope.since,
        "endpoint = ?": scope.endpoint,
        "model = ?": scope.model,
        "conversation_id = ?": scope.conversation_id,
    }
    meant = {term: value for term, value in terms.items() if value is not None}
    return " AND ".join(meant) or "true", list(meant.values())
