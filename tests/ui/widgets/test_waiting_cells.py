"""Those who wait stand in columns: place, source, endpoint, expected start, in time and in local time."""

from __future__ import annotations

import time
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.activity import Activity
from tui_app.core.claims import Rival
from tui_app.core.quota import Group, Quota, Source, Waiting
from tui_app.ui.widgets.endpoint_rows import Moment
from tui_app.ui.widgets.waiting_cells import (
    WaitingColumns,
    head_words,
    is_ours,
    key_of,
    queue_head,
    waiter_words,
    waiters,
)

GROUP = Group("https://x", "abcd", "m")
FIRST = Waiting("a1", 1, "release-notes", Source.CHAT, 12.0, 89.0)
LATER = Waiting("b2", 5, "review-bot", Source.BATCH, 75.0, 96.0)
RIVAL = Rival("review-bot", Source.ASK, 20, 90.0, 95.0, 3, (90.0,), (Source.ASK,))
QUOTA = Quota(GROUP, 5, 100.0, waiting=(FIRST, LATER), others_waiting=3)
AT_ONE = Moment(100.0, 1_790_000_000.0)
WIDE = WaitingColumns.of(70)


def clock(left: float) -> str:
    """The local time so many seconds ahead."""
    return time.strftime("%H:%M:%S", time.localtime(AT_ONE.wall + left))


def test_a_waiting_request_tells_when_it_should_start_and_counts_down() -> None:
    line = waiter_words(FIRST, QUOTA, AT_ONE, WIDE)
    assert line.split() == ["1", "chat", "release-notes", "12", "s", clock(12)]
    later = waiter_words(FIRST, QUOTA, Moment(104.0, AT_ONE.wall + 4), WIDE)
    assert later.split() == ["1", "chat", "release-notes", "8", "s", clock(12)]


def test_a_paused_queue_promises_no_time() -> None:
    line = waiter_words(FIRST, replace(QUOTA, paused=True), AT_ONE, WIDE)
    assert line.split() == ["1", "chat", "release-notes", "on", "resume"]


def test_other_processes_stand_where_their_places_are() -> None:
    who = waiters(QUOTA, Activity(rivals=(RIVAL,)))
    assert [is_ours(each) for each in who] == [True, False, False, True]
    words = [waiter_words(each, QUOTA, AT_ONE, WIDE).split() for each in who]
    assert words[1][:3] == ["·2", "ask", "review-bot"]
    assert words[2] == ["·", "ask", "review-bot", "and", "2", "more"]
    assert len({key_of(each) for each in who}) == 4


def test_what_waits_elsewhere_goes_on_while_this_terminal_is_paused() -> None:
    paused = replace(QUOTA, paused=True)
    who = waiters(paused, Activity(rivals=(RIVAL,)))
    assert "on resume" in waiter_words(who[0], paused, AT_ONE, WIDE)
    assert clock(0) in waiter_words(who[1], paused, AT_ONE, WIDE)


def test_the_head_counts_both() -> None:
    assert queue_head(QUOTA, (RIVAL,)) == "2 wait here, 3 in other processes (·)"
    assert queue_head(replace(QUOTA, waiting=(FIRST,)), ()) == "1 waits here"
    assert queue_head(replace(QUOTA, waiting=()), ()) == "nobody waits"
    assert queue_head(replace(QUOTA, waiting=()), (RIVAL,)) == "nobody waits here, 3 in other processes (·)"


@given(st.integers(40, 160), st.text(max_size=300), st.floats(0, 1e6), st.integers(1, 2000))
def test_a_line_never_leaves_its_width(width: int, member: str, left: float, position: int) -> None:
    columns = WaitingColumns.of(width)
    quota = replace(QUOTA, waiting=(Waiting("a", position, member, Source.VERIFY, left),))
    who = waiters(quota, Activity(rivals=(RIVAL,)))
    lines = [waiter_words(each, quota, AT_ONE, columns) for each in who]
    assert max(len(head_words(columns)), *(len(line) + 2 for line in lines)) <= width
