"""Errors as bodies, and from our errors to Elasticsearch's."""

from __future__ import annotations

import pytest

from tests.fakes_service import lost
from tui_app.core.elastic_errors import (
    ElasticError,
    elastic_error,
    not_verified,
    numbered,
    refused,
    stream_error,
    timed_out,
)
from tui_app.core.errors import (
    ConnectionLost,
    EndpointChanged,
    InfertermError,
    KeyMissing,
    Loss,
    QueueFull,
    Refusal,
    ServiceRefused,
    StoreFailed,
)


def service(
    status: int | None, kind: str = "api_error", message: str = "why", **more: object
) -> ServiceRefused:
    return ServiceRefused(Refusal(status, kind, "why", **more))  # type: ignore[arg-type]


def test_the_innermost_cause_is_the_root() -> None:
    cause = ElasticError(401, "no such key")
    body = not_verified(cause).body()
    assert body == {
        "error": {
            "root_cause": [{"type": "status_exception", "reason": "no such key"}],
            "type": "status_exception",
            "reason": "Could not complete inference endpoint creation as validation call to service threw an "
            "exception.",
            "caused_by": {"type": "status_exception", "reason": "no such key"},
        },
        "status": 400,
    }


def test_findings_are_numbered() -> None:
    assert numbered(["a", "b"]) == "Validation Failed: 1: a;2: b;"


@pytest.mark.parametrize(
    ("status", "given", "beginning"),
    [
        (401, 401, "Received an authentication error status code"),
        (403, 403, "Received a permission denied error status code"),
        (304, 400, "Unhandled redirection"),
        (305, 305, "Unhandled redirection"),
        (404, 404, "Received an unsuccessful status code"),
        (413, 413, "Received an unsuccessful status code"),
        (425, 400, "Received an unsuccessful status code"),
        (500, 400, "Received a server error status code"),
        (503, 400, "Received a server error status code"),
        (529, 400, "Received an Anthropic server is temporarily overloaded status code"),
    ],
)
def test_what_the_service_refuses_is_passed_on(status: int, given: int, beginning: str) -> None:
    told = elastic_error(service(status), "mine")
    end = f"for request from inference entity id [mine] status [{status}]. Error message: [why]"
    assert (told.status, told.reason) == (given, f"{beginning} {end}")


def test_a_service_without_a_message_is_given_none() -> None:
    told = elastic_error(service(503, has_message=False), "mine")
    assert told.reason.endswith("status [503]")


def test_a_rate_limit_tells_the_services_own_figures_and_what_is_not_known() -> None:
    told = elastic_error(service(429, limits=(("retry-after", "2"),)), "mine")
    assert "Token limit [unknown]" in told.reason
    assert "Retry after [2] for request" in told.reason


@pytest.mark.parametrize(
    ("kind", "status"),
    [("overloaded_error", 500), ("rate_limit_error", 429), ("authentication_error", 401), ("odd", 500)],
)
def test_an_error_in_a_stream_has_the_status_of_its_type(kind: str, status: int) -> None:
    assert stream_error(service(None, kind), "mine") == ElasticError(status, "why")


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (QueueFull("full"), 429, "es_rejected_execution_exception"),
        (EndpointChanged("mine"), 409, "status_exception"),
        (StoreFailed("no room"), 500, "status_exception"),
        (KeyMissing("no key"), 400, "status_exception"),
        (lost(Loss.HOST_UNKNOWN), 400, "status_exception"),
        (lost(Loss.REDIRECTED), 400, "status_exception"),
        (lost(Loss.DROPPED), 500, "status_exception"),
        (refused("x", 418, "odd_exception"), 418, "odd_exception"),
    ],
)
def test_every_error_has_a_status_a_type_and_a_reason(error: InfertermError, status: int, kind: str) -> None:
    told = elastic_error(error, "mine", "https://a.example")
    assert (told.status, told.type) == (status, kind)
    assert told.reason


def test_a_redirect_is_passed_on_with_its_status_and_where_it_points() -> None:
    told = elastic_error(ConnectionLost(Loss.REDIRECTED, "elsewhere", answered=307), "mine")
    assert (told.status, told.reason) == (
        307,
        "Unhandled redirection for request from inference entity id [mine] status [307]. "
        "Error message: [elsewhere]",
    )


def test_time_that_is_up_is_a_408() -> None:
    told = timed_out("30s", "mine")
    assert (told.status, told.reason) == (408, "Request timed out after [30s] for inference id [mine]")
