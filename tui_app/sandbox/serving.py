"""uvicorn as a guest of a running event loop: no signals, nothing printed, stops at once."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

_DATE_EVERY_S: Final = 1.0
_KEEP_ALIVE_S: Final = 60


class GuestServer(uvicorn.Server):
    """Serves an application on sockets that listen already, until `leave` is called.

    `ready` is set when requests are taken. uvicorn's loggers are silenced, as what they print
    would land in the middle of a terminal's screen; an error is still answered with a 500.
    """

    def __init__(self, app: Starlette) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=H11Protocol,
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="critical",
                access_log=False,
                server_header=False,
                timeout_keep_alive=_KEEP_ALIVE_S,
                timeout_graceful_shutdown=1,
            )
        )
        self.ready = asyncio.Event()
        self._leaving = asyncio.Event()

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """Leave the signals to the host."""
        return nullcontext()

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until `leave`; the port is free afterwards, also when this is cancelled."""
        try:
            await super().serve(sockets)
        finally:
            self._close()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Take requests."""
        await super().startup(sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        """Keep the time of the `date` header until it is time to leave."""
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                async with asyncio.timeout(_DATE_EVERY_S):
                    await self._leaving.wait()

    def leave(self) -> None:
        """Stop: free the port, cut what is open, and let `serve` return."""
        self.should_exit = True
        self._close()
        self._leaving.set()

    def cut(self, scope: Scope) -> None:
        """Close the connection of a request after what was written, with no proper end to it."""
        for transport in self._transports(scope["client"]):
            transport.close()

    def _close(self) -> None:
        for server in getattr(self, "servers", ()):
            server.close()
        for transport in self._transports():
            transport.abort()

    def _transports(self, client: tuple[str, int] | None = None) -> Iterable[asyncio.Transport]:
        for connection in list(self.server_state.connections):
            if client is None or getattr(connection, "client", None) == client:
                yield connection.transport
