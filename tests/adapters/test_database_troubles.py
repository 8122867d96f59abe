"""SQLite's refusals in words."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tui_app.adapters.database_troubles import newer, store_failed_in

PATH = Path("/state/inferterm.db")


def error(code: int) -> sqlite3.DatabaseError:
    made = sqlite3.OperationalError("words of SQLite")
    made.sqlite_errorcode = code
    return made


@pytest.mark.parametrize(
    ("code", "words", "advice"),
    [
        (sqlite3.SQLITE_FULL, "the disk is full", "Free some space"),
        (sqlite3.SQLITE_READONLY, "may not be written", "ls -la"),
        (sqlite3.SQLITE_READONLY_DBMOVED, "may not be written", "ls -la"),
        (sqlite3.SQLITE_CANTOPEN, "cannot be opened", "ls -la"),
        (sqlite3.SQLITE_BUSY, "another process", "stopped"),
        (sqlite3.SQLITE_IOERR_FSYNC, "the disk failed", "disk works"),
        (sqlite3.SQLITE_CORRUPT, "is damaged", ".recover"),
        (sqlite3.SQLITE_NOTADB, "is damaged", "mv /state/inferterm.db /state/inferterm.db.damaged"),
        (sqlite3.SQLITE_MISMATCH, "words of SQLite", "disk works"),
    ],
)
def test_a_refusal_says_where_why_and_what_to_do(code: int, words: str, advice: str) -> None:
    failed = store_failed_in(error(code), PATH)
    assert str(PATH) in str(failed)
    assert words in str(failed)
    assert advice in failed.advice


def test_a_database_of_a_newer_version_is_told_with_both_versions() -> None:
    failed = newer(PATH, 7, 2)
    assert "7" in str(failed)
    assert "2" in str(failed)
    assert "newer inferterm" in failed.advice
