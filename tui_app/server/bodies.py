"""Bodies of requests: bounded in size, number and depth, and JSON or nothing."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

from tui_app.core.elastic_errors import ARGUMENT, PARSE, ElasticError, Refused, refused
from tui_app.core.jsons import JsonObject, JsonValue, NotJson, read_json

BODY_MAX: Final = 32 * 1024 * 1024
"""Bytes of one body at most: as the Messages API takes."""
_TOGETHER_MAX: Final = 4 * BODY_MAX
"""Bytes of all bodies that are held at one moment."""
DEPTH_MAX: Final = 100
_LARGE: Final = 64 * 1024
_EITHER: Final = 32 + 15
"""For zlib: the header tells whether it is gzip or deflate."""

_Result = TypeVar("_Result")
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class ClientLeft(Exception):
    """The client went away before its request was whole."""


class BodyStore:
    """Bodies that are being read or used, together never more than memory has room for."""

    def __init__(self) -> None:
        self._held = 0

    async def read(self, receive: Receive, headers: Mapping[str, str]) -> bytes:
        """A whole body, to be given back with `release`. Raises Refused, ClientLeft."""
        if "transfer-encoding" in headers and "content-length" in headers:
            raise refused("a request has either a Content-Length or a Transfer-Encoding", kind=ARGUMENT)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > BODY_MAX:
            raise _too_large()
        unpacked = _unpacking(headers.get("content-encoding", ""))
        body = bytearray()
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientLeft
                self._take(len(message.get("body", b"")))
                body += message.get("body", b"")
                if len(body) > BODY_MAX:
                    raise _too_large()
                if not message.get("more_body", False):
                    break
            packed, whole = len(body), await unpacked(bytes(body))
            self._take(len(whole) - packed)
            return whole
        except BaseException:
            self.release(len(body))
            raise

    def release(self, size: int) -> None:
        """Give back the room of a body."""
        self._held = max(0, self._held - size)

    def _take(self, size: int) -> None:
        if self._held + size > _TOGETHER_MAX:
            words = "too much is being sent to this server at this moment"
            raise Refused(ElasticError(429, words, "circuit_breaking_exception"))
        self._held += size


def _unpacking(encoding: str) -> Callable[[bytes], Awaitable[bytes]]:
    """What undoes a `Content-Encoding`, as the official clients compress where told to. Raises Refused."""
    match encoding.strip().lower():
        case "" | "identity":
            return _as_it_is
        case "gzip" | "x-gzip" | "deflate":
            return _unpacked_beside
    raise refused(f"Content-Encoding [{encoding}] is not supported", kind=ARGUMENT)


async def _as_it_is(data: bytes) -> bytes:
    return data


async def _unpacked_beside(data: bytes) -> bytes:
    return await asyncio.to_thread(_unpacked, data)


def _unpacked(data: bytes) -> bytes:
    """What was compressed, never more of it than a body may have."""
    unpacker = zlib.decompressobj(_EITHER)
    try:
        whole = unpacker.decompress(data, BODY_MAX + 1)
    except zlib.error:
        raise refused("the body is not compressed as its Content-Encoding says", kind=ARGUMENT) from None
    if len(whole) > BODY_MAX:
        raise _too_large()
    if not unpacker.eof or unpacker.unused_data:
        raise refused("the body is not compressed as its Content-Encoding says", kind=ARGUMENT)
    return whole


@dataclass(frozen=True, slots=True)
class Body:
    """A JSON object and the text that it was read from."""

    value: JsonObject
    text: str

    def position(self, name: str) -> str:
        """Line and column, from 1, of the member `name`, as `1:2`."""
        at = max(0, self.text.find(json.dumps(name, ensure_ascii=False)))
        line = self.text.count("\n", 0, at) + 1
        return f"{line}:{at - (self.text.rfind(chr(10), 0, at) + 1) + 1}"


async def read_object(data: bytes) -> Body:
    """The JSON object that a body is. Raises Refused."""
    if not data.strip():
        raise refused("request body is required", kind="parse_exception")
    return await worked_out(data, partial(_object, data))


async def worked_out(body: bytes, work: Callable[[], _Result]) -> _Result:
    """Do work over a body; what takes long for a large one, beside the event loop."""
    return await asyncio.to_thread(work) if len(body) > _LARGE else work()


def _object(data: bytes) -> Body:
    try:
        text = data.decode("utf-8-sig")
        value = read_json(text)
    except UnicodeDecodeError:
        raise refused("[1:1] the body is not UTF-8 text", kind=PARSE) from None
    except NotJson as error:
        raise refused(f"[{error.line}:1] {error.reason}", kind=PARSE) from None
    if not isinstance(value, Mapping):
        raise refused("[1:1] Expected START_OBJECT: the body is no JSON object", kind=PARSE)
    if _is_deep(value):
        raise refused(f"[1:1] Document nesting depth exceeds the maximum of {DEPTH_MAX}", kind=PARSE)
    return Body(value, text)


def _is_deep(value: JsonValue) -> bool:
    level: list[JsonValue] = [value]
    for _ in range(DEPTH_MAX):
        inner: list[JsonValue] = []
        for each in level:
            if isinstance(each, Mapping):
                inner += each.values()
            elif isinstance(each, list):
                inner += each
        if not inner:
            return False
        level = [each for each in inner if isinstance(each, Mapping | list)]
    return bool(level)


def _too_large() -> Refused:
    words = f"the body is larger than the {BODY_MAX} bytes that this server takes"
    return Refused(ElasticError(413, words, "content_too_long_exception"))
