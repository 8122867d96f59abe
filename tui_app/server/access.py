"""Who is let in: `Host`, `Origin` and the key, looked at before anything else of a request."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from tui_app.core.elastic_errors import SECURITY, ElasticError, Refused

_CHALLENGES: Final = ('Basic realm="security", charset="UTF-8"', 'Bearer realm="security"', "ApiKey")
_LOCAL: Final = "localhost"


@dataclass(frozen=True, slots=True)
class Access:
    """The rules of one server that listens on `host` and `port`; without a `key` none is asked for."""

    key: SecretStr | None
    host: str
    port: int

    def check(self, headers: Mapping[str, str], path: str) -> None:
        """Raise Refused for a request that does not belong here; `headers` in lower case."""
        if not self._is_ours(headers.get("host", "")):
            raise _forbidden(f"the Host header of a request to [{path}] does not name this server")
        origin = headers.get("origin")
        if origin is not None and not self._is_own_origin(origin):
            raise _forbidden("requests of web pages are not answered: the Origin header is foreign")
        if headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
            raise _forbidden("requests of web pages are not answered: Sec-Fetch-Site is foreign")
        if self.key is not None:
            self._check_key(headers.get("authorization"), path, self.key)

    def _check_key(self, authorization: str | None, path: str, key: SecretStr) -> None:
        if authorization is None:
            raise _unauthorized(f"missing authentication credentials for REST request [{path}]")
        wanted = _digest(key.get_secret_value())
        # Every candidate is compared, so that the time tells nothing of which was near.
        fits = [hmac.compare_digest(_digest(given), wanted) for given in _candidates(authorization)]
        if not any(fits):
            raise _unauthorized(f"unable to authenticate with provided credentials for REST request [{path}]")

    def _is_own_origin(self, origin: str) -> bool:
        scheme, separator, netloc = origin.partition("://")
        return bool(separator) and scheme.lower() in {"http", "https"} and self._is_ours(netloc)

    def _is_ours(self, netloc: str) -> bool:
        """Whether `host:port` means this server and could not come of a name that an attacker rebound."""
        try:
            parts = urlsplit(f"//{netloc}")
            name, port = parts.hostname or "", parts.port
        except ValueError:
            return False
        if not name or parts.path or parts.query or parts.fragment or "@" in netloc or "\\" in netloc:
            return False
        return port in {None, self.port} and self._is_name(name)

    def _is_name(self, name: str) -> bool:
        if name in {_LOCAL, self.host.lower()}:
            return True
        try:
            address = ip_address(name)
        except ValueError:
            return not is_loopback(self.host) and name == socket.gethostname().lower()
        return address.is_loopback or not is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches what listens on `host`."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == _LOCAL


def _candidates(authorization: str) -> Iterator[str]:
    """Every reading of the header under which it may carry the key, as the official clients send it."""
    scheme, _, given = authorization.strip().partition(" ")
    given = given.strip()
    decoded = _decoded(given)
    _, _, after = decoded.partition(":")
    match scheme.lower():
        case "apikey":
            yield from (given, after)
        case "bearer":
            yield given
        case "basic":
            yield after


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()


def _unauthorized(reason: str) -> Refused:
    headers = tuple(("WWW-Authenticate", challenge) for challenge in _CHALLENGES)
    return Refused(ElasticError(401, reason, SECURITY, headers=headers))


def _forbidden(reason: str) -> Refused:
    return Refused(ElasticError(403, reason, SECURITY))
