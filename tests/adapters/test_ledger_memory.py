"""What a process remembers of the ledger holds only until another one writes, or its own writing fails."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from unittest import mock

import pytest

from tests.adapters.test_ledger_file import NOW, claim, ledger
from tests.fakes_quota import COOLDOWN, GROUP, OTHER, FakeClock, Start, go, join, stages
from tui_app.adapters.ledger import SqliteLedger
from tui_app.adapters.ledger_waiters import PublishedWaiters
from tui_app.core.activity import Seen
from tui_app.core.claims import Bid, Lane, Line, Order
from tui_app.core.errors import LedgerBusy
from tui_app.core.quota import Closure, Group, Pacing, Source


def wait_for(book: SqliteLedger, number: int, group: Group = GROUP, limit: int = 5) -> tuple[int, ...]:
    lane = Lane("one", limit, NOW, Pacing.BURST, (Bid(number, "one", Source.CHAT, NOW),), 1, NOW)
    (verdict,) = book.settle(Order(NOW, lines=(Line(group, (lane,)),)))
    return verdict.granted


def test_what_another_process_writes_holds_at_once(tmp_path: Path) -> None:
    with closing(ledger(tmp_path)) as book, closing(ledger(tmp_path)) as other:
        assert claim(book)
        other.settle(Order(NOW, closures={GROUP: Closure(NOW + 10.0, "busy")}))
        assert claim(book) == ()
        other.settle(Order(NOW, closures={GROUP: None}, limits={"one": 2}))
        assert len(claim(book, 5)) == 1


def test_what_this_process_writes_holds_at_once(tmp_path: Path) -> None:
    with closing(ledger(tmp_path)) as book:
        assert claim(book)
        book.settle(Order(NOW, closures={GROUP: Closure(NOW + 10.0, "busy")}))
        assert claim(book) == ()
        book.settle(Order(NOW, closures={GROUP: None}, limits={"one": 2}))
        assert len(claim(book, 5)) == 1


def test_nothing_is_remembered_of_a_transaction_that_failed(tmp_path: Path) -> None:
    with closing(ledger(tmp_path)) as book:
        assert claim(book)
        busy = sqlite3.OperationalError("database is locked")
        busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
        with mock.patch.object(PublishedWaiters, "publish", side_effect=busy), pytest.raises(LedgerBusy):
            wait_for(book, 2**40, OTHER)
        assert wait_for(book, 2**40, OTHER) == (2**40,)
        assert len(book.read(OTHER, NOW).free_at) == 1
        assert len(book.read(GROUP, NOW).free_at) == 1
        assert book.activity(OTHER, NOW).members == (Seen("one", 5),)


def test_a_rival_that_dies_while_it_waits_is_not_waited_for(start: Start, clock: FakeClock) -> None:
    one, two, three = start(), start(), start()
    first = join(one.queue, 1)
    clock.advance()
    go(first, clock)
    head = join(two.queue, 1)
    clock.advance(0.01)
    second = join(three.queue, 1)
    clock.advance(COOLDOWN - 1.01)
    two.kill()
    clock.advance(1.0 - 0.001)
    assert stages(head, second) == "ww"
    clock.advance(0.002)
    assert stages(second) == "c"


def test_the_version_moves_when_a_rival_is_gone(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    first = join(one.queue, 1)
    clock.advance()
    go(first, clock)
    waiting = join(one.queue, 1), join(two.queue, 1)
    clock.advance()
    before = two.ledger.version(clock.now())
    assert two.ledger.version(clock.now()) == before
    one.kill()
    after = two.ledger.version(clock.now())
    assert after != before
    assert two.ledger.version(clock.now()) == after
    assert stages(*waiting) == "ww"


def test_the_latest_start_is_found_behind_claims_of_the_dead(tmp_path: Path) -> None:
    with closing(ledger(tmp_path)) as book:
        (sent,) = claim(book)
        book.settle(Order(NOW, sent={sent: NOW}))
        assert book.read(GROUP, NOW).last_start == NOW
        assert claim(book, now=NOW + 1.0)
        (later,) = claim(book, now=NOW + 2.0)
        book.settle(Order(NOW + 3.0, sent={later: NOW + 3.0}))
        assert book.read(GROUP, NOW + 3.0).last_start == NOW + 3.0
        (latest,) = claim(book, now=NOW + 4.0)
        assert book.read(GROUP, NOW + 4.0).last_start == NOW + 4.0
        book.settle(Order(NOW + 5.0, refunds=(latest,)))
        assert book.read(GROUP, NOW + 5.0).last_start == NOW + 3.0
