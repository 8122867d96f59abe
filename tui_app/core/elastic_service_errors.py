"""What the service said when it refused, as Elasticsearch 9.5 passes it on."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from tui_app.core.errors import Refusal

_STREAMED: Final = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
}
_UNKNOWN_TO_ELASTICSEARCH: Final = {418, 425, 428, 431, 451}
_WITHOUT_BODY: Final = {304}
"""An answer of this status has no body that could say why."""
_LIMITS: Final = (
    "Token limit [{0}], remaining tokens [{1}], tokens reset [{2}]. "
    "Request limit [{3}], remaining requests [{4}], request reset [{5}]. Retry after [{6}]"
)
_LIMIT_HEADERS: Final = (
    *(f"anthropic-ratelimit-tokens-{name}" for name in ("limit", "remaining", "reset")),
    *(f"anthropic-ratelimit-requests-{name}" for name in ("limit", "remaining", "reset")),
    "retry-after",
)


def stream_status(kind: str) -> int:
    """The status that an `error` event of this type stands for."""
    return _STREAMED.get(kind, 500)


def service_words(refusal: Refusal, inference_id: str) -> tuple[int, str]:
    """Status and reason for the caller of the endpoint; 5xx becomes 400, as in Elasticsearch."""
    status = refusal.status
    if status is None or status == 200:
        return stream_status(refusal.kind), refusal.message
    reason = f"{_beginning(refusal, status)} for request from inference entity id [{inference_id}]"
    said = f". Error message: [{refusal.message}]" if refusal.has_message else ""
    return _passed_on(status), f"{reason} status [{status}]{said}"


def _passed_on(status: int) -> int:
    known = status in {each.value for each in HTTPStatus} - _UNKNOWN_TO_ELASTICSEARCH - _WITHOUT_BODY
    return status if known and 300 <= status < 500 else 400


def _beginning(refusal: Refusal, status: int) -> str:
    match status:
        case 401:
            words = "Received an authentication error status code"
        case 403:
            words = "Received a permission denied error status code"
        case 429:
            told = dict(refusal.limits)
            figures = (told.get(name, "unknown") for name in _LIMIT_HEADERS)
            words = f"Received a rate limit status code. {_LIMITS.format(*figures)}"
        case 529:
            words = "Received an Anthropic server is temporarily overloaded status code"
        case _ if status >= 500:
            words = "Received a server error status code"
        case _ if status < 400:
            words = "Unhandled redirection"
        case _:
            words = "Received an unsuccessful status code"
    return words
