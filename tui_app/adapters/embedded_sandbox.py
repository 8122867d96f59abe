"""The sandbox inside this process, started when an endpoint first needs it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pydantic import SecretStr

if TYPE_CHECKING:
    from tui_app.sandbox.server import SandboxServer


class EmbeddedSandbox:
    """Fulfils the port `Sandbox` with a server on a free loopback port."""

    def __init__(self) -> None:
        self._server: SandboxServer | None = None
        self._starting = asyncio.Lock()

    async def start(self) -> tuple[str, SecretStr]:
        """Its base URL and key; started if it does not run yet."""
        async with self._starting:
            if self._server is None:
                from tui_app.sandbox.server import SandboxServer
                from tui_app.sandbox.settings import SandboxSettings

                server = SandboxServer(SandboxSettings())
                await server.start()
                self._server = server
            return self._server.url, SecretStr(self._server.key)

    async def aclose(self) -> None:
        """Stop it; its port is free again."""
        if self._server is not None:
            await self._server.stop()
            self._server = None
