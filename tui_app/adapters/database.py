"""The state database: SQLite in a thread of its own, shared by all processes of the user."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from tui_app.adapters.atomic_file import make_folder
from tui_app.adapters.disk_troubles import store_failed
from tui_app.adapters.presence import Presence
from tui_app.adapters.schema import MIGRATIONS
from tui_app.core.errors import StoreFailed

if TYPE_CHECKING:
    import sqlite3
    from concurrent.futures import ThreadPoolExecutor

T = TypeVar("T")

PATIENCE_S: Final = 5.0
"""How long a write waits for those of other processes."""


class Database:
    """Opened at the first use, made with mode 0600; migrated, WAL, safe against power cuts.

    Work is done in the order in which it was asked for, off the event loop; what was begun is
    finished even if its caller was cancelled. Everything raises StoreFailed; after one that means the
    file itself, the next use opens it anew.
    """

    def __init__(
        self,
        path: Path,
        patience_s: float = PATIENCE_S,
        migrations: Sequence[Sequence[str]] | None = None,
    ) -> None:
        self.path = path
        self._migrations = MIGRATIONS if migrations is None else migrations
        self.presence = Presence(path.parent / "present")
        self._patience_s = patience_s
        self._thread: ThreadPoolExecutor | None = None
        self._connection: sqlite3.Connection | None = None
        self._inode = 0
        self._closed = False

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Call `work` in the thread, within a transaction that sees one moment."""
        return await self._call("BEGIN", work)

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Call `work` in the thread, within a transaction that is committed when this returns."""
        return await self._call("BEGIN IMMEDIATE", work)

    async def execute(self, statement: str, values: Sequence[object] | Mapping[str, object]) -> int:
        """Write with one statement; tell how many rows it changed."""
        return await self.write(lambda connection: connection.execute(statement, values).rowcount)

    async def aclose(self) -> None:
        """Finish what was asked for and close; a database that was never used is not made."""
        self._closed = True
        if self._thread is not None:
            thread, self._thread = self._thread, None
            await asyncio.get_running_loop().run_in_executor(thread, self._leave)
            thread.shutdown(wait=False)

    async def _call(self, begin: str, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._closed:
            raise StoreFailed(f"{self.path} is closed already: inferterm is about to end")
        if self._thread is None:
            from concurrent.futures import ThreadPoolExecutor

            self._thread = ThreadPoolExecutor(1, "database")
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._do, begin, work)

    def _do(self, begin: str, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._translated():
            connection = self._opened()
            with _transaction(connection, begin):
                return work(connection)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        import sqlite3

        from tui_app.adapters.database_troubles import store_failed_in

        try:
            yield
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.DatabaseError as error:
            self._drop()
            raise store_failed_in(error, self.path) from None
        except OSError as error:
            self._drop()
            raise store_failed(error, "cannot use", self.path) from None

    def _opened(self) -> sqlite3.Connection:
        if self._connection is not None and not self._is_ours():
            self._drop()
        if self._connection is None:
            make_folder(self.path.parent)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                self._inode = os.fstat(descriptor).st_ino
            finally:
                os.close(descriptor)
            self._connection = _connected(self.path, self._patience_s, self._migrations)
        return self._connection

    def _is_ours(self) -> bool:
        """Whether the open file still lies at its place; SQLite writes on into one that was deleted."""
        try:
            return self.path.stat().st_ino == self._inode
        except FileNotFoundError:
            return False

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _leave(self) -> None:
        self._drop()
        self.presence.leave()


def _connected(path: Path, patience_s: float, migrations: Sequence[Sequence[str]]) -> sqlite3.Connection:
    import sqlite3

    deadline = time.monotonic() + patience_s
    while True:
        connection = sqlite3.connect(path, timeout=patience_s, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            _prepare(connection, path, migrations)
        except sqlite3.OperationalError as error:  # SQLite does not wait where two turn WAL on at once
            connection.close()
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        except BaseException:
            connection.close()
            raise
        else:
            return connection


def _prepare(connection: sqlite3.Connection, path: Path, migrations: Sequence[Sequence[str]]) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    if _version(connection) == len(migrations):
        return
    with _transaction(connection, "BEGIN IMMEDIATE"):
        version = _version(connection)
        if version > len(migrations):
            from tui_app.adapters.database_troubles import newer

            raise newer(path, version, len(migrations))
        for migration in migrations[version:]:
            for statement in migration:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
