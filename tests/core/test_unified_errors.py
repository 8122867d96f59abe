"""Errors of chats are told in OpenAI's shape."""

from __future__ import annotations

import pytest

from tests.fakes_service import refused
from tui_app.core.elastic_errors import ElasticError
from tui_app.core.errors import EndpointNotFound
from tui_app.core.unified_errors import chat_error, error_body


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "bad_request"),
        (401, "unauthorized"),
        (404, "not_found"),
        (408, "request_timeout"),
        (413, "request_entity_too_large"),
        (422, "unprocessable_entity"),
        (429, "too_many_requests"),
        (499, "bad_request"),
        (500, "internal_server_error"),
        (529, "internal_server_error"),
    ],
)
def test_the_code_is_elasticsearchs_name_of_the_status(status: int, code: str) -> None:
    told = error_body(ElasticError(status, reason="no", type="status_exception"))
    assert told == {"error": {"code": code, "message": "no", "type": "status_exception"}}


def test_what_the_service_refused_is_told_as_its_error() -> None:
    told = chat_error(refused(401, "authentication_error", "invalid x-api-key"), "mine")
    assert (told.status, told.type) == (401, "anthropic_error")
    assert told.reason == (
        "Received an authentication error status code for request from inference entity id [mine] "
        "status [401]. Error message: [invalid x-api-key]"
    )


def test_an_error_in_the_middle_of_a_stream_is_told_with_the_services_words() -> None:
    told = chat_error(refused(None, "overloaded_error", "Overloaded"), "mine")
    assert (told.status, told.type) == (500, "anthropic_error")
    assert told.reason == (
        "Received an error response for request from inference entity id [mine]. Error message: [Overloaded]"
    )


def test_any_other_error_is_told_as_elsewhere() -> None:
    told = chat_error(EndpointNotFound("mine"), "mine")
    assert (told.status, told.type) == (404, "resource_not_found_exception")
