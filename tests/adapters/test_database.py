"""The state database: opened late, migrated once, honest about what fails, never in the way of the loop."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tui_app.adapters import schema
from tui_app.adapters.database import Database
from tui_app.core.errors import StoreFailed

NOTE = "INSERT INTO health (inference_id, health) VALUES (?, '{}')"
OPEN = """
import asyncio, sys
from pathlib import Path
from tui_app.adapters.database import Database

async def write():
    database = Database(Path(sys.argv[1]))
    for number in range(20):
        await database.execute(sys.argv[2], (sys.argv[3] + str(number),))
    await database.aclose()

print("ready", flush=True)
sys.stdin.readline()
asyncio.run(write())
"""


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    made = Database(tmp_path / "state" / "inferterm.db", patience_s=0.05)
    yield made
    await made.aclose()


def count(connection: sqlite3.Connection) -> int:
    (found,) = connection.execute("SELECT count(*) FROM health").fetchone()
    return int(found)


def pragma(name: str) -> str:
    return f"PRAGMA {name}"


async def test_nothing_is_made_before_the_first_use(database: Database) -> None:
    assert not database.path.parent.exists()
    await database.aclose()
    assert not database.path.parent.exists()


async def test_its_files_are_for_their_owner_alone(database: Database) -> None:
    await database.execute(NOTE, ("a",))
    folder = database.path.parent
    assert folder.stat().st_mode & 0o777 == 0o700
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert modes == {"inferterm.db": 0o600, "inferterm.db-wal": 0o600, "inferterm.db-shm": 0o600}


async def test_it_is_set_up_so_that_nothing_is_lost(database: Database) -> None:
    def settings(connection: sqlite3.Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "user_version")
        return [connection.execute(pragma(name)).fetchone()[0] for name in names]

    assert await database.read(settings) == ["wal", 2, 1, len(schema.MIGRATIONS)]


async def test_work_is_done_in_another_thread_in_order(database: Database) -> None:
    seen: list[tuple[int, int]] = []

    def work(number: int) -> None:
        seen.append((number, threading.get_ident()))

    await asyncio.gather(*(database.read(lambda _, n=n: work(n)) for n in range(20)))  # type: ignore[misc]
    assert [number for number, _ in seen] == list(range(20))
    assert {thread for _, thread in seen}.isdisjoint({threading.get_ident()})
    assert len({thread for _, thread in seen}) == 1


async def test_work_that_fails_leaves_nothing(database: Database) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        connection.execute(NOTE, ("a",))
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(fail)
    assert await database.read(count) == 0


async def test_what_was_begun_is_finished_though_its_caller_was_cancelled(database: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work(connection: sqlite3.Connection) -> None:
        begun.set()
        go_on.wait(20)
        connection.execute(NOTE, ("a",))

    task = asyncio.create_task(database.write(work))
    await asyncio.to_thread(begun.wait, 20)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go_on.set()
    assert await database.read(count) == 1


async def test_what_was_asked_for_is_done_before_it_closes(database: Database) -> None:
    writing = asyncio.create_task(database.execute(NOTE, ("a",)))
    await asyncio.sleep(0)
    await database.aclose()
    assert await writing == 1
    with pytest.raises(StoreFailed, match="closed"):
        await database.read(count)
    await database.aclose()


async def test_mistakes_in_statements_are_not_worded_as_troubles_of_the_disk(database: Database) -> None:
    with pytest.raises(sqlite3.ProgrammingError):
        await database.execute(NOTE, ("a", "b"))


async def test_a_database_of_a_newer_version_is_refused_and_left_alone(database: Database) -> None:
    await database.execute(NOTE, ("a",))
    newer = len(schema.MIGRATIONS) + 1
    with sqlite3.connect(database.path) as other:
        other.execute(f"PRAGMA user_version = {newer}")
    other.close()
    again = Database(database.path)
    with pytest.raises(StoreFailed, match="newer inferterm"):
        await again.read(count)
    await again.aclose()


async def test_a_database_of_an_older_version_is_migrated_with_what_it_holds(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await database.execute(NOTE, ("a",))
    await database.aclose()
    later = (*schema.MIGRATIONS, ("ALTER TABLE conversation ADD COLUMN later INTEGER NOT NULL DEFAULT 0",))
    monkeypatch.setattr("tui_app.adapters.database.MIGRATIONS", later)
    again = Database(database.path)
    assert await again.read(count) == 1
    assert await again.execute("UPDATE conversation SET pinned = 1", ()) == 0
    await again.aclose()


async def test_a_migration_that_fails_leaves_everything_as_it_was(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await database.execute(NOTE, ("a",))
    later = (*schema.MIGRATIONS, ("DROP TABLE health", "DROP TABLE nonsense"))
    monkeypatch.setattr("tui_app.adapters.database.MIGRATIONS", later)
    broken = Database(database.path)
    with pytest.raises(StoreFailed, match="nonsense"):
        await broken.read(count)
    await broken.aclose()
    assert await database.read(count) == 1


async def test_a_damaged_file_is_told_kept_and_once_moved_away_replaced(database: Database) -> None:
    database.path.parent.mkdir()
    database.path.write_bytes(b"this is no database at all, whatever its name may say" * 100)
    for _ in range(2):
        with pytest.raises(StoreFailed, match="damaged") as caught:
            await database.read(count)
    assert "mv " in caught.value.advice
    assert database.path.read_bytes().startswith(b"this is no database")
    database.path.rename(database.path.with_suffix(".damaged"))
    assert await database.read(count) == 0


async def test_a_file_deleted_while_it_is_open_is_made_anew(database: Database) -> None:
    await database.execute(NOTE, ("a",))
    for path in database.path.parent.iterdir():
        path.unlink()
    await database.execute(NOTE, ("b",))
    assert database.path.exists()
    again = Database(database.path)
    assert await again.read(count) == 1
    await again.aclose()


async def test_a_folder_where_the_file_should_be_is_told(database: Database) -> None:
    database.path.mkdir(parents=True)
    with pytest.raises(StoreFailed, match="is a directory"):
        await database.read(count)


async def test_a_full_disk_is_told_and_loses_nothing(database: Database) -> None:
    await database.execute(NOTE, ("a",))

    def fill(connection: sqlite3.Connection) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
        connection.execute(NOTE, ("b" * 1_000_000,))

    with pytest.raises(StoreFailed, match="the disk is full"):
        await database.write(fill)
    assert await database.read(count) == 1


async def test_a_lock_that_another_process_keeps_is_told(database: Database) -> None:
    await database.execute(NOTE, ("a",))
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert await database.read(count) == 1
    with pytest.raises(StoreFailed, match="another process"):
        await database.execute(NOTE, ("b",))
    other.execute("ROLLBACK")
    other.close()
    await database.execute(NOTE, ("b",))


def test_processes_that_open_it_for_the_first_time_at_once_all_write(tmp_path: Path) -> None:
    path = tmp_path / "inferterm.db"
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, str(path), NOTE, letter],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for letter in "abcd"
    ]
    for writer in writers:
        assert writer.stdout is not None
        writer.stdout.readline()
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(b"go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=60)
    assert [writer.returncode for writer in writers] == [0] * 4
    connection = sqlite3.connect(path)
    assert count(connection) == 80
    connection.close()
    assert os.listdir(tmp_path) == ["inferterm.db"]
