"""What the ledger keeps beside the slots: shared by all processes, and by builds that know of it or not."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.fakes_quota import COOLDOWN, GROUP, OTHER, FakeClock, Process, Start, join, send
from tui_app.adapters import ledger_schema
from tui_app.adapters.ledger_sightings import FORGOTTEN_S, LATELY_S
from tui_app.core.activity import MOST_TOLD, Seen
from tui_app.core.quota import Source
from tui_app.core.service import ServerLimit

REQUESTS = ServerLimit("requests", 50, 48, 3.0)
ADDED = {"members", "told", "tellings", "strangers", "buckets"}


def go(process: Process, clock: FakeClock, limit: int = 5) -> None:
    """Let a request start."""
    place = join(process.queue, limit)
    clock.advance()
    asyncio.run(send(place))
    clock.advance()


def tables(path: Path) -> set[str]:
    """The tables of a ledger's file."""
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_who_started_what_is_seen_in_every_process(clock: FakeClock, start: Start) -> None:
    one, two = start(), start()
    go(one, clock)
    clock.advance(1.0)
    two.queue.join(GROUP, 5, "other", Source.VERIFY)
    clock.advance(0.3)
    seen = one.queue.activity(GROUP)
    assert [(each.member, each.source, each.ours, each.sent) for each in seen.starts] == [
        ("one", Source.CHAT, True, True),
        ("other", Source.VERIFY, False, False),
    ]
    assert [each.ours for each in two.queue.activity(GROUP).starts] == [False, True]
    assert seen.members == (Seen("one", 5), Seen("other", 5))
    assert seen.starts[1].at - seen.starts[0].at == pytest.approx(1.0)


def test_starts_of_the_last_window_alone_are_told(clock: FakeClock, start: Start) -> None:
    one = start()
    go(one, clock)
    clock.advance(COOLDOWN)
    go(one, clock)
    assert len(one.queue.activity(GROUP).starts) == 1


def test_the_limit_under_which_an_endpoint_was_seen_last_is_told(clock: FakeClock, start: Start) -> None:
    one, two = start(), start()
    go(one, clock)
    clock.advance(1.0)
    go(one, clock, limit=7)
    assert two.queue.activity(GROUP).members == (Seen("one", 7),)
    clock.advance(1.0)
    one.queue.change_limit("one", 9)
    clock.advance(1.1)
    assert two.queue.activity(GROUP).members == (Seen("one", 9),)


def test_a_closure_by_another_process_is_seen(clock: FakeClock, start: Start) -> None:
    one, two = start(), start()
    assert two.queue.groups() == ()
    one.queue.close_group(GROUP, 30.0, "too fast")
    clock.advance(0.3)
    assert two.queue.groups() == (GROUP,)
    quota = two.queue.quota(GROUP, 5)
    assert quota.closure is not None
    assert quota.closure.reason == "too fast"
    assert quota.next_slot_in(clock.now()) == pytest.approx(29.7)
    assert two.queue.closed_for(GROUP) == pytest.approx(29.7)
    assert two.queue.closed_for(OTHER) == 0


def test_a_reopened_group_is_open_for_those_who_had_heard_of_the_closure(
    clock: FakeClock, start: Start
) -> None:
    one, two = start(), start()
    one.queue.close_group(GROUP, 30.0, "too fast")
    clock.advance(0.3)
    assert two.queue.closed_for(GROUP) > 0
    one.queue.reopen_group(GROUP)
    clock.advance(0.3)
    assert two.queue.closed_for(GROUP) == 0
    place = join(two.queue)
    clock.advance()
    assert two.queue.start(place)


def test_groups_are_those_in_which_something_goes_on(clock: FakeClock, start: Start) -> None:
    one, two = start(), start()
    go(one, clock)
    two.queue.note_told(OTHER, (REQUESTS,), clock.now())
    clock.advance(0.3)
    assert set(one.queue.groups()) == {GROUP, OTHER}
    clock.advance(LATELY_S)
    two.queue.note_told(GROUP, (REQUESTS,), clock.now())
    clock.advance(0.3)
    assert one.queue.groups() == (GROUP,)


def test_a_group_in_which_somebody_waits_is_listed_until_that_process_is_gone(
    clock: FakeClock, start: Start
) -> None:
    one, two = start(), start()
    one.queue.close_group(GROUP, 1.0, "no")
    clock.advance()
    join(one.queue)
    clock.advance(0.3)
    assert two.queue.groups() == (GROUP,)
    one.kill()
    clock.advance(5.0)
    two.queue.note_told(OTHER, (REQUESTS,), clock.now())
    clock.advance(0.3)
    assert two.queue.groups() == (OTHER,)


def test_what_a_service_tells_is_known_to_all_and_the_latest_holds(clock: FakeClock, start: Start) -> None:
    one, two = start(), start()
    sent = clock.now()
    clock.advance(1.0)
    late = (ServerLimit("requests", 50, 40, 12.0), ServerLimit("input-tokens", 50_000, 39_000, None))
    two.queue.note_told(GROUP, late, sent + 0.5)
    clock.advance(1.0)
    one.queue.note_told(GROUP, (REQUESTS, ServerLimit("tokens", None, None, 4.0)), sent)
    clock.advance(1.0)
    for process in (one, two):
        told = process.queue.activity(GROUP).told
        assert [(each.name, each.limit, each.remaining) for each in told] == [
            ("requests", 50, 40),
            ("input-tokens", 50_000, 39_000),
            ("tokens", None, None),
        ]
        assert told[0].full_at == pytest.approx(sent + 13.0)
        assert told[0].told_at == pytest.approx(sent + 1.0)


def test_what_was_told_is_shown_for_hours_and_forgotten_after_a_day(clock: FakeClock, start: Start) -> None:
    one = start()
    one.queue.note_told(GROUP, (REQUESTS,), clock.now())
    clock.advance(FORGOTTEN_S - 60)
    go(one, clock)
    assert len(one.queue.activity(GROUP).told) == 1
    clock.advance(61.0)
    go(one, clock)
    assert one.queue.activity(GROUP).told == ()


def test_nonsense_in_headers_is_no_figure(clock: FakeClock, start: Start) -> None:
    one = start()
    wild = ServerLimit("requests", 10**40, MOST_TOLD + 1, 1e9)
    one.queue.note_told(GROUP, (wild, ServerLimit("tokens", 0, 0, 0.0)), clock.now())
    one.queue.note_told(GROUP, (), clock.now())
    clock.advance(0.3)
    requests, tokens = one.queue.activity(GROUP).told
    assert (requests.limit, requests.remaining) == (None, None)
    assert (tokens.limit, tokens.remaining) == (0, 0)


def test_a_reading_costs_the_ledger_nothing_until_something_changes(
    clock: FakeClock, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = start()
    go(one, clock)
    first, groups = one.queue.activity(GROUP), one.queue.groups()
    monkeypatch.setattr(one.ledger, "activity", None)
    monkeypatch.setattr(one.ledger, "groups", None)
    clock.advance(0.1)
    assert one.queue.activity(GROUP) is first
    clock.advance(10.0)
    assert one.queue.activity(GROUP) is first
    assert one.queue.groups() is groups or one.queue.groups() == groups


def test_a_ledger_of_an_older_build_is_completed_and_goes_on(
    clock: FakeClock, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(ledger_schema, "_ADDED", ())
        old = start()
        old.queue.change_limit("one", 3)
        clock.advance()
    path = old.ledger.path
    assert not ADDED & tables(path)
    new = start()
    go(new, clock, limit=3)
    assert tables(path) >= ADDED
    new.queue.note_told(GROUP, (REQUESTS,), clock.now())
    clock.advance(1.1)
    assert len(new.queue.activity(GROUP).told) == 1
    old.queue.change_limit("one", 2)
    clock.advance(1.1)
    assert new.queue.activity(GROUP).members == (Seen("one", 2),)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)


def test_without_a_boot_id_what_is_stamped_in_the_future_is_forgotten(clock: FakeClock, start: Start) -> None:
    one = start()
    one.queue.note_told(GROUP, (REQUESTS,), clock.now())
    clock.advance()
    one.ledger._file.ask(clock.now(), lambda _, book: book.distrust_future(clock.now() - 1.0))
    one.queue.note_told(OTHER, (REQUESTS,), clock.now())
    clock.advance(0.3)
    assert one.queue.activity(GROUP).told == ()
    assert one.queue.groups() == (OTHER,)
