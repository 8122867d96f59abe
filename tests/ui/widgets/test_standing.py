"""Where a reply stands, counted down from when it was told."""

from __future__ import annotations

from tui_app.core.board import PAUSED
from tui_app.core.chat_events import Progress
from tui_app.core.events import Queued, Retrying, Sent
from tui_app.ui.widgets.standing import standing


def test_a_waiting_prompt_says_its_place_and_counts_down() -> None:
    progress = Progress(Queued(3, 42.0, "closed by the service"), 100.0)
    said = standing(progress, 110.0, 0.0).plain
    assert said.startswith(
        "○ waiting for the quota: closed by the service, no. 3 in line, starts in about 32 s"
    )
    assert "esc takes it back" in said


def test_a_prompt_that_is_paused_is_told_no_time() -> None:
    said = standing(Progress(Queued(2, 4.0, PAUSED), 0.0), 1.0, 0.0).plain
    assert said == f"○ waiting for the quota: {PAUSED}, no. 2 in line · esc takes it back"
    again = standing(Progress(Queued(1, 4.0, PAUSED, 2), 0.0), 1.0, 0.0).plain
    assert again == f"! {PAUSED}\n  attempt 2, next in line"


def test_the_first_in_line_is_called_next() -> None:
    assert "next in line, starts in about 0 s" in standing(Progress(Queued(1, 1.0), 0.0), 9.0, 0.0).plain


def test_a_retry_says_reason_attempt_and_countdown() -> None:
    said = standing(Progress(Retrying("overloaded", 8.0, 2, 3), 0.0), 2.5, 0.0).plain
    assert said == "! overloaded\n  attempt 2 of 3 in 6 s"


def test_a_retry_in_the_queue_says_reason_attempt_place_and_countdown() -> None:
    said = standing(Progress(Queued(1, 12.0, "too fast", 2), 0.0), 2.0, 0.0).plain
    assert said == "! too fast\n  attempt 2, next in line, in about 10 s"
    assert standing(Progress(Queued(3, 12.0, "", 3), 0.0), 2.0, 0.0).plain.startswith(
        "! waiting for the quota"
    )


def test_what_was_sent_says_how_long_it_is_waited_for() -> None:
    said = standing(Progress(Sent(2, 0.0), 5.0), 8.0, 0.0).plain
    assert said.startswith("● sent, attempt 2, waiting for the first token, 3 s")


def test_an_answer_that_comes_says_how_long_it_has_come() -> None:
    assert standing(None, 12.0, 5.0).plain == "● answering, 7 s · esc stops"
