"""Who asks, in which version of the API, and how much: what is looked at before the body is."""

from __future__ import annotations

import hmac
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request

from tui_app.sandbox.errors import ApiError
from tui_app.sandbox.requests import VERSIONS

LARGEST_BODY: Final = 32 * 1024 * 1024
"""The largest body that is read, in bytes."""


def check_key(headers: Headers, key: str) -> None:
    """Raise ApiError 401 unless the key came, as `x-api-key` or else as a bearer token."""
    sent = headers.get("x-api-key")
    if sent is not None:
        if not _same(sent.strip(), key):
            raise ApiError(401, "invalid x-api-key")
        return
    scheme, _, token = headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() != "bearer":
        raise ApiError(401, "x-api-key header is required")
    if not _same(token.strip(), key):
        raise ApiError(401, "Invalid bearer token")


def version_of(headers: Headers) -> str:
    """Give the API version that is asked for; raises ApiError 400 without a known one."""
    sent = headers.getlist("anthropic-version")
    if not sent:
        raise ApiError(400, "anthropic-version: header is required")
    version = ", ".join(sent)
    if version not in VERSIONS:
        raise ApiError(400, f'anthropic-version: "{version[:80]}" is not a valid version')
    return version


async def body_of(request: Request) -> bytes:
    """Read the body; raises ApiError 413 when it is too large.

    A body that is too large is read to its end all the same, so that the client, still writing,
    gets to see the answer.
    """
    body, is_too_large = bytearray(), False
    async for chunk in request.stream():
        is_too_large = is_too_large or len(body) + len(chunk) > LARGEST_BODY
        if is_too_large:
            body.clear()
        else:
            body += chunk
    if is_too_large:
        raise ApiError(413, "Request exceeds the maximum size")
    return bytes(body)


def _same(sent: str, key: str) -> bool:
    return hmac.compare_digest(sent.encode("latin-1", "replace"), key.encode("latin-1", "replace"))
