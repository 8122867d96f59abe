"""uvicorn as a guest of a running event loop, with clients that stall held to time and number."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterable, MutableMapping
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any, Final

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from tui_app.core.elastic_errors import ARGUMENT, ElasticError
from tui_app.server.answers import written

HEAD_MAX: Final = 32 * 1024
"""Bytes of a request's line and headers at most."""
HEAD_S: Final = 10.0
BODY_S: Final = 60.0
"""How long a client may take for line and headers, and then for the body."""
CONNECTIONS_MAX: Final = 512
"""Connections at one moment, or a third of the files that the process may open if those are fewer."""
_KEEP_ALIVE_S: Final = 60
_DATE_EVERY_S: Final = 1.0
_BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")
_LENGTHS: Final = re.compile(rb"^content-length[ \t]*:", re.IGNORECASE | re.MULTILINE)


class BoundedProtocol(H11Protocol):
    """One connection: cut off when a request takes too long to arrive, or when others need the room."""

    head_s: float = HEAD_S
    body_s: float = BODY_S
    _phase = ""
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self.since = self.loop.time()
        self._watch("head")
        if len(self.connections) > connections_max():
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the time."""
        self._watch("")
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, unless its head is too long or says its length twice."""
        doubt = _doubt(self.conn.trailing_data[0] + data) if self.conn.their_state is h11.IDLE else ""
        if doubt:
            self.send_400_response(doubt)
            return
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._look()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, and hang up."""
        self._watch("")
        if self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            self.transport.abort()
            return
        data = written(ElasticError(400, msg, ARGUMENT).body())
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(data)).encode()),
            (b"x-elastic-product", b"Elasticsearch"),
            (b"connection", b"close"),
        ]
        for event in (h11.Response(status_code=400, headers=headers), h11.Data(data), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _look(self) -> None:
        state = self.conn.their_state
        if state is h11.SEND_BODY:
            self._watch("body")
        elif state is h11.IDLE and self.conn.trailing_data[0]:
            self._watch("head")
        elif state is not h11.IDLE or self.cycle is not None:
            self._watch("")

    def _watch(self, phase: str) -> None:
        """Time a phase from its beginning; what comes meanwhile does not lengthen it."""
        if phase == self._phase:
            return
        self._phase, self.since = phase, self.loop.time()
        if self._timer is not None:
            self._timer.cancel()
        seconds = {"head": self.head_s, "body": self.body_s}.get(phase)
        self._timer = self.loop.call_later(seconds, self.transport.abort) if seconds else None

    def _make_room(self) -> None:
        """Cut the connection off that has waited longest without a request, else this one."""
        idle = [each for each in self.connections if isinstance(each, BoundedProtocol) and each.is_idle]
        min((each for each in idle if each is not self), key=lambda each: each.since, default=self).cut()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being answered on it."""
        return self.cycle is None or self.cycle.response_complete

    def cut(self) -> None:
        """Close it at once."""
        self.transport.abort()


class GuestServer(uvicorn.Server):
    """Serves an ASGI application on sockets that listen already, until `leave` is called.

    `ready` is set when requests are taken. uvicorn's loggers are silenced: nothing of a request may land
    on a screen or in a log.
    """

    def __init__(self, app: Any) -> None:  # noqa: ANN401 - an ASGI application
        super().__init__(
            uvicorn.Config(
                app,
                http=BoundedProtocol,
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="critical",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=_KEEP_ALIVE_S,
                timeout_graceful_shutdown=2,
                h11_max_incomplete_event_size=HEAD_MAX,
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
        # Connections that were cut are gone by now: uvicorn need not wait for them.
        await asyncio.sleep(0)

    def leave(self) -> None:
        """Stop: free the port, cut what is open, and let `serve` return."""
        self.should_exit = True
        self._close()
        self._leaving.set()

    def cut(self, scope: MutableMapping[str, Any]) -> None:
        """Cut the connection of a request, with what it has not taken yet."""
        for connection in list(self.server_state.connections):
            if isinstance(connection, BoundedProtocol) and connection.scope is scope:
                connection.cut()

    def _close(self) -> None:
        for server in getattr(self, "servers", ()):
            server.close()
        for transport in self._transports():
            transport.abort()

    def _transports(self) -> Iterable[asyncio.Transport]:
        return [connection.transport for connection in list(self.server_state.connections)]


def connections_max() -> int:
    """How many connections there may be; each may need one to the service, and files are opened too."""
    try:
        import resource
    except ImportError:  # there is none on Windows, nor such a limit
        return CONNECTIONS_MAX
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return CONNECTIONS_MAX if files < 0 else min(CONNECTIONS_MAX, files // 3)


def _doubt(received: bytes) -> str:
    """What is wrong with a request's head, as far as it is there, that h11 would take."""
    end = _BLANK_LINE.search(received)
    head = received[: end.start()] if end else received
    if len(head) > HEAD_MAX:
        return f"the line and the headers of a request have at most {HEAD_MAX} bytes"
    return "a request has one Content-Length" if len(_LENGTHS.findall(head)) > 1 else ""
