"""Streams of a cluster's endpoints, piece by piece over httpx."""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Final
from urllib.parse import quote, urlsplit

import httpx
from httpx_sse import EventSource
from pydantic import SecretStr

from tui_app.adapters.cluster_answers import StreamReader, refused, without_marks
from tui_app.adapters.foreign_text import ForeignText
from tui_app.adapters.http_clients import is_loopback
from tui_app.adapters.messages_losses import cut, lost
from tui_app.adapters.messages_requests import request_aside
from tui_app.core.cluster_asks import cluster_body
from tui_app.core.clusters import Connection
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import ConnectionLost, InfertermError, Loss
from tui_app.core.events import ServiceEvent
from tui_app.core.jsons import JsonObject

_CONNECT_S: Final = 10.0
_AS_EVENTS: Final = {"content-type": "text/event-stream; charset=utf-8"}


class ClusterStreams:
    """What the endpoints of one cluster stream; `proof` is what `trust` made of the connection."""

    def __init__(self, connection: Connection, key: SecretStr, proof: ssl.SSLContext | None) -> None:
        self._url, self._key, self._foreign = connection.base_url, key, ForeignText(key)
        self._http = httpx.AsyncClient(
            verify=proof or False, trust_env=not is_loopback(urlsplit(self._url).hostname or "")
        )

    async def events(
        self,
        endpoint: Endpoint,
        body: JsonObject,
        before_send: Callable[[], Awaitable[None]],
        silence_s: float,
    ) -> AsyncGenerator[ServiceEvent, None]:
        """Let an endpoint answer. A stream without its end raises ConnectionLost (CUT)."""
        reader = StreamReader(endpoint.model, self._foreign)
        asked = cluster_body(endpoint.task_type, body)
        request = await request_aside(body, lambda: self._request(endpoint, asked, silence_s))
        await before_send()
        try:
            async with aclosing(self._read(request, reader)) as events:
                async for event in events:
                    yield event
        except httpx.HTTPError as error:
            raise lost(error, self._url, self._foreign, began=reader.began) from None

    async def aclose(self) -> None:
        """Close connections."""
        await self._http.aclose()

    def _request(self, endpoint: Endpoint, body: JsonObject, silence_s: float) -> httpx.Request:
        path = f"/_inference/{endpoint.task_type}/{quote(endpoint.inference_id, safe='')}/_stream"
        return self._http.build_request(
            "POST",
            self._url + path,
            params={"timeout": f"{max(1, int(silence_s))}s"},
            content=json.dumps(body, ensure_ascii=False).encode(),
            headers={
                "authorization": f"ApiKey {self._key.get_secret_value()}",
                "content-type": "application/json",
                "accept": "text/event-stream",
            },
            timeout=httpx.Timeout(silence_s, connect=_CONNECT_S),
        )

    async def _read(self, request: httpx.Request, reader: StreamReader) -> AsyncGenerator[ServiceEvent, None]:
        answer = await self._http.send(request, stream=True)
        try:
            if answer.status_code >= 400:
                raise _refusal(answer.status_code, await answer.aread(), self._foreign)
            shell = httpx.Response(200, headers=_AS_EVENTS, stream=_Unmarked(answer))
            async with aclosing(EventSource(shell).aiter_sse()) as frames:
                async for frame in frames:
                    for event in self._framed(reader, frame.event, frame.data):
                        yield event
                    if reader.whole:
                        return
            raise cut("The cluster ended the stream before the answer was whole")
        finally:
            await answer.aclose()

    def _framed(self, reader: StreamReader, name: str, data: str) -> Sequence[ServiceEvent]:
        try:
            return list(reader.read(name, data)) if data else ()
        except ValueError:
            raise no_cluster(self._url, self._foreign, data) from None


def no_cluster(url: str, foreign: ForeignText, words: str) -> ConnectionLost:
    """Something answered, and it was no Elasticsearch."""
    message = f"{urlsplit(url).netloc} does not answer as Elasticsearch does: {foreign.words(words)}"
    return ConnectionLost(Loss.NOT_THE_API, message, "Check the connection's URL.")


class _Unmarked(httpx.AsyncByteStream):
    """The bytes of an answer without Elasticsearch's byte order marks."""

    def __init__(self, answer: httpx.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        async for chunk in without_marks(self._answer.aiter_bytes()):
            yield chunk


def _refusal(status: int, body: bytes, foreign: ForeignText) -> InfertermError:
    text = body.decode("utf-8", "replace").replace("\ufeff", "")
    lines = [line[5:].strip() for line in text.splitlines() if line.startswith("data:")]
    try:
        return refused(status, json.loads(lines[0] if lines else text), foreign)
    except ValueError:
        return refused(status, foreign.page(body), foreign)
