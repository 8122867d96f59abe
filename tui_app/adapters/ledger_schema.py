"""The tables of the ledger's file, and which files are the ledger's."""

from __future__ import annotations

import sqlite3

APPLICATION_ID = 0x1FE27E23
"""Marks a SQLite file as an inferterm ledger."""

VERSION = 1
"""The version of the tables. An addition that older versions may ignore does not raise it."""

_TABLES = (
    """CREATE TABLE groups (
        id INTEGER PRIMARY KEY,
        base_url TEXT NOT NULL, key TEXT NOT NULL, model TEXT NOT NULL,
        closed_until REAL NOT NULL DEFAULT 0, closed_why TEXT NOT NULL DEFAULT '',
        changed_at REAL NOT NULL DEFAULT 0,
        UNIQUE (base_url, key, model))""",
    """CREATE TABLE grants (
        id INTEGER PRIMARY KEY,
        grp INTEGER NOT NULL, member TEXT NOT NULL, source TEXT NOT NULL, process TEXT NOT NULL,
        started REAL NOT NULL, free_at REAL NOT NULL, sent INTEGER NOT NULL DEFAULT 0)""",
    "CREATE INDEX grants_by_end ON grants (grp, free_at)",
    "CREATE INDEX grants_unsent ON grants (grp, started) WHERE sent = 0",
    """CREATE TABLE waiters (
        grp INTEGER NOT NULL, process TEXT NOT NULL, member TEXT NOT NULL,
        pid INTEGER NOT NULL, source TEXT NOT NULL, n INTEGER NOT NULL, pacing TEXT NOT NULL,
        arrival REAL NOT NULL, last REAL NOT NULL, count INTEGER NOT NULL,
        seen_at REAL NOT NULL, stalled INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (grp, process, member)) WITHOUT ROWID""",
    "CREATE TABLE limits (member TEXT PRIMARY KEY, n INTEGER NOT NULL, changed_at REAL NOT NULL)",
)


class ForeignFile(Exception):
    """The file is not a ledger."""


class NewerLedger(Exception):
    """The file is a ledger of a newer version of inferterm."""


def prepare(connection: sqlite3.Connection) -> None:
    """Make the tables in a file that is new; raises ForeignFile, NewerLedger and sqlite3.Error."""
    connection.execute("PRAGMA synchronous = OFF")
    if _is_ledger(connection):
        return
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    if not _is_ledger(connection):
        for table in _TABLES:
            connection.execute(table)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def prove(connection: sqlite3.Connection) -> None:
    """See within a transaction that the file is sound and can be written, changing nothing.

    Raises sqlite3.Error.
    """
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError(found)
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _is_ledger(connection: sqlite3.Connection) -> bool:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application == APPLICATION_ID and version > VERSION:
        raise NewerLedger(version)
    if application == APPLICATION_ID and version == VERSION:
        return True
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables or version or application:
        raise ForeignFile
    return False
