"""The application: each request admitted, routed, read, handled while its client is there, and noted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, MutableMapping
from contextlib import suppress
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tui_app.core.elastic_errors import ARGUMENT, ElasticError, Refused
from tui_app.core.errors import EndpointNotFound, InfertermError, StoreFailed
from tui_app.core.inference import Inference
from tui_app.core.java_text import masked
from tui_app.core.jsons import JsonObject
from tui_app.core.served import ServedState
from tui_app.server.access import Access
from tui_app.server.answers import Answer, check_content_type, content_type, written
from tui_app.server.bodies import BodyStore, ClientLeft, Receive
from tui_app.server.call import Call, Handler
from tui_app.server.journal import Journal
from tui_app.server.outlet import Outlet, Send
from tui_app.server.parameters import read_query, truth
from tui_app.server.routes import NoRoute, Routes

Scope = MutableMapping[str, Any]
Drop = Callable[[Scope], None]


class App:
    """An ASGI application; `drop` cuts the connection of a request."""

    def __init__(
        self, inference: Inference, routes: Routes, access: Access, journal: Journal, drop: Drop
    ) -> None:
        self._inference, self._routes, self._access = inference, routes, access
        self._journal, self._drop = journal, drop
        self._bodies = BodyStore()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        call = self._call(scope)
        outlet = Outlet(call, send, lambda: self._drop(scope))
        try:
            await self._answered(call, outlet, receive)
        except ClientLeft:
            return
        except Exception:
            call.entry.note(state=ServedState.REFUSED, status=500)
            raise
        finally:
            self._bodies.release(len(call.body))
            call.entry.end()
        await self._remember(call)

    def _call(self, scope: Scope) -> Call:
        headers: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        path = scope["raw_path"].decode("latin-1")
        query = scope["query_string"]
        uri = f"{path}?{query.decode('latin-1')}" if query else path
        entry = self._journal.begin(scope["method"], path)
        return Call(scope["method"], path, headers, entry, query, str(masked(uri)))

    async def _answered(self, call: Call, outlet: Outlet, receive: Receive) -> None:
        try:
            handler = self._admitted(call)
            if isinstance(handler, Answer):
                await outlet.answer(handler)
                return
            call.body = await self._bodies.read(receive, call.headers)
            if (wrong := _no_body(call)) is not None:
                await outlet.answer(wrong)
                return
        except InfertermError as error:
            await outlet.error(error)
            return
        await while_there(receive, _handled(call, handler, outlet))

    def _admitted(self, call: Call) -> Handler | Answer:
        """The handler, or the answer where there is none. Raises Refused."""
        with suppress(Refused):
            # Also a stranger is answered in the form that was asked for.
            call.content_type, call.parameters = content_type(call.headers), read_query(call.query)
        self._access.check(call.headers, call.path)
        call.content_type = content_type(call.headers)
        call.parameters = read_query(call.query)
        for name in ("pretty", "human", "error_trace"):
            truth(call.parameters, name)
        try:
            handler, call.names = self._routes.find(call.method, call.path)
        except NoRoute as missing:
            return _no_route(call, missing.allowed)
        is_new = call.method == "PUT" and not call.path.rstrip("/").endswith("/_update")
        if "/" in call.inference_id and not is_new:
            # Such ids name the endpoints of clusters, which are asked themselves.
            raise EndpointNotFound(call.inference_id)
        return handler

    async def _remember(self, call: Call) -> None:
        """Leave word for the lists of endpoints of how it went."""
        if not call.served_by:
            return
        with suppress(StoreFailed):
            if call.trouble is None:
                await self._inference.note_success(call.served_by)
            else:
                await self._inference.note_failure(call.served_by, call.trouble)


async def while_there(receive: Receive, work: Coroutine[Any, Any, None]) -> None:
    """Do the work; when the client leaves, the work is cancelled, and tidies up before this returns."""

    async def left() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    working, leaving = asyncio.create_task(work), asyncio.create_task(left())
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        gone = not working.done()
        working.cancel()
        await asyncio.wait({working, leaving})
    if not gone or not working.cancelled():
        await working


async def _handled(call: Call, handler: Handler, outlet: Outlet) -> None:
    try:
        reply = await handler(call)
        if isinstance(reply, Answer):
            await outlet.answer(reply)
    except InfertermError as error:
        await outlet.error(error)
        return
    if not isinstance(reply, Answer):
        call.entry.note(state=ServedState.RUNNING)
        await outlet.stream(reply)


async def failed(request: Request, error: Exception) -> Response:
    """The answer to a request over which the server failed: what kind of error it was, and nothing of it."""
    told = ElasticError(500, f"the server failed over this request: {type(error).__name__}", "exception")
    headers = {"x-elastic-product": "Elasticsearch", "content-type": "application/json"}
    return Response(written(told.body()), 500, headers)


def _no_body(call: Call) -> Answer | None:
    """The answer to a body that is none of JSON, or that nothing is done with."""
    if call.body and (wrong := check_content_type(call.headers)):
        return Answer({"error": wrong, "status": 406}, 406)
    if call.body and call.method in {"GET", "HEAD", "DELETE"}:
        words = f"request [{call.method} {call.path}] does not support having a body"
        return Answer(ElasticError(400, words, ARGUMENT).body(), 400)
    return None


def _no_route(call: Call, allowed: tuple[str, ...]) -> Answer:
    if not allowed:
        words = f"no handler found for uri [{call.uri}] and method [{call.method}]"
        return Answer({"error": words}, 400)
    headers = (("Allow", ",".join(allowed)),)
    if call.method == "OPTIONS":
        return Answer(headers=headers)
    words = f"Incorrect HTTP method for uri [{call.uri}] and method [{call.method}]"
    body: JsonObject = {"error": f"{words}, allowed: [{', '.join(allowed)}]", "status": 405}
    return Answer(body, 405, headers)
