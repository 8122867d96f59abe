"""A proxy that takes CONNECT and leads every tunnel to one port of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Tunnel:
    """`asked` holds the head of each CONNECT, `seen` all that went through towards the server."""

    port: int
    url: str = ""
    asked: list[bytes] = field(default_factory=list)
    seen: bytearray = field(default_factory=bytearray)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Connect the two sides until both are done."""
        async with AsyncExitStack() as open_ends:
            open_ends.push_async_callback(_closed, writer)
            self.asked.append(await reader.readuntil(b"\r\n\r\n"))
            there, onward = await asyncio.open_connection("127.0.0.1", self.port)
            open_ends.push_async_callback(_closed, onward)
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await asyncio.gather(
                self._pipe(reader, onward, self.seen), self._pipe(there, writer, bytearray())
            )

    async def _pipe(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, seen: bytearray) -> None:
        with suppress(ConnectionError):
            while piece := await source.read(65536):
                seen += piece
                sink.write(piece)
                await sink.drain()
        sink.close()


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


@asynccontextmanager
async def tunnel_to(port: int) -> AsyncGenerator[Tunnel, None]:
    """A proxy on a free port while the context is open."""
    tunnel = Tunnel(port)
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(tunnel.carry(reader, writer)))

    listener = await asyncio.start_server(accept, "127.0.0.1", 0)
    tunnel.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield tunnel
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
