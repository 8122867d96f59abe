"""Failures of the connection, as ConnectionLost with words and advice."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator
from typing import Final
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from tui_app.adapters.foreign_text import ForeignText
from tui_app.adapters.http_clients import is_loopback
from tui_app.core.endpoint import base_of
from tui_app.core.errors import ConnectionLost, InvalidRequest, Loss

_PROXY_VARIABLES: Final = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
_UNTRUSTED: Final = "For a private certificate authority, name its certificates in SSL_CERT_FILE."


def lost(
    error: httpx.HTTPError, url: str, foreign: ForeignText, *, began: bool, untrusted: str = _UNTRUSTED
) -> ConnectionLost | InvalidRequest:
    """Say what a failure of httpx means; `began` when a part of the answer is there already.

    `untrusted` is the advice where nothing vouches for the certificate.
    """
    host = urlsplit(url).netloc
    if isinstance(error, httpx.UnsupportedProtocol | httpx.LocalProtocolError):
        return InvalidRequest(f"{host}: this request cannot be written as HTTP", "Check URL and key.")
    if isinstance(error, httpx.TimeoutException):
        return _timeout(error, url)
    if isinstance(error, httpx.ProxyError):
        words = foreign.words(str(error)) or "it gave no reason"
        advice = f"Check {_variables() or 'the proxy'}; for a 407, the user and password in it."
        return ConnectionLost(Loss.UNREACHABLE, f"{host}: the proxy refused: {words}", advice)
    if isinstance(error, httpx.ConnectError):
        return _unconnected(error, url, foreign, untrusted)
    return _dropped(error, url, foreign, began=began)


def cut(message: str) -> ConnectionLost:
    """An answer of which only a part came."""
    return ConnectionLost(Loss.CUT, message, "What came is kept: try again to get a whole answer.")


def unanswered(url: str) -> ConnectionLost:
    """A request that was taken, and of whose answer nothing came."""
    return ConnectionLost(
        Loss.DROPPED,
        f"{urlsplit(url).netloc} took the request and ended the connection without an answer",
        "Try again; if it stays so, look at the server's log or at what stands between.",
    )


def not_the_api(url: str, words: str) -> ConnectionLost:
    """Something answered, and it was no Messages API; `words` are the first of what it said, made fit."""
    return ConnectionLost(
        Loss.NOT_THE_API,
        f"{urlsplit(url).netloc} does not answer as the Messages API does: {words or 'it says nothing'}",
        "Check the endpoint's URL: /v1/messages is joined to it.",
    )


def redirected(url: str, location: str, foreign: ForeignText, status: int) -> ConnectionLost:
    """A redirect, which is never followed: the key is for the host that the endpoint names."""
    target = urljoin(url, location)
    there = foreign.word(target, limit=200)
    moved = urlsplit(target)
    same = moved.hostname == urlsplit(url).hostname
    place = "elsewhere on the same host" if same else "to another host, which is not given the key"
    base = base_of(f"{moved.scheme}://{moved.netloc}{moved.path}")
    if base == base_of(url):
        advice = "The endpoint's URL leads there already: the server has to answer /v1/messages itself."
    elif not moved.path.rstrip("/").endswith("/v1/messages"):
        advice = "No Messages API is there: a login may stand before it. Ask who runs it for its base URL."
    else:
        advice = f"If that is where it should go, set the endpoint's URL to {foreign.word(base, limit=200)}"
    words = f"{urlsplit(url).netloc} sends this request {place}: {there}"
    return ConnectionLost(Loss.REDIRECTED, words, advice, status)


def no_client(error: Exception) -> ConnectionLost:
    """The settings of the environment (certificates, proxies) make no client."""
    if isinstance(error, OSError):
        return ConnectionLost(
            Loss.TLS,
            f"The certificates to trust cannot be read: {error.strerror or type(error).__name__}",
            "Correct or unset SSL_CERT_FILE and SSL_CERT_DIR.",
        )
    return ConnectionLost(
        Loss.UNREACHABLE,
        "The proxy that the environment names cannot be used",
        f"Correct or unset {_variables() or 'the proxy'}; for a SOCKS proxy install socksio.",
    )


def _timeout(error: httpx.TimeoutException, url: str) -> ConnectionLost:
    limits = error.request.extensions.get("timeout", {})
    if isinstance(error, httpx.ConnectTimeout):
        host, advice = _connected_to(url, "Check the URL, the network and a firewall on the way.")
        words = f"{host} could not be reached within {limits.get('connect') or 0:.3g} s"
    else:
        doing = "took no more of the request" if isinstance(error, httpx.WriteTimeout) else "was silent"
        words = f"{urlsplit(url).netloc} {doing} for {limits.get('read') or 0:.3g} s"
        advice = "Try again; a long answer may need more patience, or a lower max_tokens."
    return ConnectionLost(Loss.TIMEOUT, words, advice)


def _dropped(error: httpx.HTTPError, url: str, foreign: ForeignText, *, began: bool) -> ConnectionLost:
    if began:
        return cut(f"{urlsplit(url).netloc} dropped the connection before the answer was whole")
    if isinstance(error, httpx.DecodingError) or _speaks_no_http(error):
        return not_the_api(url, foreign.words(str(error).partition(": bytearray(")[0]))
    return unanswered(url)


def _unconnected(error: httpx.ConnectError, url: str, foreign: ForeignText, untrusted: str) -> ConnectionLost:
    causes = list(_causes(error))
    secure = next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        host, advice = _connected_to(url, "Check the host's name in the endpoint's URL, and the network.")
        return ConnectionLost(
            Loss.HOST_UNKNOWN, f"No host named {urlsplit(f'//{host}').hostname} can be found", advice
        )
    if secure is not None:
        return ConnectionLost(
            Loss.TLS,
            f"{urlsplit(url).netloc}: {_tls_words(secure, foreign)}",
            _tls_advice(secure, untrusted),
        )
    code = next((cause.errno for cause in causes if isinstance(cause, OSError) and cause.errno), None)
    host, advice = _connected_to(url, "Check the URL and that the server runs.")
    why = "" if code is None else f": {os.strerror(code).lower()}"
    return ConnectionLost(Loss.UNREACHABLE, f"Nothing answers at {host}{why}", advice)


def _tls_words(error: ssl.SSLError, foreign: ForeignText) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {foreign.words(error.verify_message)}"
    reason = getattr(error, "reason", None)
    words = reason.replace("_", " ").lower() if isinstance(reason, str) else str(error)
    return f"no secure connection: {foreign.words(words)}"


def _tls_advice(error: ssl.SSLError, untrusted: str) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return untrusted
    return "Check whether the server speaks https at all: if not, the URL starts with http://"


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        cause = waiting.pop()
        if cause is None or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__context__, cause.__cause__]
        if isinstance(cause, BaseExceptionGroup):
            waiting += cause.exceptions


def _speaks_no_http(error: httpx.HTTPError) -> bool:
    quiet = ("disconnected without", "peer closed", "without sending complete")
    return isinstance(error, httpx.RemoteProtocolError) and not any(word in str(error) for word in quiet)


def _variables() -> str:
    return ", ".join(
        name for name in _PROXY_VARIABLES if os.environ.get(name) or os.environ.get(name.lower())
    )


def _connected_to(url: str, advice: str) -> tuple[str, str]:
    """Host and port that a request to `url` connects to, which may be a proxy's, and what to do there."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    proxies = {} if is_loopback(name) or proxy_bypass(name) else getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy:
        return parts.netloc, advice
    place = urlsplit(proxy if "://" in proxy else f"http://{proxy}").netloc.rpartition("@")[2]
    return place, f"That is the proxy of {_variables() or 'the system'}: correct or unset it."
