"""What is tried again, how often, and after how long."""

from __future__ import annotations

import pytest

from tui_app.core.errors import ConnectionLost, Loss, Refusal, ServiceRefused
from tui_app.core.retries import RETRIES, elastic_retry_delay, retry_delay


def refusal(
    status: int | None, *, after: float | None = None, should: bool | None = None, code: str | None = None
) -> ServiceRefused:
    """A refusal with what decides on a retry."""
    told = Refusal(status, "kind", "words", code=code, retry_after_s=after, should_retry=should)
    return ServiceRefused(told)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
def test_passing_troubles_are_tried_again_twice(status: int) -> None:
    delays = [retry_delay(refusal(status), attempt) for attempt in (1, 2, 3)]
    assert [delay is not None for delay in delays] == [True, True, False]
    assert RETRIES == 2


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 422])
def test_lasting_troubles_are_not(status: int) -> None:
    assert retry_delay(refusal(status), 1) is None


def test_the_wait_grows_and_is_shortened_by_chance() -> None:
    first, second = retry_delay(refusal(529), 1), retry_delay(refusal(529), 2)
    assert first is not None
    assert second is not None
    assert 0.375 <= first <= 0.5
    assert 0.75 <= second <= 1.0


def test_the_services_own_wait_is_obeyed_whatever_its_size() -> None:
    assert retry_delay(refusal(429, after=3600.0), 1) == 3600.0
    assert retry_delay(refusal(429, after=-3.0), 1) == 0.0


def test_the_services_own_word_on_retrying_is_obeyed() -> None:
    assert retry_delay(refusal(529, should=False), 1) is None
    assert retry_delay(refusal(400, should=True), 1) is not None
    assert retry_delay(refusal(400, should=True), 3) is None


@pytest.mark.parametrize("code", ["enforced_spend_limit_reached", "contract_spend_limit_reached"])
def test_a_spend_cap_is_not_tried_again(code: str) -> None:
    assert retry_delay(refusal(429, code=code), 1) is None
    assert retry_delay(refusal(429, code=code, should=True), 1) is None


def test_an_error_event_in_mid_stream_is_not_tried_again() -> None:
    assert retry_delay(refusal(None), 1) is None


@pytest.mark.parametrize("loss", [Loss.UNREACHABLE, Loss.TIMEOUT, Loss.DROPPED])
def test_a_lost_connection_is_tried_again(loss: Loss) -> None:
    assert retry_delay(ConnectionLost(loss, "words"), 1) is not None


@pytest.mark.parametrize("loss", [Loss.TLS, Loss.REDIRECTED, Loss.NOT_THE_API])
def test_a_wrong_address_is_not(loss: Loss) -> None:
    assert retry_delay(ConnectionLost(loss, "words"), 1) is None


@pytest.mark.parametrize("status", [429, 500, 529])
def test_elasticsearch_tries_again_after_these(status: int) -> None:
    error = refusal(status, after=60.0)
    for attempt, bound in ((1, 1.0), (2, 2.0)):
        delay = elastic_retry_delay(error, attempt)
        assert delay is not None and bound / 2 <= delay <= bound
    assert elastic_retry_delay(error, 3) is None


@pytest.mark.parametrize("status", [None, 400, 401, 408, 409, 501, 502, 503, 504])
def test_elasticsearch_does_not_try_again_after_others(status: int | None) -> None:
    assert elastic_retry_delay(refusal(status), 1) is None


def test_elasticsearch_tries_lost_connections_again_but_no_host_that_is_unknown() -> None:
    assert elastic_retry_delay(ConnectionLost(Loss.DROPPED, "lost"), 1) is not None
    assert elastic_retry_delay(ConnectionLost(Loss.NOT_THE_API, "lost"), 1) is not None
    assert elastic_retry_delay(ConnectionLost(Loss.HOST_UNKNOWN, "lost"), 1) is None
