"""The sandbox on a port of this machine, inside the event loop that is running."""

from __future__ import annotations

import asyncio
import importlib
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from tui_app.sandbox.journal import Journal
from tui_app.sandbox.settings import SandboxSettings

if TYPE_CHECKING:
    from starlette.types import Scope

    from tui_app.sandbox.serving import GuestServer

_HOST: Final = "127.0.0.1"
_BACKLOG: Final = 128


class PortUnavailable(OSError):
    """A port that cannot be listened on: taken, not allowed, or no port at all."""

    def __init__(self, port: int, reason: str) -> None:
        super().__init__(f"port {port} of {_HOST} cannot be used: {reason}")
        self.port, self.reason = port, reason


class SandboxServer:
    """One sandbox; it listens from `start` to `stop`, or while its context is open.

    Port 0 is any free one. `requests` holds what was asked lately, oldest first.
    """

    def __init__(self, settings: SandboxSettings | None = None, port: int = 0) -> None:
        self.settings = settings or SandboxSettings()
        self.port = port
        self.requests = Journal()
        self._server: GuestServer | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """The base URL, without `/v1`; good once it listens."""
        return f"http://{_HOST}:{self.port}"

    @property
    def key(self) -> str:
        """The key that it takes."""
        return self.settings.key

    async def start(self) -> None:
        """Listen; the first request can be sent when this returns. Raises PortUnavailable."""
        listener = _listen(self.port)
        try:
            await asyncio.to_thread(_prepare)
            from tui_app.sandbox.app import create_app
            from tui_app.sandbox.serving import GuestServer

            app = create_app(self.settings, self._cut)
            server = GuestServer(app)
        except BaseException:
            listener.close()
            raise
        self.port, self.requests = listener.getsockname()[1], app.state.journal
        self._server = server
        self._serving = asyncio.create_task(server.serve([listener]), name="sandbox")
        ready = asyncio.create_task(server.ready.wait())
        try:
            await asyncio.wait({ready, self._serving}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            await self.stop()
            raise
        finally:
            ready.cancel()
        if self._serving.done():
            await self._serving

    async def stop(self) -> None:
        """Free the port and cut what is open; does nothing when it does not listen."""
        server, serving = self._server, self._serving
        self._server = self._serving = None
        if server is None or serving is None:
            return
        server.leave()
        await asyncio.wait({serving})
        if not serving.cancelled() and (error := serving.exception()):
            raise error

    def _cut(self, scope: Scope) -> None:
        if self._server:
            self._server.cut(scope)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()


@asynccontextmanager
async def running_sandbox(
    settings: SandboxSettings | None = None, port: int = 0
) -> AsyncIterator[SandboxServer]:
    """Run a sandbox while the context is open."""
    async with SandboxServer(settings, port) as server:
        yield server


def _prepare() -> None:
    """Import what a screen would stand still for: a quarter of a second, off the loop."""
    importlib.import_module("tui_app.sandbox.app")
    importlib.import_module("tui_app.sandbox.serving")
    from tui_app.sandbox.requests import CountRequest, MessageRequest, SamplingMessageRequest

    for shape in (CountRequest, MessageRequest, SamplingMessageRequest):
        shape.model_rebuild()


def _listen(port: int) -> socket.socket:
    # Named, because asyncio turns Nagle's delay of 40 ms off only where it sees that it is TCP.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":
            # A port whose last user left a moment ago is free; one that is listened on is not.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise PortUnavailable(port, error.strerror or str(error)) from None
    except OverflowError:
        listener.close()
        raise PortUnavailable(port, "there are only ports 0 to 65535") from None
    return listener
