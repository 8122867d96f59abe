"""Requests of the Messages API: where they go, with which headers, and the moment before they leave."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import httpx

from tui_app.core.errors import InvalidRequest
from tui_app.core.jsons import JsonObject, JsonValue
from tui_app.core.service import Target

_ABOUT_TO_SEND: Final = ".send_request_headers.started"
"""How httpcore's trace events end that come when the connection stands and nothing was written."""

_LONG: Final = 200_000
"""Characters that take longer to write than the event loop may stand still."""


class Gate:
    """A trace hook of httpx that awaits `before_send` once, immediately before the first byte."""

    def __init__(self, before_send: Callable[[], Awaitable[None]]) -> None:
        self._before_send = before_send
        self._passed = False

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        """Be told of each step by httpcore; a proxy's CONNECT is not the request."""
        if not self._passed and _is_about_to_send(event, info):
            await self._before_send()
            self._passed = True


class Stands(Exception):
    """Raised by `refuse_to_send`: the connection stands, and nothing was sent."""


async def refuse_to_send(event: str, info: Mapping[str, Any]) -> None:
    """A trace hook of httpx that ends a request where its first byte would leave. Raises Stands."""
    if _is_about_to_send(event, info):
        raise Stands


def _is_about_to_send(event: str, info: Mapping[str, Any]) -> bool:
    return event.endswith(_ABOUT_TO_SEND) and info["request"].method != b"CONNECT"


async def request_aside(body: JsonObject | None, make: Callable[[], httpx.Request]) -> httpx.Request:
    """Make a request, beside the event loop where its body takes long to write."""
    return await asyncio.to_thread(make) if _length(body) > _LONG else make()


def _length(value: JsonValue) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(map(_length, value.values()))
    return sum(map(_length, value)) if isinstance(value, list | tuple) else 0


def request_for(
    client: httpx.AsyncClient,
    target: Target,
    method: str,
    path: str,
    *,
    body: JsonObject | None = None,
    timeout: httpx.Timeout,
    gate: Gate | None = None,
) -> httpx.Request:
    """Build a request with exactly one credential, or none where the key is empty.

    Raises InvalidRequest for a key or a body that cannot be written, httpx.InvalidURL.
    """
    headers = {"anthropic-version": _sayable(target.anthropic_version, "anthropic_version")}
    headers["accept"] = "application/json"
    content = None
    if body is not None:
        headers["content-type"] = "application/json"
        content = _written(body)
    if body is not None and body.get("stream"):
        headers["accept"] = "text/event-stream, application/json"
    return client.build_request(
        method,
        target.base_url.rstrip("/") + path,
        headers=headers | _credential(target),
        content=content,
        timeout=timeout,
        extensions={"trace": gate} if gate else {},
    )


def _credential(target: Target) -> dict[str, str]:
    key = _sayable(target.key.get_secret_value().strip(), "key")
    if not key:
        return {}
    return {"x-api-key": key} if target.auth_scheme == "x-api-key" else {"authorization": f"Bearer {key}"}


def _sayable(value: str, name: str) -> str:
    if all(" " <= character <= "~" for character in value):
        return value
    raise InvalidRequest(
        f"The {name} has characters that no request can carry", f"Copy the {name} again and replace it."
    )


def _written(body: JsonObject) -> bytes:
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False, default=dict).encode("utf-8", "replace")
    except (ValueError, TypeError, RecursionError):
        raise InvalidRequest("The request cannot be written as JSON", "Check its numbers.") from None
