"""HTTP clients: made at first use, kept for their open connections, and told apart by what they trust."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from tui_app.core.errors import InvalidRequest
from tui_app.core.text import one_line

if TYPE_CHECKING:
    import ssl

    import httpx

_KEPT: Final = 20
_KEPT_S: Final = 60.0
"""Idle connections that are kept, and how long: a person reads an answer before the next prompt."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What sets clients apart: loopback goes round every proxy; only https needs certificates."""

    loopback: bool
    secure: bool

    @classmethod
    def of(cls, url: str) -> Kind:
        """The kind for a URL. Raises InvalidRequest for one that is none."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = None
        if not host or port == 0 or parts.scheme not in {"http", "https"}:
            raise InvalidRequest(
                f"{one_line(url)} is no URL of a server",
                "It starts with https:// or http:// and names a host.",
            )
        return cls(is_loopback(host), parts.scheme == "https")


class HttpClients:
    """The clients of one event loop. Importing httpx and reading certificates happen in a thread."""

    def __init__(self, user_agent: str) -> None:
        self._user_agent = user_agent
        self._kept: dict[Kind, httpx.AsyncClient] = {}
        self._certificates: ssl.SSLContext | None = None
        self._lock = asyncio.Lock()

    async def kept(self, url: str) -> httpx.AsyncClient:
        """The client for `url`, the same each time. Raises ConnectionLost, InvalidRequest."""
        kind = Kind.of(url)
        if kind not in self._kept:
            async with self._lock:
                if kind not in self._kept:
                    self._kept[kind] = await asyncio.to_thread(self._made, kind)
        return self._kept[kind]

    async def fresh(self, url: str) -> httpx.AsyncClient:
        """A client without open connections; the caller closes it. Raises ConnectionLost, InvalidRequest."""
        async with self._lock:
            return await asyncio.to_thread(self._made, Kind.of(url))

    async def aclose(self) -> None:
        """Close all connections that are kept."""
        kept, self._kept = list(self._kept.values()), {}
        for client in kept:
            await client.aclose()

    def _made(self, kind: Kind) -> httpx.AsyncClient:
        import httpx

        import tui_app.adapters.messages_line  # noqa: F401 - all that imports httpx, while off the loop
        from tui_app.adapters.messages_losses import no_client

        try:
            return httpx.AsyncClient(
                verify=self._trusted() if kind.secure or not kind.loopback else _nothing_trusted(),
                trust_env=not kind.loopback,
                auth=httpx.Auth(),
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                headers={"user-agent": self._user_agent, "accept-encoding": "identity"},
                limits=httpx.Limits(
                    max_connections=None, max_keepalive_connections=_KEPT, keepalive_expiry=_KEPT_S
                ),
            )
        except (OSError, ValueError, ImportError, httpx.InvalidURL) as error:
            raise no_client(error) from None

    def _trusted(self) -> ssl.SSLContext:
        import httpx

        if self._certificates is None:
            self._certificates = httpx.create_ssl_context()
        return self._certificates


def _nothing_trusted() -> ssl.SSLContext:
    """For plain http: reading the certificates, which takes longer than all else, is left out."""
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
