"""Errors as the Messages API words them: a status, a type, a sentence and a request id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

KINDS: Final[Mapping[int, str]] = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}
"""The type that goes with each status; others of 4xx are the 400's, others of 5xx the 500's."""

RETRIED: Final = frozenset({408, 409, 429})
"""Statuses below 500 that are worth another try, as the official SDKs see it."""


def kind_of(status: int) -> str:
    """Name the `error.type` of an HTTP status of 400 or more."""
    return KINDS.get(status, KINDS[500] if status >= 500 else KINDS[400])


class ApiError(Exception):
    """An answer that is an error; `headers` go with it."""

    def __init__(self, status: int, message: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message = status, message
        should_retry = status in RETRIED or status >= 500
        self.headers = {"x-should-retry": str(should_retry).lower(), **(headers or {})}

    def body(self, request_id: str) -> dict[str, object]:
        """Give the JSON object that is sent."""
        return error_body(kind_of(self.status), self.message, request_id)


def error_body(kind: str, message: str, request_id: str) -> dict[str, object]:
    """Give the JSON object of an error, as a body or as the data of an `error` event."""
    return {
        "type": "error",
        "error": {"type": kind, "message": message},
        "request_id": request_id,
    }
