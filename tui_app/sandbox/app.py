"""The routes of the sandbox."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tui_app.sandbox import catalogue
from tui_app.sandbox.access import body_of, check_key, version_of
from tui_app.sandbox.answers import answer
from tui_app.sandbox.bucket import Limits
from tui_app.sandbox.errors import ApiError
from tui_app.sandbox.journal import Asked, Journal
from tui_app.sandbox.messages import Answer, Ending, Envelope, new_id
from tui_app.sandbox.models import Model, find
from tui_app.sandbox.requests import MessageRequest, read_count_request, read_message_request
from tui_app.sandbox.rules import check_settings, model_of
from tui_app.sandbox.scenarios import Flakiness
from tui_app.sandbox.settings import SandboxSettings
from tui_app.sandbox.stream import Pace, encoded, events
from tui_app.sandbox.tokens import count_input
from tui_app.sandbox.turns import check_turns

ORGANIZATION: Final = "5a4db0c5-0000-4000-8000-000000000000"
_LARGE_BODY: Final = 50_000

_Result = TypeVar("_Result")
Drop = Callable[[Scope], None]
"""Cuts the connection of a request, without an end to what was sent on it."""


class ConnectionCut(Exception):
    """Ends a request whose connection is to drop, where the server offers no better way."""


def create_app(settings: SandboxSettings | None = None, drop: Drop | None = None) -> Starlette:
    """Make the application; `app.state.journal` holds what was asked of it.

    Without `drop`, a connection is cut by an exception that the server has to meet by closing it.
    """
    desk = _Desk(settings or SandboxSettings(), drop or _raise)
    app = Starlette(
        routes=[
            Route("/v1/messages", desk.create_message, methods=["POST"]),
            Route("/v1/messages/count_tokens", desk.count_tokens, methods=["POST"]),
            Route("/v1/models", desk.list_models, methods=["GET"]),
            Route("/v1/models/{name}", desk.show_model, methods=["GET"]),
        ],
        exception_handlers={
            ApiError: _refuse,
            HTTPException: _refuse_route,
            ClientDisconnect: _forget,
            500: _fail,
        },
    )
    app.router.redirect_slashes = False
    app.state.journal = desk.journal
    return app


class _Desk:
    """Answers requests, and remembers what the answers depend on."""

    def __init__(self, settings: SandboxSettings, drop: Drop) -> None:
        self._settings, self._drop = settings, drop
        self._limits, self._flakiness = Limits(settings), Flakiness()
        self.journal = Journal()

    async def create_message(self, request: Request) -> Response:
        version = self._admit(request)
        body = await body_of(request)
        is_beta = "anthropic-beta" in request.headers
        asked = await _worked_out(body, lambda: read_message_request(body, version, is_beta))
        self.journal.note(Asked(time.time(), asked.model, asked.prompt, bool(asked.stream)))
        request.state.limits = self._limits
        self._limits.start()
        envelope, whole = await _worked_out(body, lambda: self._answer(asked, version))
        self._limits.read(envelope.input_tokens)
        if asked.stream:
            return self._streamed(request, envelope, whole)
        return await self._at_once(request, envelope, whole)

    async def count_tokens(self, request: Request) -> Response:
        version = self._admit(request)
        body = await body_of(request)
        is_beta = "anthropic-beta" in request.headers
        asked = await _worked_out(body, lambda: read_count_request(body, is_beta))
        self._limits.start_count()

        def count() -> int:
            model = model_of(asked)
            check_turns(asked, model, version, self._settings.key)
            check_settings(asked, model)
            return count_input(asked)

        return _json(request, {"input_tokens": await _worked_out(body, count)})

    async def list_models(self, request: Request) -> Response:
        self._admit(request)
        return _json(request, catalogue.page(request.query_params))

    async def show_model(self, request: Request) -> Response:
        self._admit(request)
        name = request.path_params["name"]
        model = find(name)
        if model is None:
            raise ApiError(404, f"model: {name}")
        return _json(request, catalogue.entry(model))

    def _admit(self, request: Request) -> str:
        check_key(request.headers, self._settings.key)
        return version_of(request.headers)

    def _answer(self, asked: MessageRequest, version: str) -> tuple[Envelope, Answer]:
        model: Model = model_of(asked)
        check_turns(asked, model, version, self._settings.key)
        check_settings(asked, model)
        whole = answer(asked, model, self._flakiness, self._settings.key)
        return Envelope(model.id, count_input(asked), asked.speed), whole

    def _streamed(self, request: Request, envelope: Envelope, whole: Answer) -> Response:
        settings = self._settings
        is_dropped = whole.ending is Ending.DROPPED
        stream = encoded(
            events(whole, envelope, _request_id(request)),
            Pace(settings.tokens_per_second, settings.first_token_delay, whole),
            self._limits.wrote,
            partial(self._drop, request.scope) if is_dropped else None,
        )
        headers = {**_headers(request), "cache-control": "no-cache"}
        return StreamingResponse(stream, headers=headers, media_type="text/event-stream")

    async def _at_once(self, request: Request, envelope: Envelope, whole: Answer) -> Response:
        if whole.ending is Ending.ERROR_EVENT:
            raise ApiError(529, "Overloaded")
        await asyncio.sleep(whole.seconds or self._settings.first_token_delay)
        self._limits.wrote(whole.output_tokens)
        response = _json(request, envelope.body(whole))
        if whole.ending is Ending.DROPPED:
            return _HalfResponse(response, self._drop)
        return response


class _HalfResponse(Response):
    """The first half of a response, and then no connection."""

    def __init__(self, whole: Response, drop: Drop) -> None:
        super().__init__(bytes(whole.body), whole.status_code, dict(whole.headers))
        self._drop = drop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status_code}
        await send({**start, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        self._drop(scope)


async def _worked_out(body: bytes, work: Callable[[], _Result]) -> _Result:
    """Do what takes long for a large body beside the event loop."""
    return await asyncio.to_thread(work) if len(body) > _LARGE_BODY else work()


def _request_id(request: Request) -> str:
    if not hasattr(request.state, "request_id"):
        request.state.request_id = new_id("req")
    return str(request.state.request_id)


def _headers(request: Request) -> dict[str, str]:
    limits: Limits | None = getattr(request.state, "limits", None)
    return {
        "request-id": _request_id(request),
        "anthropic-organization-id": ORGANIZATION,
        **(limits.headers() if limits else {}),
    }


def _json(request: Request, body: Mapping[str, object], **headers: str) -> Response:
    return JSONResponse(body, headers={**_headers(request), **headers})


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    body = error.body(_request_id(request))
    return JSONResponse(body, error.status, {**_headers(request), **error.headers})


async def _refuse_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    said = {404: "Not Found", 405: "Method Not Allowed"}.get(error.status_code, error.detail)
    return await _refuse(request, ApiError(error.status_code, said, headers=error.headers))


async def _fail(request: Request, error: Exception) -> Response:
    return await _refuse(request, ApiError(500, "Internal server error"))


async def _forget(request: Request, error: Exception) -> Response:
    return Response(status_code=499)


def _raise(scope: Scope) -> None:
    raise ConnectionCut
