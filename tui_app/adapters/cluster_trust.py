"""What proves that a server is the cluster that a connection means: a TLS context for each kind of proof."""

from __future__ import annotations

import hashlib
import socket
import ssl
from urllib.parse import urlsplit

from tui_app.adapters.disk_troubles import reason_of
from tui_app.core.clusters import Connection
from tui_app.core.errors import ConnectionLost, Loss

_DER = 2
"""The encoding as `ssl` numbers it within itself."""

CONNECT_S = 10.0
"""How long the certificates of a cluster are waited for."""


def trust(connection: Connection) -> ssl.SSLContext | None:
    """A context that trusts what the connection says; None over http. It reads files and may connect.

    Raises ConnectionLost.
    """
    if not connection.url.startswith("https://"):
        return None
    if connection.fingerprint:
        return _pinned(connection)
    try:
        return ssl.create_default_context(cafile=connection.ca_certificate or None)
    except OSError as error:
        raise ConnectionLost(
            Loss.TLS,
            f"The certificates in {connection.ca_certificate} cannot be used: {reason_of(error)}",
            "Name a PEM file with the cluster's certificate authority, such as its http_ca.crt.",
        ) from None


def _pinned(connection: Connection) -> ssl.SSLContext:
    """Trust the one certificate of the server's chain that has the fingerprint, and whatever it signed.

    The host's name is not compared: the fingerprint names the server better.
    """
    chain = _chain(connection)
    found = [cert for cert in chain if hashlib.sha256(cert).hexdigest() == connection.fingerprint]
    if not found:
        shown = hashlib.sha256(chain[-1]).hexdigest() if chain else "none"
        raise ConnectionLost(
            Loss.TLS,
            f"{urlsplit(connection.url).netloc} shows no certificate with that fingerprint;"
            f" the last of its chain has {shown}",
            "If the cluster has a new certificate, correct the fingerprint; else somebody is in between.",
        )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=ssl.DER_cert_to_PEM_cert(found[0]))
    return context


def _chain(connection: Connection) -> list[bytes]:
    """The certificates that the server shows, its own first, each as DER; nothing is sent to it."""
    parts = urlsplit(connection.url)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    host = parts.hostname or ""
    try:
        with (
            socket.create_connection((host, parts.port or 443), CONNECT_S) as plain,
            context.wrap_socket(plain, server_hostname=host) as secured,
        ):
            return _shown(secured)
    except OSError as error:
        loss = Loss.TLS if isinstance(error, ssl.SSLError) else Loss.UNREACHABLE
        raise ConnectionLost(
            loss,
            f"{parts.netloc} shows no certificate: {reason_of(error)}",
            "Check the URL and that the cluster runs.",
        ) from None


def _shown(secured: ssl.SSLSocket) -> list[bytes]:
    public = getattr(secured, "get_unverified_chain", None)  # public from Python 3.13 on
    if public is not None:
        return [bytes(cert) for cert in public()]
    inner = getattr(secured, "_sslobj")  # noqa: B009 - the same, before it was public
    return [cert.public_bytes(_DER) for cert in inner.get_unverified_chain() or ()]
