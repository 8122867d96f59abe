"""What requests fail of, in few kinds that can be counted."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from tui_app.core.errors import ConnectionLost, Loss, ServiceRefused
from tui_app.core.retries import is_spend_cap


class ErrorKind(StrEnum):
    """What a request failed of: the service's own `error.type`, or how its connection was lost."""

    RATE_LIMITED = "rate_limit_error"
    OVERLOADED = "overloaded_error"
    KEY_REFUSED = "authentication_error"
    NOT_ALLOWED = "permission_error"
    BILLING = "billing_error"
    SPEND_LIMIT = "spend_limit_reached"
    INVALID = "invalid_request_error"
    TOO_LARGE = "request_too_large"
    NOT_FOUND = "not_found_error"
    SERVICE = "api_error"
    TIMEOUT = "timeout_error"
    NETWORK = "network"
    CUT = "cut"
    OTHER = "other"


ERROR_WORDS: Final[Mapping[ErrorKind, str]] = {
    ErrorKind.RATE_LIMITED: "rate limited",
    ErrorKind.OVERLOADED: "overloaded",
    ErrorKind.KEY_REFUSED: "key refused",
    ErrorKind.NOT_ALLOWED: "not allowed",
    ErrorKind.BILLING: "billing",
    ErrorKind.SPEND_LIMIT: "spend limit",
    ErrorKind.INVALID: "invalid request",
    ErrorKind.TOO_LARGE: "too large",
    ErrorKind.NOT_FOUND: "not found",
    ErrorKind.SERVICE: "service error",
    ErrorKind.TIMEOUT: "timed out",
    ErrorKind.NETWORK: "network",
    ErrorKind.CUT: "cut off",
    ErrorKind.OTHER: "other",
}
"""Each kind as a person reads it."""

_BY_STATUS: Final = {
    401: ErrorKind.KEY_REFUSED,
    402: ErrorKind.BILLING,
    403: ErrorKind.NOT_ALLOWED,
    404: ErrorKind.NOT_FOUND,
    408: ErrorKind.TIMEOUT,
    413: ErrorKind.TOO_LARGE,
    429: ErrorKind.RATE_LIMITED,
    504: ErrorKind.TIMEOUT,
    529: ErrorKind.OVERLOADED,
}
_KINDS: Final = frozenset(ErrorKind) - {ErrorKind.NETWORK, ErrorKind.CUT, ErrorKind.OTHER}


def kind_of(error: ServiceRefused | ConnectionLost) -> ErrorKind:
    """The kind of an error: what the service calls it, else what its status means."""
    if isinstance(error, ConnectionLost):
        lost = {Loss.TIMEOUT: ErrorKind.TIMEOUT, Loss.CUT: ErrorKind.CUT}
        return lost.get(error.loss, ErrorKind.NETWORK)
    if is_spend_cap(error):
        return ErrorKind.SPEND_LIMIT
    status = error.refusal.status or 0
    named = next((kind for kind in _KINDS if kind == error.refusal.kind), None)
    family = ErrorKind.INVALID if 400 <= status < 500 else ErrorKind.SERVICE
    return _BY_STATUS.get(status) or named or family
