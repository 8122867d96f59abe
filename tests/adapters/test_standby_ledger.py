"""What happens while the shared ledger cannot be used, for both choices, with real files."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.adapters.test_ledger_file import NOW, broken_header, broken_middle, claim, ledger
from tests.fakes_quota import GROUP, OTHER, FakeClock, join, stages
from tui_app.adapters.ledger import TERMS, SqliteLedger
from tui_app.adapters.ledger_schema import VERSION
from tui_app.adapters.standby_ledger import LOCKED_S, RETRY_S, StandbyLedger
from tui_app.core.claims import Bid, Lane, Line, Order
from tui_app.core.errors import LedgerBusy, LedgerFailed
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Closure, Pacing, Source


@pytest.fixture(autouse=True)
def look_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Notice at once that a file was put in the place of another."""
    monkeypatch.setattr("tui_app.adapters.ledger_file.LOOK_S", 0.0)


def standby(folder: Path, *, own_limit: bool = True) -> StandbyLedger:
    return StandbyLedger(ledger(folder), own_limit=own_limit)


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")


def foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (name TEXT)")


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


SPOILERS = [broken_header, broken_middle, newer, foreign, a_folder]


def spoil(path: Path, how: Callable[[Path], None]) -> None:
    """Put something that is no ledger in the place of a ledger in use."""
    draft = path.with_name("draft")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM INTO ?", (str(draft),))
    how(draft)
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()
    draft.rename(path)


def mend(path: Path) -> None:
    """Take it away again."""
    path.rmdir() if path.is_dir() else path.unlink()


@pytest.mark.parametrize("how", SPOILERS)
def test_where_that_is_chosen_nothing_starts_without_the_shared_ledger(
    tmp_path: Path, how: Callable[[Path], None]
) -> None:
    with closing(standby(tmp_path, own_limit=False)) as book:
        assert len(claim(book, 2)) == 2
        spoil(Path(book.path), how)
        for later in (0.0, 0.5, 10.0):
            with pytest.raises(LedgerFailed) as caught:
                claim(book, now=NOW + later)
            with pytest.raises(LedgerFailed):
                book.version(NOW + later)
        assert book.path in str(caught.value)
        assert "without_ledger own-limit" in caught.value.advice
        assert not book.alone


@pytest.mark.parametrize("how", SPOILERS)
def test_what_this_process_started_still_counts_when_the_ledger_was_made_anew(
    tmp_path: Path, how: Callable[[Path], None]
) -> None:
    with closing(standby(tmp_path, own_limit=False)) as book, closing(ledger(tmp_path)) as other:
        assert len(claim(book, 3)) == 3
        spoil(Path(book.path), how)
        with pytest.raises(LedgerFailed):
            claim(book)
        mend(Path(book.path))
        assert len(claim(book, 5, now=NOW + 1.0)) == 2
        assert claim(other, now=NOW + 2.0) == ()


@pytest.mark.parametrize("how", SPOILERS)
def test_a_process_may_go_on_under_a_limit_of_its_own_and_says_so(
    tmp_path: Path, how: Callable[[Path], None]
) -> None:
    with closing(standby(tmp_path)) as book:
        assert len(claim(book, 2)) == 2
        assert book.read(GROUP, NOW).alone == ""
        version = book.version(NOW)
        spoil(Path(book.path), how)
        assert len(claim(book, 9)) == 3
        assert book.version(NOW) != version
        assert book.path in book.alone
        reading = book.read(GROUP, NOW)
        assert reading.alone == book.alone
        assert len(reading.free_at) == 5


@pytest.mark.parametrize("how", SPOILERS)
def test_what_was_started_alone_is_written_down_once_the_ledger_works_again(
    tmp_path: Path, how: Callable[[Path], None]
) -> None:
    with closing(standby(tmp_path)) as book:
        first = claim(book, 1)
        spoil(Path(book.path), how)
        alone = claim(book, 2, now=NOW + 1.0)
        book.settle(Order(NOW + 2.0, sent={first[0]: NOW + 2.0, alone[0]: NOW + 2.0}, refunds=alone[1:]))
        mend(Path(book.path))
        version = book.version(NOW + 1.5)
        assert book.alone
        later = NOW + 1.0 + RETRY_S
        assert book.version(later) != version
        assert not book.alone
        with closing(ledger(tmp_path)) as other:
            reading = other.read(GROUP, later)
            assert reading.free_at == (NOW + 2.0 + TERMS.cooldown,) * 2
            assert len(claim(other, 9, now=later)) == 3


def test_a_claim_made_before_and_given_back_meanwhile_is_free_for_all_afterwards(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with closing(standby(state)) as book:
        claims = claim(book, 5)
        state.rename(tmp_path / "away")
        state.write_text("")
        book.settle(Order(NOW + 1.0, sent={claims[0]: NOW + 1.0}, refunds=claims[1:3]))
        assert book.alone
        state.unlink()
        (tmp_path / "away").rename(state)
        assert book.version(NOW + RETRY_S + 1.0)
        assert not book.alone
        with closing(ledger(state)) as other:
            assert len(claim(other, 9, now=NOW + RETRY_S + 1.0)) == 2


def test_a_claim_made_anew_under_its_old_number_counts_from_then_on(tmp_path: Path) -> None:
    state, later = tmp_path / "state", NOW + TERMS.lease + 1.0
    with closing(standby(state)) as book:
        (number,) = claim(book)
        state.rename(tmp_path / "away")
        state.write_text("")
        bid = Bid(number, "one", Source.CHAT, NOW)
        lane = Lane("one", 5, NOW, Pacing.BURST, (bid,), 1, NOW)
        (verdict,) = book.settle(Order(later, refunds=(number,), lines=(Line(GROUP, (lane,)),)))
        assert verdict.granted == (number,)
        state.unlink()
        (tmp_path / "away").rename(state)
        book.version(later + RETRY_S)
        with closing(ledger(state)) as other:
            assert other.read(GROUP, later + RETRY_S).free_at == (later + TERMS.cooldown,)


def test_limits_and_closures_of_the_meantime_reach_the_others(tmp_path: Path) -> None:
    with closing(standby(tmp_path)) as book:
        claim(book)
        spoil(Path(book.path), broken_header)
        closure = Closure(NOW + 40.0, "slow down")
        book.settle(Order(NOW, closures={OTHER: closure}, limits={"one": 3}))
        assert book.rules(OTHER, "one").closed_until == NOW + 40.0
        mend(Path(book.path))
        book.version(NOW + RETRY_S)
        with closing(ledger(tmp_path)) as other:
            assert other.read(OTHER, NOW + 10.0).closure == closure
            assert other.rules(GROUP, "one").limit == 3


def test_a_closure_heard_of_before_holds_for_the_process_alone(tmp_path: Path) -> None:
    with closing(standby(tmp_path)) as book, closing(ledger(tmp_path)) as other:
        other.settle(Order(NOW, closures={GROUP: Closure(NOW + 40.0, "slow down")}))
        assert book.read(GROUP, NOW).closure
        spoil(Path(book.path), broken_header)
        assert claim(book, now=NOW + 39.0) == ()
        assert book.alone
        assert len(claim(book, now=NOW + 40.0)) == 1


def test_the_choice_can_change_at_any_time(tmp_path: Path) -> None:
    with closing(standby(tmp_path, own_limit=False)) as book:
        claim(book, 2)
        spoil(Path(book.path), broken_header)
        with pytest.raises(LedgerFailed):
            claim(book)
        book.own_limit = True
        assert len(claim(book, 2)) == 2
        book.own_limit = False
        assert not book.alone
        with pytest.raises(LedgerFailed):
            claim(book)
        book.own_limit = True
        assert len(claim(book, 2)) == 1


def test_a_lock_on_the_mended_ledger_keeps_nobody_waiting(tmp_path: Path) -> None:
    with closing(standby(tmp_path)) as book:
        claim(book)
        spoil(Path(book.path), broken_header)
        claim(book)
        mend(Path(book.path))
        with closing(ledger(tmp_path)) as other:
            claim(other)
        with closing(sqlite3.connect(book.path, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            assert len(claim(book, now=NOW + RETRY_S)) == 1
            assert book.alone
        assert len(claim(book, 5, now=NOW + RETRY_S + LOCKED_S)) == 1
        assert not book.alone


def test_a_lock_alone_is_no_reason_to_go_alone(tmp_path: Path) -> None:
    with closing(standby(tmp_path)) as book:
        claim(book)
        with closing(sqlite3.connect(book.path, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            with pytest.raises(LedgerBusy):
                claim(book)
        assert not book.alone
        assert book.trouble(NOW) is None


def test_a_command_that_ends_writes_down_what_it_did_alone(tmp_path: Path) -> None:
    with closing(ledger(tmp_path)) as other:
        claim(other)
        path = other.path
    spoil(path, newer)
    book = standby(tmp_path)
    assert len(claim(book, 4)) == 4
    mend(path)
    book.close()
    with closing(ledger(tmp_path)) as other:
        assert len(claim(other, 5)) == 1


def test_the_trouble_is_told_to_whoever_asks(tmp_path: Path) -> None:
    with closing(standby(tmp_path, own_limit=False)) as book:
        assert book.trouble(NOW) is None
        spoil(Path(book.path), newer)
        found = book.trouble(NOW)
        assert found is not None
        assert "newer inferterm" in str(found)


@pytest.mark.parametrize("own_limit", [True, False])
async def test_those_who_wait_go_on_alone_or_are_told_why_not(tmp_path: Path, own_limit: bool) -> None:
    clock = FakeClock()
    queue = RequestQueue(book := standby(tmp_path, own_limit=own_limit), clock)
    first, second = join(queue, 1), join(queue, 1)
    clock.advance()
    assert stages(first, second) == "cw"
    spoil(Path(book.path), broken_header)
    clock.advance(1.0)
    if own_limit:
        standing = queue.fresh_standing(second)
        assert standing is not None
        assert "own limit" in (standing.reason or "")
        assert queue.quota(GROUP, 1).alone == book.alone
        first.cancel()
        clock.advance(1.0)
        assert stages(second) == "c"
    else:
        assert isinstance(second.failure, LedgerFailed)
        assert "without_ledger" in second.failure.advice
    mend(Path(book.path))
    clock.advance(RETRY_S)
    await queue.aclose()


async def test_who_only_watches_hears_that_the_ledger_works_again(tmp_path: Path) -> None:
    clock = FakeClock()
    queue = RequestQueue(book := standby(tmp_path), clock)
    queue.subscribe(lambda: None)
    assert queue.quota(GROUP, 5).alone == ""
    clock.advance(60.0)
    spoil(Path(book.path), newer)
    join(queue).cancel()
    clock.advance(1.0)
    assert queue.quota(GROUP, 5).alone
    clock.advance(60.0)
    assert queue.quota(GROUP, 5).alone
    mend(Path(book.path))
    clock.advance(2 * RETRY_S)
    assert queue.quota(GROUP, 5).alone == ""
    await queue.aclose()


READ_ONLY = """
import os, sys
from pathlib import Path
from tests.adapters.test_ledger_file import claim
from tests.adapters.test_standby_ledger import standby
from tui_app.core.errors import LedgerFailed
folder = Path(sys.argv[1])
if os.geteuid() == 0:
    os.mkdir(closed := folder.parent / "closed", 0o700)
    os.chdir(closed)  # nothing may be looked for there
    os.setgid(65534), os.setuid(65534)
book = standby(folder, own_limit=sys.argv[2] == "own-limit")
try:
    print(len(claim(book, 9)), book.alone)
except LedgerFailed as failure:
    print(failure, failure.advice)
"""

FULL = """
import resource, signal, sys
from pathlib import Path
from tests.adapters.test_ledger_file import NOW, claim, ledger
from tests.adapters.test_standby_ledger import standby
from tui_app.core.errors import LedgerFailed
folder = Path(sys.argv[1])
book = standby(folder, own_limit=sys.argv[2] == "own-limit")
granted = len(claim(book, 1, 1000))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = max(file.stat().st_size for file in folder.iterdir())
resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
try:
    for _ in range(200):
        granted += len(claim(book, 30, 1000))
    print(granted, book.alone)
except LedgerFailed as failure:
    print(granted < 1000, failure, failure.advice)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
granted += len(claim(book, 1000, 1000, NOW + 5.0)) + len(claim(book, 1000, 1000, NOW + 5.0))
granted += sum(len(claim(book, 1000, 1000, NOW + 5.0)) for _ in range(50))
print(granted, repr(book.alone), len(claim(ledger(folder), 1, 1000, NOW + 5.0)))
"""


def output(program: str, *args: str) -> list[str]:
    """The lines that a program prints, run on its own from here."""
    command = [sys.executable, "-c", program, *args]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert run.stderr == ""
    return run.stdout.splitlines()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such users")
@pytest.mark.parametrize("choice", ["own-limit", "refuse"])
def test_a_ledger_that_may_only_be_read_has_a_defined_outcome(tmp_path: Path, choice: str) -> None:
    tmp_path.chmod(0o755)
    folder = tmp_path / "state"
    with closing(ledger(folder)) as book:
        claim(book, 2)
    folder.chmod(0o555)
    for file in folder.iterdir():
        file.chmod(0o444)
    (found,) = output(READ_ONLY, str(folder), choice)
    assert str(folder) in found
    assert found.startswith("5 ") if choice == "own-limit" else "without_ledger own-limit" in found


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
@pytest.mark.parametrize("choice", ["own-limit", "refuse"])
def test_a_full_disk_has_a_defined_outcome_and_is_over_when_there_is_room(
    tmp_path: Path, choice: str
) -> None:
    during, after = output(FULL, str(tmp_path), choice)
    assert "cannot be used" in during
    assert during.startswith("1000 ") if choice == "own-limit" else during.startswith("True ")
    assert after == "1000 '' 0"


def test_a_device_that_is_full_has_a_defined_outcome(tmp_path: Path) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full here")
    with closing(standby(tmp_path)) as book:
        os.symlink("/dev/full", book.path)
        assert len(claim(book, 9)) == 5
        assert book.path in book.alone


def test_a_process_that_never_had_a_ledger_counts_from_nothing(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    shared = SqliteLedger(tmp_path / "state", TERMS, lambda: "this-boot")
    with closing(StandbyLedger(shared, own_limit=True)) as book:
        assert len(claim(book, 9)) == 5
        assert claim(book, now=NOW + TERMS.lease + TERMS.cooldown - 0.001) == ()
        assert len(claim(book, 9, now=NOW + TERMS.lease + TERMS.cooldown)) == 5
