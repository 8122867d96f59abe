"""The ledger's file: its modes, its name, what a reboot means, and what is wrong with it put in words."""

from __future__ import annotations

import itertools
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.fakes_quota import GROUP, OTHER
from tui_app.adapters.ledger import TERMS, SqliteLedger
from tui_app.adapters.ledger_file import MEMORY
from tui_app.adapters.ledger_schema import VERSION
from tui_app.core.claims import Bid, Lane, Line, Order
from tui_app.core.errors import LedgerBusy, LedgerFailed
from tui_app.core.ports import Ledger
from tui_app.core.quota import Closure, Group, Pacing, Source

NOW = 1000.0
_numbers = itertools.count(1000 * os.getpid())


def ledger(folder: Path, boot: str | None = "this-boot") -> SqliteLedger:
    return SqliteLedger(folder, TERMS, lambda: boot)


def claim(book: Ledger, count: int = 1, limit: int = 5, now: float = NOW) -> tuple[int, ...]:
    """Ask for so many slots and tell which were granted."""
    bids = tuple(Bid(next(_numbers), "one", Source.CHAT, now) for _ in range(count))
    lane = Lane("one", limit, now, Pacing.BURST, bids, count, now)
    (verdict,) = book.settle(Order(now, lines=(Line(GROUP, (lane,)),)))
    return verdict.granted


def test_the_file_is_private_and_so_is_its_folder(tmp_path: Path) -> None:
    with closing(ledger(tmp_path / "state" / "inferterm")) as book:
        claim(book)
        files = list(book.path.parent.iterdir())
        assert book.path.name == "quota-this-boot.sqlite3"
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        assert stat.S_IMODE(book.path.parent.stat().st_mode) == 0o700


def test_what_was_started_is_kept_over_a_restart(tmp_path: Path) -> None:
    with closing(ledger(tmp_path)) as book:
        assert len(claim(book, 5)) == 5
    with closing(ledger(tmp_path)) as book:
        assert claim(book) == ()


def test_tidying_up_forgets_nothing_that_still_counts(tmp_path: Path) -> None:
    with closing(ledger(tmp_path)) as book:
        assert sum(len(claim(book, now=NOW + number / 10)) for number in range(400)) == 5
        assert len(claim(book, 5, now=NOW + TERMS.lease + TERMS.cooldown + 1.0)) == 5


def test_a_ledger_in_memory_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(ledger(MEMORY)) as book:
        assert len(claim(book, 6)) == 5
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("limit", [5, 500])
def test_after_a_reboot_nothing_starts_before_the_machine_has_run_for_a_window(
    tmp_path: Path, limit: int
) -> None:
    with closing(ledger(tmp_path, "boot-before")) as book:
        claim(book, 5)
    with closing(ledger(tmp_path)) as book:
        assert claim(book, 1, limit, now=TERMS.cooldown - 0.001) == ()
        reading = book.read(GROUP, 10.0)
        assert reading.closure is not None
        assert reading.closure.until == TERMS.cooldown
        assert len(claim(book, 1, limit, now=TERMS.cooldown)) == 1


def test_a_machine_that_just_started_for_the_first_time_waits_for_nothing(tmp_path: Path) -> None:
    with closing(ledger(tmp_path)) as book:
        assert len(claim(book, 1, now=1.0)) == 1


def test_without_a_boot_id_what_is_stamped_in_the_future_counts_as_now(tmp_path: Path) -> None:
    with closing(ledger(tmp_path, None)) as book:
        assert len(claim(book, 5, now=9000.0)) == 5
        book.settle(Order(9000.0, closures={GROUP: Closure(99000.0, "spent")}))
    with closing(ledger(tmp_path, None)) as book:
        assert claim(book, 1, now=100.0) == ()
        assert claim(book, 1, now=100.0 + TERMS.cooldown - 0.001) == ()
        assert len(claim(book, 5, now=100.0 + TERMS.cooldown)) == 5


@pytest.mark.parametrize("removed", ["", "-wal", "-shm"])
def test_what_was_removed_in_use_is_made_again_with_what_still_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, removed: str
) -> None:
    monkeypatch.setattr("tui_app.adapters.ledger_file.LOOK_S", 0.0)
    with closing(ledger(tmp_path)) as book, closing(ledger(tmp_path)) as other:
        assert len(claim(book, 3) + claim(other, 1)) == 4
        Path(f"{book.path}{removed}").unlink()
        assert book.groups(0.0) == other.groups(0.0)
        assert output(LATER, tmp_path) == "1\n"
        assert claim(book) == claim(other) == ()


def test_what_a_removed_ledger_left_beside_it_is_no_part_of_the_next_one(tmp_path: Path) -> None:
    with closing(ledger(tmp_path)) as book:
        assert all(claim(book, 30, 10_000) for _ in range(20))
        with closing(sqlite3.connect(book.path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert claim(book, 30, 10_000)
        book.path.unlink()
        assert output(LATER, tmp_path) == "1\n"


def test_nothing_is_written_into_a_file_that_was_removed_a_moment_ago(tmp_path: Path) -> None:
    with closing(ledger(tmp_path)) as book, closing(ledger(tmp_path)) as other:
        assert len(claim(book, 3) + claim(other, 1)) == 4
        assert book.groups(0.0) == other.groups(0.0)
        for file in tmp_path.iterdir():
            file.unlink()
        assert len(claim(book, 5)) == 1
        with closing(ledger(tmp_path)) as later:
            assert claim(later) == ()


def test_a_locked_ledger_is_busy_and_works_when_the_lock_is_gone(tmp_path: Path) -> None:
    with closing(ledger(tmp_path)) as book:
        claim(book)
        with closing(sqlite3.connect(book.path, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            with pytest.raises(LedgerBusy):
                claim(book)
            assert len(book.read(GROUP, NOW).free_at) == 1
        assert len(claim(book)) == 1


def test_what_was_rolled_back_is_remembered_by_nobody(tmp_path: Path) -> None:
    def line(group: Group) -> Line:
        bid = Bid(next(_numbers), "one", Source.CHAT, NOW)
        return Line(group, (Lane("one", 1, NOW, Pacing.BURST, (bid,), 1, NOW),))

    broken: Line = None  # type: ignore[assignment]
    with closing(ledger(tmp_path)) as book, closing(ledger(tmp_path)) as other:
        with pytest.raises(AttributeError):
            book.settle(Order(NOW, lines=(line(GROUP), broken)))
        assert other.groups(NOW) == ()
        for group in (OTHER, GROUP):
            (verdict,) = book.settle(Order(NOW, lines=(line(group),)))
            assert len(verdict.granted) == 1
        assert set(other.groups(NOW)) == {GROUP, OTHER}


def test_a_ledger_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    with closing(ledger(tmp_path)) as book:
        claim(book)
    with closing(sqlite3.connect(book.path)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = book.path.read_bytes()
    with closing(ledger(tmp_path)) as book, pytest.raises(LedgerFailed, match="newer inferterm") as caught:
        claim(book)
    assert caught.value.advice
    assert book.path.read_bytes() == before


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    with closing(ledger(tmp_path)) as book:
        with closing(sqlite3.connect(book.path)) as connection:
            connection.execute("CREATE TABLE theirs (name TEXT)")
        with pytest.raises(LedgerFailed, match="is not a ledger"):
            claim(book)


def broken_header(path: Path) -> None:
    path.write_bytes(b"this is no database " * 500)


def broken_middle(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 4)
        file.write(os.urandom(size // 2))


@pytest.mark.parametrize("spoil", [broken_header, broken_middle])
def test_a_corrupt_ledger_grants_nothing_and_works_again_once_it_is_gone(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    with closing(ledger(tmp_path)) as book:
        claim(book, 3)
    spoil(book.path)
    with closing(ledger(tmp_path)) as book:
        for _ in range(2):
            with pytest.raises(LedgerFailed) as caught:
                claim(book)
        assert str(book.path) in str(caught.value)
        assert "delete it" in caught.value.advice
        assert "without_ledger own-limit" in caught.value.advice
        book.path.unlink()
        assert len(claim(book)) == 1


def test_a_file_where_the_folder_should_be_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with closing(ledger(tmp_path / "state")) as book, pytest.raises(LedgerFailed, match="not a directory"):
        claim(book)


LATER = """
import sys
from pathlib import Path
from tests.adapters.test_ledger_file import claim, ledger
print(len(claim(ledger(Path(sys.argv[1])))))
"""

UNWRITABLE = """
import os, sys
from pathlib import Path
from tests.adapters.test_ledger_file import claim, ledger
from tui_app.core.errors import LedgerFailed
if os.geteuid() == 0:
    os.setgid(65534), os.setuid(65534)
try:
    claim(ledger(Path(sys.argv[1])))
except LedgerFailed as failure:
    print(failure)
"""

FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from tests.adapters.test_ledger_file import claim, ledger
from tui_app.core.errors import LedgerFailed
book = ledger(Path(sys.argv[1]))
granted = len(claim(book, 1, 100_000))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = max(file.stat().st_size for file in Path(sys.argv[1]).iterdir())
resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
try:
    while granted < 10_000:
        granted += len(claim(book, 30, 100_000))
except LedgerFailed as failure:
    print(failure)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(granted + len(claim(book, 1, granted + 1)) + len(claim(book, 1, granted + 1)) - granted)
"""


def output(program: str, folder: Path) -> str:
    """What a program prints, run on its own from here."""
    run = subprocess.run(
        [sys.executable, "-c", program, str(folder)], capture_output=True, text=True, check=False, timeout=60
    )
    assert run.stderr == ""
    return run.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such users")
def test_a_folder_that_may_not_be_written_is_a_failure(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "locked").mkdir(mode=0o555)
    found = output(UNWRITABLE, tmp_path / "locked" / "state")
    assert "permission denied" in found


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_full_disk_grants_nothing_and_forgets_nothing(tmp_path: Path) -> None:
    trouble, granted = output(FULL_DISK, tmp_path).splitlines()
    assert "cannot be used" in trouble
    assert granted == "1"
