"""The file of the ledger: made, opened, watched for being removed, its troubles put into words."""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from tui_app.adapters.atomic_file import PRIVATE_FILE, make_folder
from tui_app.adapters.disk_troubles import reason_of
from tui_app.adapters.ledger_book import Book
from tui_app.adapters.ledger_schema import ForeignFile, NewerLedger, prepare
from tui_app.core.claims import Terms
from tui_app.core.errors import LedgerBusy, LedgerFailed
from tui_app.core.quota import Group

T = TypeVar("T")

MEMORY = Path(":memory:")
"""The place of a ledger that only this process sees."""

_Inode: TypeAlias = tuple[int, int] | None

UNKNOWN_BOOT = "unknown-boot"
"""Stands for the boot id where the system has none."""

LOOK_S = 0.1
"""How often it is looked whether all files are still in their places; who writes looks at the first."""

REMOVALS = 3
"""In how many files, each removed meanwhile, a change is tried."""

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
_NONSENSE = (ValueError, TypeError, OverflowError)
"""What comes of values in a damaged page that SQLite takes for sound: it keeps no checksums."""

_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
_PATTERN = "quota-{}.sqlite3"
_OR_ALONE = (
    "Or let each inferterm keep a limit of its own meanwhile: `inferterm settings without_ledger own-limit`,"
    " or the settings in the app."
)


class _Removed(Exception):
    """The file was removed before a change in it was complete."""


class LedgerFile:
    """One connection to the ledger of this boot, opened (and made) by the first question.

    `folder` is MEMORY or where the file lies, `is_shared` says which. After a failure the next
    question opens it anew, so that what was mended is used. A file that was removed in use is made
    again, with the slots that are still taken, also where only one of SQLite's two beside it was: then no
    process sees any more what another one writes.
    """

    def __init__(self, folder: Path, terms: Terms, process: str, boot: str | None) -> None:
        self.path = folder if folder == MEMORY else folder / _PATTERN.format(boot or UNKNOWN_BOOT)
        self.is_shared = folder != MEMORY
        self._files = [f"{self.path}{part}" for part in ("", "-wal", "-shm")]
        self._terms, self._process = terms, process
        self._boot_known = boot is not None
        self._connection: sqlite3.Connection | None = None
        self._book: Book | None = None
        self._inodes: tuple[_Inode, ...] = ()
        self._look_at = 0.0
        self._taken: list[tuple[Group, tuple[Any, ...]]] = []

    @property
    def is_open(self) -> bool:
        """Tell whether there is a connection."""
        return self._connection is not None

    def write(self, now: float, change: Callable[[sqlite3.Connection, Book], T]) -> T:
        """Let a change happen whole, in the file that is in its place; raises LedgerBusy, LedgerFailed."""

        def kept(connection: sqlite3.Connection, book: Book) -> T:
            done = change(connection, book)
            if self._inode_of(0) != self._inodes[0]:
                self._look_at = 0.0
                raise _Removed
            return done

        for _ in range(REMOVALS):
            with suppress(_Removed):
                return self.ask(now, lambda connection, book: book.transact(lambda: kept(connection, book)))
        raise LedgerBusy(f"The quota's ledger {self.path} is being removed.")

    def ask(self, now: float, question: Callable[[sqlite3.Connection, Book], T]) -> T:
        """Put a question; raises LedgerBusy, LedgerFailed."""
        try:
            if self._connection is not None and self._is_gone():
                self._rescue(now)
            if self._connection is None or self._book is None:
                self._connection, self._book = self._open(now)
            return question(self._connection, self._book)
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY:
                raise LedgerBusy(f"The quota's ledger {self.path} is locked by another process.") from None
            self.let_go()
            raise self._failed(error) from error
        except OSError as error:
            self.let_go()
            raise self._failed(reason_of(error)) from error
        except (ForeignFile, NewerLedger) as error:
            self.let_go()
            raise self._refused(error) from error
        except _NONSENSE as error:
            self.let_go()
            raise self._failed("it holds what nobody wrote there") from error

    def let_go(self) -> None:
        """Close the file; harmless when it is closed."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
        self._connection = self._book = None

    def _open(self, now: float) -> tuple[sqlite3.Connection, Book]:
        floor = 0.0
        if self.is_shared:
            make_folder(self.path.parent)
            others = self.path.parent.glob(_PATTERN.format("*"))
            if self._boot_known and any(other.name != self.path.name for other in others):
                floor = self._terms.cooldown
            self._make()
        first = self._inode_of(0)
        connection = sqlite3.connect(self.path, timeout=0, isolation_level=None)
        try:
            prepare(connection)
            book = Book(connection, self._terms, self._process, floor)
            if self._taken or not self._boot_known:
                connection.execute("BEGIN IMMEDIATE")
                book.restore(self._taken)
                if not self._boot_known:
                    book.distrust_future(now)
                connection.execute("COMMIT")
                self._taken = []
            self._inodes = (first, self._inode_of(1), self._inode_of(2))
        except BaseException:
            connection.close()
            raise
        return connection, book

    def _make(self) -> None:
        """Put a whole ledger in its place at once, so that nobody finds half of one.

        What was left beside one that was removed would be taken for a part of it. Where there are no hard
        links an empty file is put there, to be filled under SQLite's lock.
        """
        if self.path.exists():
            return
        draft = self.path.with_name(f".{self._process}.draft")
        try:
            for rest in self._files[1:]:
                Path(rest).unlink(missing_ok=True)
            _touch(draft)
            with closing(sqlite3.connect(draft, timeout=0, isolation_level=None)) as connection:
                prepare(connection)
            os.link(draft, self.path)
        except FileExistsError:
            return
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            with suppress(FileExistsError):
                _touch(self.path)
        finally:
            draft.unlink(missing_ok=True)

    def _is_gone(self) -> bool:
        if not self.is_shared or (now := time.monotonic()) < self._look_at:
            return False
        self._look_at = now + LOOK_S
        return any(self._inode_of(place) != inode for place, inode in enumerate(self._inodes))

    def _rescue(self, now: float) -> None:
        if self._book is not None:
            self._taken = self._book.taken(now)
        if self._inode_of(0) == self._inodes[0]:
            self.path.unlink(missing_ok=True)
        self.let_go()

    def _inode_of(self, place: int) -> _Inode:
        if not self.is_shared:
            return None
        try:
            found = os.stat(self._files[place])
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino

    def _failed(self, reason: object) -> LedgerFailed:
        return LedgerFailed(
            f"The quota's ledger {self.path} cannot be used: {reason}",
            "See that the disk has room and that the file and its folder are yours to write. If the file"
            " is damaged: end every inferterm, delete it, and wait a minute, because what was started"
            f" before no longer counts. {_OR_ALONE}",
        )

    def _refused(self, error: Exception) -> LedgerFailed:
        if isinstance(error, NewerLedger):
            return LedgerFailed(
                f"The quota's ledger {self.path} was written by a newer inferterm (its version {error}).",
                f"Use that inferterm everywhere, or end it, delete the file, and wait a minute. {_OR_ALONE}",
            )
        return LedgerFailed(
            f"{self.path} is not a ledger of inferterm.",
            f"Move that file away; inferterm makes its own there. {_OR_ALONE}",
        )


def _touch(path: Path) -> None:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))
