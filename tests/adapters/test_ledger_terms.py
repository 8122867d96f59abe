"""How long things last, in plain figures: what is derived from the terms would not notice a wrong one."""

from __future__ import annotations

import asyncio
from contextlib import closing
from inspect import signature
from pathlib import Path

from tests.adapters.test_ledger_file import NOW, claim, ledger
from tests.fakes_quota import FakeClock, Start, join, stages
from tui_app.adapters.ledger import TERMS
from tui_app.adapters.messages_api import HttpMessagesApi
from tui_app.core.claims import Order
from tui_app.core.queue import CAPACITY


def test_a_start_keeps_its_slot_for_sixty_seconds_and_the_way_to_the_service() -> None:
    assert (TERMS.window, TERMS.margin, TERMS.grace) == (60.0, 0.5, 0.25)
    assert TERMS.cooldown == 60.5
    assert TERMS.free_after_start(100.0) == 160.5
    assert CAPACITY == 2000


def test_a_lease_is_the_time_to_connect_and_a_second() -> None:
    connect_s = signature(HttpMessagesApi).parameters["connect_s"].default
    assert TERMS.lease == connect_s + 1.0
    assert TERMS.free_after_claim(100.0) == 100.0 + TERMS.lease + 60.5


def test_the_limit_is_kept_to_the_millisecond(tmp_path: Path) -> None:
    with closing(ledger(tmp_path)) as book:
        first = claim(book, 3, limit=3)
        book.settle(Order(NOW, sent=dict(zip(first, (NOW, NOW + 1.0, NOW + 2.0), strict=True))))
        for late in (0.0, 1.0, 2.0):
            assert claim(book, 3, limit=3, now=NOW + late + 60.499) == ()
            assert len(claim(book, 3, limit=3, now=NOW + late + 60.5)) == 1


def test_who_says_that_nothing_was_sent_after_it_was_frees_no_slot(tmp_path: Path) -> None:
    with closing(ledger(tmp_path)) as book:
        (one,) = claim(book, 1, limit=1)
        book.settle(Order(NOW, sent={one: NOW}))
        book.settle(Order(NOW + 1.0, refunds=(one,)))
        assert claim(book, 1, limit=1, now=NOW + 2.0) == ()


def test_a_stamp_is_not_earlier_than_the_first_byte_that_follows_it(start: Start, clock: FakeClock) -> None:
    one, two = start(), start()
    first, second = join(one.queue, 1), join(two.queue, 1)
    clock.advance()
    asyncio.run(first.sent())
    clock.advance(0.004)
    clock.advance(60.5)
    assert stages(second) == "w"
    clock.advance(0.1)
    assert stages(second) == "c"
