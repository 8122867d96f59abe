"""The way out: answers, errors and events onto the wire of one request, which must take them in time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import aclosing
from typing import Any, Final

from tui_app.core.elastic_errors import elastic_error
from tui_app.core.errors import InfertermError
from tui_app.core.served import ServedState
from tui_app.server.answers import EVENTS, Answer, EventStream, event, written
from tui_app.server.bodies import ClientLeft
from tui_app.server.call import Call
from tui_app.server.parameters import truth

SLOW_S: Final = 30.0
"""How long a client may take to accept a piece of its answer before it is cut off."""

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
MARK: Final = ("x-inferterm", "serve")
"""A header of every answer, by which another process of inferterm is known."""
_ALWAYS: Final = (("x-elastic-product", "Elasticsearch"), MARK)


class Outlet:
    """Sends the answer of `call`; `drop` cuts its connection."""

    def __init__(self, call: Call, send: Send, drop: Callable[[], None]) -> None:
        self._call, self._send, self._drop = call, send, drop

    async def answer(self, answer: Answer) -> None:
        """Send a whole answer, as pretty and as filtered as was asked for."""
        data = b""
        if answer.body is not None:
            pretty = truth(self._call.parameters, "pretty")
            data = written(answer.body, pretty=pretty, paths=self._call.parameters.get("filter_path", ""))
        await self._whole(answer.status, data, self._call.content_type, answer.headers)

    async def error(self, error: InfertermError) -> None:
        """Send an error in place of an answer."""
        told = elastic_error(error, self._call.inference_id)
        body = self._call.error_words(told)
        if self._call.as_events:
            await self._whole(told.status, event(written(body), "error"), EVENTS, told.headers)
            return
        pretty = self._call.parameters.get("pretty", "false") in {"", "true"}
        data = written(body, pretty=pretty)
        await self._whole(told.status, data, self._call.content_type, told.headers)

    async def stream(self, stream: EventStream) -> None:
        """Send each piece as it comes, then `[DONE]`, or the error that ended it."""
        await self._start(200, (("content-type", EVENTS), ("cache-control", "no-cache")))
        try:
            async with aclosing(stream.pieces) as pieces:
                async for piece in pieces:
                    await self._event(written(piece))
        except InfertermError as error:
            told = elastic_error(error, self._call.inference_id)
            await self._event(written(self._call.error_words(told)), "error")
            self._call.entry.note(state=ServedState.REFUSED)
        else:
            await self._event(b"[DONE]")
            self._call.entry.note(state=ServedState.ANSWERED)
        await self._put({"type": "http.response.body", "body": b"", "more_body": False})

    async def _event(self, data: bytes, name: str = "message") -> None:
        text = event(data, name)
        self._call.entry.note_response(text.decode())
        await self._put({"type": "http.response.body", "body": text, "more_body": True})

    async def _whole(
        self, status: int, data: bytes, content_type: str, headers: tuple[tuple[str, str], ...]
    ) -> None:
        kind = (("content-type", content_type),) if data else ()
        self._call.entry.note_response(data.decode())
        await self._start(status, (*kind, ("content-length", str(len(data))), *headers))
        await self._put({"type": "http.response.body", "body": data, "more_body": False})
        self._call.entry.note(state=ServedState.ANSWERED if status < 400 else ServedState.REFUSED)

    async def _start(self, status: int, headers: tuple[tuple[str, str], ...]) -> None:
        self._call.entry.note(status=status)
        encoded = [(name.lower().encode(), value.encode("latin-1")) for name, value in (*_ALWAYS, *headers)]
        await self._put({"type": "http.response.start", "status": status, "headers": encoded})

    async def _put(self, message: MutableMapping[str, Any]) -> None:
        try:
            async with asyncio.timeout(SLOW_S):
                await self._send(message)
        except TimeoutError:
            self._drop()
            raise ClientLeft from None
