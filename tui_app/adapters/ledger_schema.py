"""The tables of the ledger's file, and which files are the ledger's."""

from __future__ import annotations

import sqlite3

APPLICATION_ID = 0x1FE27E23
"""Marks a SQLite file as an inferterm ledger."""

PAGE_BYTES = 1024
"""Size of a page of a new file: a transaction writes whole pages, and changes some bytes of each."""

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
    """CREATE TABLE waiters (
        grp INTEGER NOT NULL, process TEXT NOT NULL, member TEXT NOT NULL,
        pid INTEGER NOT NULL, source TEXT NOT NULL, n INTEGER NOT NULL, pacing TEXT NOT NULL,
        arrival REAL NOT NULL, last REAL NOT NULL, count INTEGER NOT NULL,
        seen_at REAL NOT NULL, stalled INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (grp, process, member)) WITHOUT ROWID""",
    "CREATE TABLE limits (member TEXT PRIMARY KEY, n INTEGER NOT NULL, changed_at REAL NOT NULL)",
)

_ADDED = (
    """CREATE TABLE IF NOT EXISTS firsts (
        grp INTEGER NOT NULL, process TEXT NOT NULL, member TEXT NOT NULL,
        arrivals BLOB NOT NULL, sources TEXT NOT NULL,
        PRIMARY KEY (grp, process, member)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS members (
        grp INTEGER NOT NULL, member TEXT NOT NULL, n INTEGER NOT NULL, seen_at REAL NOT NULL,
        PRIMARY KEY (grp, member)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS told (
        grp INTEGER NOT NULL, name TEXT NOT NULL,
        n INTEGER, remaining INTEGER, full_at REAL, told_at REAL NOT NULL, sent_at REAL NOT NULL,
        PRIMARY KEY (grp, name)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS tellings (
        grp INTEGER NOT NULL, sent_at REAL NOT NULL, told_at REAL NOT NULL,
        n INTEGER NOT NULL, remaining INTEGER NOT NULL, full_at REAL,
        PRIMARY KEY (grp, sent_at)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS strangers (
        grp INTEGER NOT NULL, sent_at REAL NOT NULL, told_at REAL NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (grp, sent_at)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS buckets (
        grp INTEGER PRIMARY KEY, fits INTEGER NOT NULL DEFAULT 0, fitted_at REAL NOT NULL DEFAULT 0,
        refuted INTEGER NOT NULL DEFAULT 0)""",
)
"""Tables that came later; a ledger of an older build gets them when it is opened."""


class ForeignFile(Exception):
    """The file is not a ledger."""


class NewerLedger(Exception):
    """The file is a ledger of a newer version of inferterm."""


def prepare(connection: sqlite3.Connection) -> None:
    """Make the tables in a file that is new; raises ForeignFile, NewerLedger and sqlite3.Error."""
    connection.execute("PRAGMA synchronous = OFF")
    if _is_ledger(connection):
        if not _is_complete(connection):
            connection.execute("BEGIN IMMEDIATE")
            _add(connection)
            connection.execute("COMMIT")
        return
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    if not _is_ledger(connection):
        for table in _TABLES:
            connection.execute(table)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
    _add(connection)
    connection.execute("COMMIT")


def prove(connection: sqlite3.Connection) -> None:
    """See within a transaction that the file is sound and can be written, changing nothing.

    Raises sqlite3.Error.
    """
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError(found)
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _add(connection: sqlite3.Connection) -> None:
    for table in _ADDED:
        connection.execute(table)


def _is_complete(connection: sqlite3.Connection) -> bool:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return all(table.split()[5] in tables for table in _ADDED)


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
