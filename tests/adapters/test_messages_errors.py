from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from tests.strategies_storage import UNHURRIED
from tui_app.adapters.foreign_text import ForeignText
from tui_app.adapters.messages_errors import event_refusal, is_error, refusal, request_id_of
from tui_app.core.errors import Refusal, ServiceRefused
from tui_app.core.jsons import JsonValue

KEY = "sk-ant-secret"
FOREIGN = ForeignText(SecretStr(KEY))


def refused(status: int, body: object, headers: dict[str, str] | None = None) -> ServiceRefused:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return refusal(status, headers or {}, content, FOREIGN, now=0.0)


def error(kind: str, message: str, **more: object) -> dict[str, object]:
    return {"type": "error", "error": {"type": kind, "message": message, **more}, "request_id": "req_b"}


def test_the_services_own_form_is_read_whole() -> None:
    body = error("rate_limit_error", "Slow down", details={"error_code": "ramp_limit_exceeded"})
    headers = {"request-id": "req_h", "retry-after": "12", "x-should-retry": "true"}
    assert refused(429, body, headers).refusal == Refusal(
        status=429,
        kind="rate_limit_error",
        message="Slow down",
        code="ramp_limit_exceeded",
        request_id="req_b",
        retry_after_s=12.0,
        should_retry=True,
        limits=(("retry-after", "12"),),
    )


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        ({"error": {"type": "NotFoundError", "message": "no"}}, "NotFoundError", "no"),
        ({"error": "model not found"}, "not_found_error", "model not found"),
        ({"error": {"message": "no", "type": None}}, "not_found_error", "no"),
        ({"message": "no"}, "not_found_error", "no"),
        ({"detail": "Not Found"}, "not_found_error", "Not Found"),
        (
            {"detail": [{"loc": ["body", "max_tokens"], "msg": "Field required", "type": "missing"}]},
            "not_found_error",
            "body.max_tokens: Field required",
        ),
        ({"detail": [{"msg": "one"}, {"msg": "two"}]}, "not_found_error", "one\ntwo"),
        ({"code": 5, "reason": "odd"}, "not_found_error", "code: 5, reason: odd"),
        ("just words", "not_found_error", "just words"),
        (b"plain words", "not_found_error", "plain words"),
        (b"<h1>404 Not Found</h1><hr>nginx", "not_found_error", "404 Not Found\nnginx"),
        (b"", "not_found_error", "status 404 without a word"),
        ({}, "not_found_error", "the service gave no reason for status 404"),
        (None, "not_found_error", "null"),
    ],
)
def test_errors_of_any_form_have_a_kind_and_words(body: object, kind: str, message: str) -> None:
    told = refused(404, body).refusal
    assert (told.status, told.kind, told.message) == (404, kind, message)


@pytest.mark.parametrize(
    ("status", "kind"), [(400, "invalid_request_error"), (418, "invalid_request_error"), (503, "api_error")]
)
def test_a_status_without_words_has_the_kind_of_its_family(status: int, kind: str) -> None:
    assert refused(status, b"").refusal.kind == kind


def test_the_key_and_escape_sequences_are_in_nothing_that_is_said() -> None:
    body = error(f"bad_{KEY}", f"\x1b[31minvalid key {KEY}\x1b[0m", details={"error_code": KEY})
    body["request_id"] = KEY
    told = refused(401, body, {"request-id": KEY})
    assert KEY not in repr(told.refusal) + str(told) + repr(told) + told.advice
    assert told.refusal.message == "invalid key ***"


def test_long_words_are_cut() -> None:
    message = refused(500, error("api_error", "word " * 1000)).refusal.message
    assert len(message) <= 300
    assert message.endswith("…")


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, error("authentication_error", "invalid x-api-key"), "x-api-key or as bearer"),
        (400, error("invalid_request_error", "`temperature` is deprecated for this model."), "temperature"),
        (400, error("invalid_request_error", "anthropic-version: header is required"), "anthropic_version"),
        (404, error("invalid_request_error", "no such thing"), "model id"),
        (405, b"", "base of a Messages API"),
        (302, b"", "base of a Messages API"),
        (407, b"", "proxy"),
        (408, error("request_timeout", "boom"), "took too long"),
        (
            429,
            error("rate_limit_error", "cap", details={"error_code": "enforced_spend_limit_reached"}),
            "useless",
        ),
        (429, error("rate_limit_error", "no wait given"), "requests_per_minute"),
        (503, b"", "try again"),
        (529, error("overloaded_error", "Overloaded"), "overloaded"),
        (500, error("server_error", "boom"), "service's"),
    ],
)
def test_the_advice_fits_the_refusal(status: int, body: object, words: str) -> None:
    assert words in refused(status, body).advice


def test_the_wait_that_the_service_asks_for_is_in_the_advice() -> None:
    assert "12 s" in refused(429, error("rate_limit_error", "Slow down"), {"retry-after": "12"}).advice


def test_an_error_event_has_no_status_and_keeps_the_headers_request_id() -> None:
    told = event_refusal({"error": {}}, FOREIGN, status=None, request_id="req_h")
    assert told.refusal == Refusal(None, "api_error", "the service gave no reason", None, "req_h")
    assert "mid-stream" in str(told)


def test_errors_are_told_from_messages() -> None:
    assert is_error({"type": "error"})
    assert is_error({"error": "x"})
    assert is_error({"detail": "x"})
    assert not is_error({"type": "message", "content": [], "error": None})
    assert not is_error({"choices": []})


def test_the_request_id_comes_by_either_name() -> None:
    assert request_id_of({"request-id": "a", "x-request-id": "b"}, FOREIGN) == "a"
    assert request_id_of({"x-request-id": "b"}, FOREIGN) == "b"
    assert request_id_of({}, FOREIGN) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda part: (
        st.lists(part, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["error", "type", "message", "detail", "details", "error_code", "msg", "loc", "request_id"]
            ),
            part,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@UNHURRIED
@given(st.integers(400, 599), JSON | st.binary())
def test_any_body_makes_a_refusal_that_fits_on_a_screen(status: int, body: JsonValue | bytes) -> None:
    told = refused(status, body)
    assert told.refusal.message
    assert told.refusal.kind
    assert told.advice
    assert len(str(told)) < 500
