"""What SQLite refuses, in words and with what to do."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from tui_app.core.errors import StoreFailed

_RIGHTS: Final = (
    "See who owns the file and its folder with `ls -la`, and give yourself the right to write there."
)
_WORDS: Final = {
    sqlite3.SQLITE_FULL: ("the disk is full", "Free some space on that disk, then try again."),
    sqlite3.SQLITE_READONLY: ("it may not be written", _RIGHTS),
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened", _RIGHTS),
    sqlite3.SQLITE_PERM: ("it may not be opened", _RIGHTS),
    sqlite3.SQLITE_BUSY: (
        "another process has kept it locked",
        "Look for an inferterm that is stopped (Ctrl+Z, a debugger), and continue or end it.",
    ),
    sqlite3.SQLITE_IOERR: ("the disk failed", "See that the disk works and has space, then try again."),
}
_DAMAGED: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def store_failed_in(error: sqlite3.DatabaseError, path: Path) -> StoreFailed:
    """Word an error of the database at `path`."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _DAMAGED:
        return StoreFailed(
            f"{path} is damaged: {error}",
            f"Move it away with `mv {path} {path}.damaged`: a new one is made, without what was kept "
            f"in it. `sqlite3 {path}.damaged .recover` shows what can be saved of that.",
        )
    words, advice = _WORDS.get(code, (str(error), "See that the disk works and nothing else uses that file."))
    return StoreFailed(f"cannot use {path}: {words}", advice)


def newer(path: Path, version: int, known: int) -> StoreFailed:
    """Word that a later inferterm made the database."""
    return StoreFailed(
        f"{path} was made by a newer inferterm (its format is {version}, this one knows {known})",
        "Use the newer inferterm, or set XDG_STATE_HOME to another folder for this one.",
    )
