"""Runs: what a batch asks again, what stops all of it, and how many rows are on the way."""

from __future__ import annotations

import pytest

from tui_app.core.batch_runs import batch_retry_delay, stops_all
from tui_app.core.errors import ConnectionLost, KeyMissing, Loss, Refusal, ServiceRefused


def refused(status: int, retry_after_s: float | None = None, code: str | None = None) -> ServiceRefused:
    """A refusal with this status."""
    return ServiceRefused(Refusal(status, "error", "no", code, retry_after_s=retry_after_s))


@pytest.mark.parametrize("loss", [Loss.TIMEOUT, Loss.DROPPED, Loss.CUT])
def test_what_may_have_been_answered_is_not_asked_again(loss: Loss) -> None:
    assert batch_retry_delay(ConnectionLost(loss, "gone"), 1) is None
    assert not stops_all(ConnectionLost(loss, "gone"))


def test_what_was_never_sent_is_tried_again_and_then_all_waits() -> None:
    unreachable = ConnectionLost(Loss.UNREACHABLE, "nobody there")
    assert batch_retry_delay(unreachable, 1) is not None
    assert batch_retry_delay(unreachable, 3) is None
    assert stops_all(unreachable)


def test_a_busy_service_is_asked_patiently() -> None:
    assert batch_retry_delay(refused(429, retry_after_s=20), 5) == 20
    delays = [batch_retry_delay(refused(529), attempt) for attempt in range(1, 9)]
    assert all(delay is not None and 0.3 <= delay <= 60 for delay in delays)
    assert batch_retry_delay(refused(529), 9) is None
    assert batch_retry_delay(refused(500), 3) is None


@pytest.mark.parametrize("status", [401, 402, 403, 404])
def test_what_every_row_would_meet_stops_all(status: int) -> None:
    assert stops_all(refused(status))


def test_a_404_is_one_rows_own_where_another_was_answered() -> None:
    assert not stops_all(refused(404), answered=True)
    assert all(stops_all(refused(status), answered=True) for status in (401, 402, 403))


def test_a_spend_limit_stops_all_and_is_not_tried_again() -> None:
    spent = refused(429, code="enforced_spend_limit_reached")
    assert stops_all(spent)
    assert batch_retry_delay(spent, 1) is None


def test_what_one_row_did_wrong_does_not_stop_the_others() -> None:
    assert not stops_all(refused(400))
    assert not stops_all(refused(529))
    assert stops_all(KeyMissing("none"))
