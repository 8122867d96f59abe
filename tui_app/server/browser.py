"""The app in a browser on this machine: textual-serve, which lets everybody in, behind checks of our own.

Each session is a process of the app. A page of the web that found the port could otherwise type into it.
"""

from __future__ import annotations

import hmac
import logging
import secrets
import shlex
import socket
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from textual_serve.server import Server

from tui_app.core.elastic_errors import Refused
from tui_app.server.access import Access
from tui_app.server.listening import url_of

_KEY: Final = "key"
_WEBSOCKET: Final = "/ws"
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
_REFUSED: Final = "Open the address that `inferterm web` printed; it carries the key.\n"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """Lets in who names this server, comes from no foreign page, and has the key of this run.

    The key comes once in the address, then in a cookie that no script reads and no other site sends.
    """

    key: str
    netloc: str

    async def admit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Hand a request on, or refuse it."""
        host, _, port = self.netloc.rpartition(":")
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            Access(None, host, int(port)).check(headers, request.path)
        except Refused:
            return _refusal(403, "This request does not come from the page of this server.\n")
        if request.method != "GET":
            return _refusal(405, "There is nothing to change here.\n")
        if request.path == _WEBSOCKET and "origin" not in headers:
            return _refusal(403, "Only a page of this server may talk to the app.\n")
        given = request.query.get(_KEY)
        if given is not None and request.path == "/":
            return self._exchanged(given)
        if not self._fits(request.cookies.get(self.cookie, "")):
            return _refusal(401, _REFUSED)
        if request.host != self.netloc and request.path == "/":
            raise web.HTTPFound(f"http://{self.netloc}/")
        return await handler(request)

    @property
    def cookie(self) -> str:
        """The name of the cookie: browsers part those of one host not by port."""
        return f"inferterm-{self.netloc.rpartition(':')[2]}"

    def _exchanged(self, given: str) -> web.StreamResponse:
        """Put the key into the cookie, and take it out of the address."""
        if not self._fits(given):
            return _refusal(401, _REFUSED)
        response = web.Response(status=303, headers={"Location": f"http://{self.netloc}/"})
        response.set_cookie(self.cookie, self.key, httponly=True, samesite="Strict", path="/")
        return response

    def _fits(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.key.encode())


class AppServer(Server):
    """textual-serve's server without its banner, and with a door."""

    def __init__(self, command: Sequence[str], url: str, door: Doorkeeper) -> None:
        netloc = url.removeprefix("http://")
        host, _, port = netloc.rpartition(":")
        super().__init__(shlex.join(command), host, int(port), title="inferterm", public_url=url)
        self._door = door

    async def application(self) -> web.Application:
        """The routes behind the door."""

        @web.middleware
        async def admit(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._door.admit(request, handler)

        app = await self._make_app()
        app.middlewares.append(admit)
        app.on_response_prepare.append(_guarded)
        return app

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing; the address is said by whoever serves."""


@asynccontextmanager
async def browser_server(listener: socket.socket, arguments: Sequence[str]) -> AsyncGenerator[str, None]:
    """Serve the app, started with these arguments for each session; gives the address with the key."""
    for name in ("textual-serve", "aiohttp"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    url = url_of(listener)
    door = Doorkeeper(secrets.token_urlsafe(32), url.removeprefix("http://"))
    server = AppServer((sys.executable, "-m", "tui_app", *arguments), url, door)
    runner = web.AppRunner(await server.application(), access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        yield f"{url}/?{_KEY}={door.key}"
    finally:
        await runner.cleanup()


async def _guarded(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)


def _refusal(status: int, words: str) -> web.Response:
    return web.Response(status=status, text=words)
