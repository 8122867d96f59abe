"""One client's line to one target: requests out, answers in, failures in the core's words."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from typing import Final

import httpx
from pydantic_core import from_json

from tui_app.adapters.answer_body import AnswerBody
from tui_app.adapters.foreign_text import ForeignText
from tui_app.adapters.messages_errors import refusal, request_id_of
from tui_app.adapters.messages_losses import lost, redirected
from tui_app.adapters.messages_requests import Gate, Stands, refuse_to_send, request_aside, request_for
from tui_app.adapters.messages_stream import IncomingAnswer
from tui_app.adapters.rate_limit_headers import server_limits
from tui_app.core.errors import InvalidRequest, Refusal, ServiceRefused
from tui_app.core.events import ServiceEvent
from tui_app.core.jsons import JsonObject, JsonValue
from tui_app.core.records import without_secrets
from tui_app.core.service import Exchange, Incoming, Target

_REPLY_S: Final = 60.0
"""Longest silence where no model has to think: lists and token counts."""
_REFUSAL_S: Final = 10.0
_REFUSAL_MAX: Final = 64 * 1024
"""How long, and for about how many bytes, the reasons of a refusal are listened to."""


class MessagesLine:
    """Requests to `target` over `client`, one for each call; none is repeated or sent elsewhere."""

    def __init__(self, client: httpx.AsyncClient, target: Target, connect_s: float) -> None:
        self._client, self._target, self._connect_s = client, target, connect_s
        self._foreign = ForeignText(target.key)

    async def stream(
        self,
        body: JsonObject,
        before_send: Callable[[], Awaitable[None]],
        on_exchange: Callable[[Exchange], None],
        silence_s: float,
    ) -> AsyncGenerator[ServiceEvent, None]:
        """POST /v1/messages; see the port. Raises ServiceRefused, ConnectionLost, InvalidRequest."""
        gate = Gate(before_send)
        answer: IncomingAnswer | None = None
        url = self._target.base_url
        with _translated(url, self._foreign, began=lambda: answer is not None and answer.began):
            async with self._response("POST", "/v1/messages", body, silence_s, gate) as response:
                request_id = request_id_of(response.headers, self._foreign)
                limits = server_limits(response.headers, time.time())
                exchange = Exchange(
                    limits,
                    response.status_code,
                    self._told(response.request.headers),
                    self._told(response.headers),
                )
                on_exchange(exchange)
                await self._check(response, exchange.incoming)
                answer = IncomingAnswer(
                    response.aiter_bytes(), url, self._foreign, request_id, exchange.incoming
                )
                async with aclosing(answer.events()) as events:
                    async for event in events:
                        yield event
                await answer.drain()

    async def json(self, method: str, path: str, body: JsonObject | None = None) -> JsonValue:
        """Make a request that is answered by JSON; anything else is taken for a missing route, a 404."""
        with _translated(self._target.base_url, self._foreign, began=lambda: False):
            async with self._response(method, path, body, _REPLY_S) as response:
                await self._check(response)
                text = await AnswerBody(response.aiter_bytes(), self._target.base_url).rest()
        try:
            told: JsonValue = from_json(text)
        except ValueError:
            raise no_route(path.partition("?")[0]) from None
        return told

    def _told(self, headers: httpx.Headers) -> tuple[tuple[str, str], ...]:
        """Headers without credentials, also where a server repeats the key."""
        kept = without_secrets(iter(headers.items()))
        return tuple((name, self._foreign.words(value, limit=2_000)) for name, value in kept)

    def _body_of(self, reasons: bytes) -> JsonValue:
        """The body of a refusal: its JSON, else its words."""
        try:
            told: JsonValue = from_json(reasons)
        except ValueError:
            return self._foreign.page(reasons, limit=4_000)
        return self._foreign.whole(told, reasons.decode("utf-8", "replace"))

    @asynccontextmanager
    async def _response(
        self, method: str, path: str, body: JsonObject | None, silence_s: float, gate: Gate | None = None
    ) -> AsyncIterator[httpx.Response]:
        timeout = httpx.Timeout(silence_s, connect=self._connect_s)
        client, target = self._client, self._target
        request = await request_aside(
            body, lambda: request_for(client, target, method, path, body=body, timeout=timeout, gate=gate)
        )
        response = await self._client.send(request, stream=True)
        try:
            yield response
        finally:
            await response.aclose()

    async def _check(self, response: httpx.Response, incoming: Incoming | None = None) -> None:
        """Raise ServiceRefused or ConnectionLost(REDIRECTED) for an answer that is no success.

        `incoming` is told its body.
        """
        if response.is_success:
            return
        location = response.headers.get("location")
        if response.is_redirect and location:
            raise redirected(str(response.url), location, self._foreign, response.status_code)
        reasons = await _reasons(response)
        if incoming is not None:
            incoming.tell(self._body_of(reasons))
        raise refusal(response.status_code, response.headers, reasons, self._foreign, time.time())


async def seconds_to_reach(client: httpx.AsyncClient, url: str, connect_s: float) -> float:
    """Connect, with TLS and through a proxy's tunnel, and send nothing. Raises ConnectionLost.

    Through a proxy for plain http it is the proxy that was reached.
    """
    timeout = httpx.Timeout(connect_s)
    began = time.perf_counter()
    with _translated(url, ForeignText(), began=lambda: False), suppress(Stands):
        await client.head(url, timeout=timeout, extensions={"trace": refuse_to_send})
    return time.perf_counter() - began


def no_route(path: str) -> ServiceRefused:
    """The refusal of a route that a server lacks, whatever it says in place of it."""
    words = f"the server does not answer {path} as the Messages API does"
    return ServiceRefused(Refusal(404, "not_found_error", words), "Do without, or check the endpoint's URL.")


@contextmanager
def _translated(url: str, foreign: ForeignText, *, began: Callable[[], bool]) -> Iterator[None]:
    try:
        yield
    except httpx.HTTPError as error:
        raise lost(error, url, foreign, began=began()) from None
    except httpx.InvalidURL:
        raise InvalidRequest(f"{url} is no URL", "Correct the endpoint's URL.") from None


async def _reasons(response: httpx.Response) -> bytes:
    """The beginning of a refusal's body; the status stands, whatever becomes of the rest."""
    said = bytearray()
    try:
        async with asyncio.timeout(_REFUSAL_S):
            async for chunk in response.aiter_bytes():
                said += chunk
                if len(said) >= _REFUSAL_MAX:
                    break
    except (httpx.HTTPError, TimeoutError):
        pass
    return bytes(said[:_REFUSAL_MAX])
