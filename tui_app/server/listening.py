"""A socket to listen on, or the reason why there is none."""

from __future__ import annotations

import asyncio
import errno
import socket
import sys
from ipaddress import ip_address
from typing import Final

from tui_app.core.errors import InvalidRequest
from tui_app.core.served import PortTaken, ServeOptions
from tui_app.server.outlet import MARK

_BACKLOG: Final = 1024
_PORT_MAX: Final = 65_535
_PATIENCE_S: Final = 1.0
_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}


async def listen(options: ServeOptions) -> socket.socket:
    """Listen where it was asked for. Raises PortTaken, InvalidRequest."""
    if not 0 <= options.port <= _PORT_MAX:
        raise InvalidRequest(f"{options.port} is no port: there are only 0 to {_PORT_MAX}")
    family, address = await _address(options)
    try:
        return _bound(family, address)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        if error.errno != errno.EADDRINUSE:
            which = "--host" if error.errno == errno.EADDRNOTAVAIL else "--port"
            raise PortTaken(
                f"port {options.port} of {options.host} cannot be used: {reason}", f"Choose another {which}."
            ) from None
    if await _is_ours(options):
        raise PortTaken(
            f"another process of inferterm serves on port {options.port} of {options.host} already",
            "Use that one, stop it, or choose another --port.",
            by_us=True,
        )
    raise PortTaken(
        f"port {options.port} of {options.host} is used by another program", "Choose another --port."
    )


def url_of(listener: socket.socket) -> str:
    """The base URL under which this machine reaches a socket."""
    host, port = listener.getsockname()[:2]
    host = _EVERYWHERE.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def _address(options: ServeOptions) -> tuple[socket.AddressFamily, tuple[object, ...]]:
    try:
        is_new = ip_address(options.host).version == 6
        return socket.AF_INET6 if is_new else socket.AF_INET, (options.host, options.port)
    except ValueError:
        pass
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(options.host, options.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        words = f"{options.host} is no address of this machine"
        raise InvalidRequest(words, "Choose another --host.") from None
    found.sort(key=lambda each: each[0] != socket.AF_INET)
    family, _, _, _, address = found[0]
    return family, address


def _bound(family: socket.AddressFamily, address: tuple[object, ...]) -> socket.socket:
    # Named, because asyncio turns Nagle's delay of 40 ms off only where it sees that it is TCP.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":
            # A port whose last user left a moment ago is free; one that is listened on is not.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


async def _is_ours(options: ServeOptions) -> bool:
    """Whether who listens there answers as a server of inferterm does, to one who has no key."""
    host = _EVERYWHERE.get(options.host, options.host)
    name = f"[{host}]" if ":" in host else host
    try:
        async with asyncio.timeout(_PATIENCE_S):
            reader, writer = await asyncio.open_connection(host, options.port)
            try:
                writer.write(f"HEAD / HTTP/1.1\r\nHost: {name}:{options.port}\r\n\r\n".encode())
                head = await reader.readuntil(b"\r\n\r\n")
            finally:
                writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return False
    return f"{MARK[0]}: {MARK[1]}".encode() in head.lower()
