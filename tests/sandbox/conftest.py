"""A sandbox to speak to, in the process or on a port."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from tests.sandbox.wire import HEADERS, QUICK, client
from tui_app.sandbox.server import SandboxServer, running_sandbox


@pytest_asyncio.fixture
async def wire() -> AsyncIterator[httpx.AsyncClient]:
    """A client of a sandbox without a socket."""
    async with client() as wire:
        yield wire


@pytest_asyncio.fixture
async def server() -> AsyncIterator[SandboxServer]:
    """A sandbox on a port."""
    async with running_sandbox(QUICK) as server:
        yield server


@pytest_asyncio.fixture
async def socket_wire(server: SandboxServer) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the sandbox on a port."""
    async with httpx.AsyncClient(base_url=server.url, headers=HEADERS) as wire:
        yield wire
