"""Refusals of the Messages API and of what stands in for it, as ServiceRefused with advice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic_core import from_json

from tui_app.adapters.foreign_text import ForeignText
from tui_app.adapters.rate_limit_headers import retry_after_s, should_retry
from tui_app.core.conversation import SAMPLING_ALONE
from tui_app.core.errors import Refusal, ServiceRefused
from tui_app.core.jsons import JsonObject, JsonValue

_KINDS: Final = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
"""The API's own `error.type` for each status, for servers that name none."""

_ADVICE: Final = {
    "invalid_request_error": "Correct what the service names in the endpoint or in this chat's settings.",
    "authentication_error": "Check the key, and whether the server expects it as x-api-key or as bearer.",
    "billing_error": "Check credit and payment of the account that the key belongs to.",
    "permission_error": "This key may not do that: use another key, or have it allowed.",
    "not_found_error": "Check the model id, and that the URL is the base of a Messages API.",
    "conflict_error": "Try again.",
    "request_too_large": "Shorten the prompt or start a new conversation.",
    "rate_limit_error": "Try again in a minute, or lower requests_per_minute to the service's own limit.",
    "api_error": "The fault is the service's: try again in a while.",
    "timeout_error": "The service took too long: try again, or ask for a shorter answer.",
    "overloaded_error": "The service is overloaded: try again in a while.",
}
_BY_STATUS: Final[Mapping[int | None, str]] = {
    **dict.fromkeys((301, 302, 303, 307, 308, 405, 501), _ADVICE["not_found_error"]),
    407: "A proxy on the way asks for user and password: they belong in the proxy's own URL.",
}
_LIMIT_HEADERS: Final = ("anthropic-ratelimit-", "retry-after")


def refusal(
    status: int, headers: Mapping[str, str], body: bytes, foreign: ForeignText, now: float
) -> ServiceRefused:
    """Read an answer whose status is no success; `headers` in lower case, `now` wall-clock seconds."""
    told = _parsed(body)
    error = _error_of(told)
    kind = _text(error.get("type")) or _KINDS.get(status) or _family(status)
    message = _message(told, error)
    if isinstance(told, str | dict | list):
        message = foreign.words(message) or f"the service gave no reason for status {status}"
    else:
        message = foreign.page(body) or f"status {status} without a word"
    return _refused(
        Refusal(
            status=status,
            kind=foreign.word(kind),
            message=message,
            code=_code(error, foreign),
            request_id=_request_id(told, headers, foreign),
            retry_after_s=retry_after_s(headers, now),
            should_retry=should_retry(headers),
            limits=_limits(headers, foreign),
            has_message=isinstance(error.get("message"), str),
        ),
        status,
    )


def event_refusal(
    event: JsonValue, foreign: ForeignText, *, status: int | None, request_id: str | None
) -> ServiceRefused:
    """Read an `error` event, or (with `status` 200) an error in place of an answer."""
    error = _error_of(event)
    kind = _text(error.get("type"))
    kind = kind if kind and kind != "error" else "api_error"
    told = event.get("request_id") if isinstance(event, dict) else None
    return _refused(
        Refusal(
            status=status,
            kind=foreign.word(kind),
            message=foreign.words(_message(event, error)) or "the service gave no reason",
            code=_code(error, foreign),
            request_id=foreign.word(told) if isinstance(told, str) else request_id,
        ),
        None,
    )


def is_error(told: JsonObject) -> bool:
    """Tell whether a JSON object is an error rather than a message, in any of the forms seen."""
    return told.get("type") == "error" or ("content" not in told and bool({"error", "detail"} & set(told)))


def request_id_of(headers: Mapping[str, str], foreign: ForeignText) -> str | None:
    """The id under which the service knows this request."""
    told = headers.get("request-id") or headers.get("x-request-id")
    return foreign.word(told) if told else None


def _limits(headers: Mapping[str, str], foreign: ForeignText) -> tuple[tuple[str, str], ...]:
    told = {name: value for name, value in headers.items() if name.startswith(_LIMIT_HEADERS)}
    return tuple((name, foreign.word(value)) for name, value in told.items())


def _refused(refusal: Refusal, status: int | None) -> ServiceRefused:
    return ServiceRefused(refusal, _advice(refusal, status))


def _advice(refusal: Refusal, status: int | None) -> str:
    named = [name for name in SAMPLING_ALONE if name in refusal.message]
    if refusal.code and refusal.code.endswith("spend_limit_reached"):
        return "A spend limit is reached: trying again is useless until it is raised or the month ends."
    if refusal.kind == "rate_limit_error" and refusal.retry_after_s is not None:
        return f"The service asks to wait {refusal.retry_after_s:.3g} s."
    if refusal.kind == "invalid_request_error" and named:
        return f"This model does not take this {named[0]}: leave it out of the settings."
    if refusal.kind == "invalid_request_error" and "anthropic-version" in refusal.message:
        return "Choose another anthropic_version for this endpoint."
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    usual = _KINDS.get(status or 0)
    kind = refusal.kind if usual is None or status == 400 else usual
    return _ADVICE.get(kind) or _ADVICE[_family(status or 500)]


def _family(status: int) -> str:
    return "invalid_request_error" if status < 500 else "api_error"


def _parsed(body: bytes) -> JsonValue:
    try:
        told: JsonValue = from_json(body)
    except ValueError:
        return None
    return told


def _error_of(told: JsonValue) -> JsonObject:
    """The object that holds `type` and `message`: `error`, or what stands in its place."""
    if not isinstance(told, dict):
        return {}
    error = told.get("error")
    return error if isinstance(error, dict) else told


def _message(told: JsonValue, error: JsonObject) -> str:
    if not isinstance(told, dict):
        return _sentence(told)
    candidates = (error.get("message"), told.get("message"), told.get("error"), told.get("detail"))
    return next((words for words in map(_sentence, candidates) if words), _sentence(told))


def _sentence(value: JsonValue) -> str:
    """Words out of a string, of FastAPI's `[{"loc": […], "msg": …}]`, or of whatever came."""
    if isinstance(value, list):
        return "\n".join(filter(None, map(_sentence, value)))
    if isinstance(value, dict) and isinstance(value.get("msg"), str):
        loc = value.get("loc")
        path = ".".join(str(part) for part in loc) if isinstance(loc, list) else ""
        return f"{path}: {value['msg']}" if path else str(value["msg"])
    if isinstance(value, dict):
        pairs = (f"{name}: {part}" for name, part in value.items() if isinstance(part, str | int))
        return ", ".join(pairs)
    return value if isinstance(value, str) else ""


def _code(error: JsonObject, foreign: ForeignText) -> str | None:
    details = error.get("details")
    code = details.get("error_code") if isinstance(details, dict) else None
    return foreign.word(code) if isinstance(code, str) else None


def _request_id(told: JsonValue, headers: Mapping[str, str], foreign: ForeignText) -> str | None:
    named = told.get("request_id") if isinstance(told, dict) else None
    return foreign.word(named) if isinstance(named, str) else request_id_of(headers, foreign)


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""
