"""What the service says of its limits is told with its age, and what is wrong with ours is named."""

from __future__ import annotations

import time
from dataclasses import replace

from tests.fakes_quota import GROUP, FakeClock, TroubledLedger
from tui_app.core.activity import Activity, Stranger, ToldLimit
from tui_app.core.errors import LedgerFailed
from tui_app.core.queue import RequestQueue
from tui_app.core.told_words import (
    excess_of,
    excess_words,
    service_limit,
    stranger_words,
    telling,
    told_age,
    told_line,
)

TOLD = ToldLimit("requests", 40, 12, 120.0, 88.0)
WALL = 1_790_000_000.0


def test_a_limit_says_what_is_left_of_how_much_and_when_it_is_full() -> None:
    line = told_line(TOLD, 100.0)
    assert (line.name, line.words, line.outlook, line.left) == ("requests", "12 of 40", "full in 20 s", 0.3)
    assert told_line(TOLD, 120.0).outlook == ""
    assert told_line(replace(TOLD, name="input-tokens", limit=50_000), 0.0).name == "input tokens"


def test_a_limit_that_tells_little_claims_no_more() -> None:
    assert told_line(replace(TOLD, remaining=None), 100.0).words == "40 a minute"
    assert told_line(replace(TOLD, limit=None), 100.0).words == "12 left"
    assert told_line(replace(TOLD, limit=None), 100.0).left is None
    assert told_line(replace(TOLD, limit=None, remaining=None), 100.0).words == "not told"
    assert told_line(replace(TOLD, limit=10), 100.0).left == 1.0


def test_tokens_as_a_whole_are_told_only_where_their_parts_are_not() -> None:
    parts = [replace(TOLD, name=name) for name in ("requests", "input-tokens", "output-tokens", "tokens")]
    assert [each.name for each in telling(parts)] == ["requests", "input-tokens", "output-tokens"]
    assert [each.name for each in telling(parts[3:])] == ["tokens"]


def test_the_age_counts_for_a_minute_and_then_is_a_time_that_stays_true() -> None:
    older = replace(TOLD, name="tokens", told_at=60.0)
    assert told_age((older, TOLD), 100.0, WALL) == "told 12 s ago"
    later = told_age((TOLD,), 200.0, WALL + 100)
    assert later == f"told at {time.strftime('%H:%M:%S', time.localtime(WALL - 12))}"
    assert later == told_age((TOLD,), 900.0, WALL + 800)
    assert told_age((), 100.0, WALL) == ""


def test_a_limit_above_the_services_is_named_with_both_numbers() -> None:
    activity = Activity(told=(TOLD,))
    assert service_limit(activity) == 40
    assert "50" in excess_words(50, activity) and "40" in excess_words(50, activity)
    assert excess_words(40, activity) == excess_words(50, Activity()) == ""
    assert excess_words(50, Activity(told=(replace(TOLD, limit=None),))) == ""


def test_a_ledger_that_fails_tells_no_excess() -> None:
    ledger = TroubledLedger()
    ledger.failure = LedgerFailed("no")
    assert excess_of(RequestQueue(ledger, FakeClock()), GROUP, 5) == ""


def test_somebody_else_on_the_key_is_told_with_how_many_and_when() -> None:
    at = time.strftime("%H:%M:%S", time.localtime(WALL - 20))
    words = stranger_words(Stranger(3, 80.0), 100.0, WALL)
    assert "at least 3 requests" in words and words.endswith(at)
    assert "at least 1 request " in stranger_words(Stranger(1, 80.0), 100.0, WALL)
    assert stranger_words(None, 100.0, WALL) == ""
