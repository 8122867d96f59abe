"""A TCP server that says exactly what a test tells it to, byte for byte."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

Writer: TypeAlias = asyncio.StreamWriter
Say: TypeAlias = Callable[["RawServer", Writer], Awaitable[None]]
"""What one request is answered with; the connection stays open when it returns."""


@dataclass
class RawServer:
    """Answers each request with `say`; remembers connections, requests, and who hung up."""

    say: Say
    url: str = ""
    port: int = 0
    connections: int = 0
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    received: bytearray = field(default_factory=bytearray)
    requests: list[bytes] = field(default_factory=list)

    def header(self, name: str, request: int = -1) -> list[str]:
        """All values that a request gave for a header."""
        lines = self.requests[request].partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
        pairs = (line.partition(": ") for line in lines)
        return [value for key, _, value in pairs if key.lower() == name]

    @property
    def body(self) -> object:
        """The JSON body of the last request."""
        return json.loads(self.requests[-1].partition(b"\r\n\r\n")[2])

    @property
    def path(self) -> str:
        """The method and path of the last request."""
        return self.requests[-1].partition(b" HTTP/")[0].decode()

    async def serve(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        """Read requests and answer them until the other side hangs up."""
        self.connections += 1
        self.connected.set()
        try:
            while True:
                head = await self._until_blank_line(reader)
                body = await self._exactly(reader, _length(head))
                self.requests.append(head + body)
                await self.say(self, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.hung_up.set()
        finally:
            writer.close()

    async def _until_blank_line(self, reader: asyncio.StreamReader) -> bytes:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += await self._exactly(reader, 1)
        return head

    async def _exactly(self, reader: asyncio.StreamReader, size: int) -> bytes:
        piece = await reader.readexactly(size)
        self.received += piece
        return piece


@asynccontextmanager
async def raw_server(say: Say, tls: ssl.SSLContext | None = None) -> AsyncGenerator[RawServer, None]:
    """A server on a free port of 127.0.0.1 while the context is open."""
    server = RawServer(say)
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: Writer) -> None:
        task = asyncio.ensure_future(server.serve(reader, writer))
        tasks.add(task)

    listener = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    server.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.port}"
    try:
        yield server
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def answer(status: int, headers: dict[str, str], body: bytes | str = b"") -> Say:
    """A whole answer, with its length."""
    content = body.encode() if isinstance(body, str) else body
    return raw(_head(status, {**headers, "content-length": str(len(content))}) + content)


def raw(*pieces: bytes, then_hang_up: bool = False) -> Say:
    """These bytes, written apart."""

    async def say(server: RawServer, writer: Writer) -> None:
        await _write(writer, pieces)
        if then_hang_up:
            writer.close()

    return say


def chunked(*pieces: bytes, headers: dict[str, str] | None = None, ends: bool = True) -> Say:
    """A chunked answer of status 200; without its end where it does not end."""

    async def say(server: RawServer, writer: Writer) -> None:
        head = _head(
            200, {"content-type": "text/event-stream", "transfer-encoding": "chunked"} | (headers or {})
        )
        await _write(writer, [head, *(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces if piece)])
        if ends:
            await _write(writer, [b"0\r\n\r\n"])

    return say


def hangs_up(say: Say) -> Say:
    """Say it and close the connection."""

    async def closing(server: RawServer, writer: Writer) -> None:
        await say(server, writer)
        writer.close()

    return closing


def in_turn(*says: Say) -> Say:
    """The first request gets the first answer, and so on; the last one for all that follow."""

    async def say(server: RawServer, writer: Writer) -> None:
        await says[min(len(server.requests), len(says)) - 1](server, writer)

    return say


def sse(*events: dict[str, object]) -> bytes:
    """Server-sent events as the service writes them."""
    return b"".join(
        f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode()
        for event in events
    )


def _head(status: int, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1")


def _length(head: bytes) -> int:
    for line in head.decode("latin-1").lower().split("\r\n"):
        if line.startswith("content-length:"):
            return int(line.partition(":")[2])
    return 0


async def _write(writer: Writer, pieces: Iterable[bytes]) -> None:
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
