"""A quota says in words what its bar shows."""

from __future__ import annotations

from dataclasses import replace

from tui_app.core.quota import Closure, Group, Pacing, Quota, Source, Waiting
from tui_app.core.quota_words import (
    alone_words,
    closure_words,
    counting,
    headline,
    outlook,
    queue_words,
    shared_words,
    trouble_words,
)

FREE = Quota(Group("https://x", "abcd1234", "m"), 3, 100.0)
SPENT = replace(FREE, free_at=(112.0, 130.0, 150.0))


def test_an_untouched_quota_says_that_all_is_left_and_does_not_count() -> None:
    assert headline(FREE, 100) == "3 of 3 left"
    assert outlook(FREE, 100) == ("0 used in the last 60 s",)
    assert not counting(FREE, 100)


def test_a_spent_quota_says_when_the_next_slot_comes_and_when_all_are_free() -> None:
    assert headline(SPENT, 100) == "none of 3 left"
    assert outlook(SPENT, 100)[:2] == ("next in 12 s", "full in 50 s")


def test_a_partly_used_quota_counts_down_to_one_more_slot() -> None:
    assert headline(SPENT, 115) == "1 of 3 left"
    assert outlook(SPENT, 115)[0] == "+1 in 15 s"
    assert counting(SPENT, 115)
    assert not counting(SPENT, 151)


def test_slots_of_others_over_the_limit_delay_one_more_slot() -> None:
    crowded = replace(FREE, free_at=(110.0, 120.0, 130.0, 140.0))
    assert outlook(crowded, 100)[0] == "next in 20 s"


def test_those_who_wait_are_told_their_place_and_time() -> None:
    waiting = tuple(Waiting(str(n), n, "e", Source.CHAT, n * 4.0) for n in (1, 2, 3, 4))
    words = queue_words(replace(SPENT, waiting=waiting, others_waiting=2), 100)
    assert words.startswith("4 requests wait: no. 1 in about 4 s, no. 2 in about 8 s")
    assert words.endswith("and 1 more; 2 in other terminals")
    assert queue_words(replace(SPENT, others_waiting=1), 100) == "1 request waits in other terminals"
    assert queue_words(SPENT, 100) == ""


def test_the_time_of_those_who_wait_counts_down() -> None:
    quota = replace(SPENT, waiting=(Waiting("1", 1, "e", Source.CHAT, 12.0),))
    assert queue_words(quota, 107) == "1 request waits: no. 1 in about 5 s"
    assert queue_words(quota, 115).endswith("no. 1 in about 0 s")


def test_those_who_wait_are_told_no_time_while_all_is_paused() -> None:
    waiting = tuple(Waiting(str(n), n, "e", Source.CHAT, n * 4.0) for n in (1, 2))
    quota = replace(SPENT, waiting=waiting, others_waiting=1, paused=True)
    assert queue_words(quota, 100) == "2 requests wait, paused in this terminal; 1 in other terminals"


def test_a_closure_says_until_when_and_why() -> None:
    closed = replace(FREE, closure=Closure(165.0, "rate_limit_error:\n[/x] slow down"))
    assert headline(closed, 100) == "closed by the service"
    assert outlook(closed, 100)[0] == "opens in 65 s"
    words = closure_words(closed, 100, 0.0)
    assert ":01:05, in 65 s: rate_limit_error: [/x] slow down" in words
    assert closure_words(closed, 166, 0.0) == ""


def test_a_closed_group_opens_not_before_the_time_that_is_told() -> None:
    closed = replace(FREE, closure=Closure(165.4, "slow down"))
    assert ":01:06, in 66 s" in closure_words(closed, 100, 0.0)


def test_an_even_pacing_is_named() -> None:
    even = replace(FREE, pacing=Pacing.EVEN, paced_until=110.0)
    assert headline(even, 100) == "none of 3 left"
    assert "evenly, one each 20 s" in outlook(even, 100)
    assert "evenly, one each 5.04 s" in outlook(replace(even, limit=12, cooldown_s=60.5), 100)


def test_an_even_pacing_leaves_never_more_than_one_and_promises_no_second() -> None:
    even = replace(FREE, pacing=Pacing.EVEN, free_at=(130.0,), paced_until=90.0)
    assert headline(even, 100) == "1 of 3 left"
    assert outlook(even, 100)[0] == "full in 30 s"


def test_a_shared_budget_names_the_others() -> None:
    assert shared_words(("b", "c")) == "shared with b, c"
    assert shared_words(()) == ""


def test_of_many_that_share_a_budget_the_first_are_named() -> None:
    assert shared_words([f"e{n}" for n in range(9)]) == "shared with e0, e1, e2, e3, e4, e5 and 3 more"


def test_a_limit_of_this_process_alone_says_so_and_why() -> None:
    assert alone_words(FREE) == ""
    assert alone_words(replace(FREE, alone="the disk\nis full")).endswith("not counted: the disk is full")
    assert trouble_words("") == ""
    assert trouble_words("the disk is full").startswith("no request starts")
