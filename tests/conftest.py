"""Every test in a home of its own, without keys, without a keyring, without a network."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest

pytest_plugins = ("tests.secret_service",)

os.environ["TEXTUAL_ANIMATIONS"] = "none"
for _name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TEXTUAL_THEME"):
    os.environ.pop(_name, None)

_FOREIGN = (
    "ANTHROPIC_",
    "INFERTERM_",
    "XDG_",
    "DBUS_",
    "DISPLAY",
    "WAYLAND_",
    "HTTP_",
    "HTTPS_",
    "ALL_",
    "TMUX",
)


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder that holds nothing, and none of the variables of whoever runs the tests."""
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.upper().startswith(_FOREIGN):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    return home


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Connections leave this machine for nobody: a test that tries fails at once."""
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def is_near(host: object) -> bool:
        if not isinstance(host, str | bytes) or host in {"localhost", b"localhost", ""}:
            return True
        try:
            return ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
        except ValueError:
            return False

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and isinstance(address, tuple):
            assert is_near(address[0]), f"a test tried to reach {address[0]}"
        connect(self, address)  # type: ignore[arg-type]

    def nearby(host: object, *args: object, **kwargs: object) -> object:
        if not is_near(host):
            raise socket.gaierror(socket.EAI_NONAME, f"no names are looked up in tests: {host!r}")
        return resolve(host, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket, "getaddrinfo", nearby)
    yield
