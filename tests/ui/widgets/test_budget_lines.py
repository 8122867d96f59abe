"""A budget in lines: each endpoint with its own limit, warnings first, never wider than its place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.test_starts import NOW, STARTS
from tui_app.core.activity import Activity, Start, Stranger, ToldLimit
from tui_app.core.budgets import Budget, Member
from tui_app.core.quota import Closure, Group, Pacing, Quota, Source, Waiting
from tui_app.ui.widgets.budget_facts import alerts, facts, moves
from tui_app.ui.widgets.budget_lines import BudgetColumns, budget_line, heading, pacing_words
from tui_app.ui.widgets.endpoint_rows import Moment
from tui_app.ui.widgets.what_if import what_if_words

GROUP = Group("https://x", "abcd1234", "claude-haiku-4-5")
AT = Moment(NOW, 1_790_000_000.0)
TOLD = (
    ToldLimit("requests", 40, 12, NOW + 20, NOW - 12),
    ToldLimit("input-tokens", 50_000, 49_200, NOW + 3, NOW - 12),
    ToldLimit("output-tokens", 8_000, 8_000, None, NOW - 12),
)
STARTED = (Start(NOW - 5, "notes", Source.CHAT, True), Start(NOW - 2, "notes", Source.ASK, False))
NOTHING = Activity()


def budget(activity: Activity = NOTHING, **changes: object) -> Budget:
    """Two endpoints on one budget."""
    free_at = tuple(start.at + 60.5 for start in activity.starts)
    quota = replace(Quota(GROUP, 50, NOW, free_at, cooldown_s=60.5), **changes)  # type: ignore[arg-type]
    members = (Member("notes", quota), Member("old-bot", replace(quota, limit=2), known=False))
    return Budget(GROUP, members, activity, "Anthropic, key in keyring (abcd1234)")


def said(of: Budget, width: int = 80, *, terse: bool = False) -> str:
    """The facts."""
    return facts(of, AT, width, terse=terse).plain


def warned(of: Budget, width: int = 100, *, others: bool = False) -> str:
    """The alerts."""
    return alerts(of, AT, width, others=others).plain


def test_each_endpoint_has_its_own_limit_and_its_starts() -> None:
    first, second, third, *_ = said(budget(Activity(STARTED))).splitlines()
    assert first.startswith("notes ") and "48 of 50 left" in first and first.endswith("2 started")
    assert second.startswith("old-bot ") and "none of 2 left" in second and second.endswith("0 started")
    assert "not an endpoint here" in third


@pytest.mark.parametrize("terse", [True, False])
def test_the_services_limits_stand_below_ours_with_their_age(terse: bool) -> None:
    text = " ".join(said(budget(Activity(told=TOLD)), terse=terse).split())
    for words in ("12 of 40", "49,200 of 50,000", "8,000 of 8,000", "told 12 s ago"):
        assert words in text
    assert "has told no limits of its own yet" in said(budget(), terse=terse)


def test_all_well_means_no_alert() -> None:
    assert warned(budget(Activity(STARTED, told=(replace(TOLD[0], limit=50),)))) == ""


def test_a_limit_above_the_services_and_a_stranger_are_warned_of() -> None:
    text = warned(budget(Activity(told=TOLD, stranger=Stranger(3, NOW - 9))))
    assert "! Limit    notes: 50 a minute is more than the service allows: 40" in text
    assert "old-bot" not in text
    assert "! Key      somebody else uses this key: at least 3 requests" in text


def test_a_closure_comes_first_and_foreign_words_are_no_markup() -> None:
    closed = budget(closure=Closure(NOW + 33, "[/v1/messages] [bold]no"), alone="the disk is full")
    first, second, third = warned(closed, others=True).splitlines()
    assert first.startswith("✗ Service  closed until ") and "in 33 s: [/v1/messages] [bold]no" in first
    assert second.strip() == "Other models on this key go on."
    assert third.startswith("! Ledger   ") and "the disk is full" in third
    assert "Other models" not in warned(closed)


def test_it_moves_only_while_something_counts() -> None:
    assert not moves(budget(), NOW)
    assert not moves(budget(paused=True, waiting=(Waiting("a", 1, "notes", Source.CHAT, 3.0),)), NOW)
    assert moves(budget(waiting=(Waiting("a", 1, "notes", Source.CHAT, 3.0),)), NOW)
    assert moves(budget(Activity(STARTED)), NOW + 58)
    assert not moves(budget(Activity(STARTED)), NOW + 61)
    assert moves(budget(closure=Closure(NOW + 33, "no")), NOW)
    assert moves(budget(Activity(told=TOLD)), NOW)
    assert not moves(budget(Activity(told=TOLD)), NOW + 50)


def test_the_pacing_is_a_sentence() -> None:
    quota = budget().quota
    assert pacing_words(quota) == "as they come, up to 50 at once"
    assert pacing_words(replace(quota, pacing=Pacing.EVEN)) == "evenly, one each 1.21 s"


@given(STARTS, st.integers(56, 200), st.booleans())
def test_no_line_leaves_its_width(starts: list[Start], width: int, terse: bool) -> None:
    of = budget(Activity(tuple(sorted(starts, key=lambda s: s.at)), told=TOLD, stranger=Stranger(2, NOW)))
    lines = [budget_line(of, AT, BudgetColumns.of(width), marked=True), heading(of, AT, width)]
    lines += facts(of, AT, width, terse=terse).split("\n") + alerts(of, AT, width, others=True).split("\n")
    assert max(line.cell_length for line in lines) <= width


def test_what_if_tells_when_the_last_starts() -> None:
    quota = Quota(GROUP, 50, NOW, cooldown_s=60.5)
    assert what_if_words(50, quota, AT, 99) == "prompts at 50 a minute: the last starts at once"
    assert what_if_words(1, quota, AT, 99) == "prompt at 50 a minute: it starts at once"
    words = what_if_words(200, quota, AT, 99)
    assert words.startswith("prompts at 50 a minute: the last starts at ")
    assert words.endswith(", in 3 min 02 s")
    waiting = replace(quota, waiting=(Waiting("a", 1, "notes", Source.CHAT, 0.0),), others_waiting=2)
    assert what_if_words(200, waiting, AT, 99).endswith(", in 4 min 02 s, after 3 who wait")
    assert len(what_if_words(200, waiting, AT, 55)) <= 55


@given(st.integers(1, 999_999), st.integers(1, 200))
def test_more_prompts_never_end_earlier(count: int, limit: int) -> None:
    quota = Quota(GROUP, limit, NOW, cooldown_s=60.5)
    assert quota.start_in(count, NOW) <= quota.start_in(count + 1, NOW)
    assert what_if_words(count, quota, AT, 60)
