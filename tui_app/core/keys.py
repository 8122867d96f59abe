"""Ports to the places where API keys lie."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pydantic import SecretStr

from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import KeyTrouble


def fingerprint(key: SecretStr) -> str:
    """Tell keys apart without showing them: eight hexadecimal digits of a salted SHA-256."""
    digest = hashlib.sha256(b"inferterm fingerprint:" + key.get_secret_value().encode())
    return digest.hexdigest()[:8]


class KeyState(StrEnum):
    """Where a key stands, as the list shows it."""

    KEYRING = "in keyring"
    RUN = "this run only"
    ENVIRONMENT = "from environment"
    COMMAND = "from a command"
    VAULT = "in vault"
    SANDBOX = "sandbox's own"
    CLUSTER = "in the cluster"
    MISSING = "missing"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """Where an endpoint's key was found: its fingerprint; `detail` names the variable or the trouble."""

    state: KeyState
    fingerprint: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PlaceReport:
    """Whether keys can be kept somewhere: `works`, else `trouble` and `detail` in words for this system.

    `name` is the backend's or the place's name; `will_ask` tells that a window asks to unlock it.
    """

    name: str
    works: bool
    trouble: KeyTrouble | None = None
    detail: str = ""
    advice: str = ""
    will_ask: bool = False


class Keys(Protocol):
    """Where API keys lie. Nothing here blocks the loop, waits for ever or shows a key."""

    async def find(self, endpoint: Endpoint) -> tuple[SecretStr, KeyStatus]:
        """The endpoint's key and where it lay. Raises KeyMissing, KeyStoreFailed."""
        ...

    async def status(self, endpoint: Endpoint) -> KeyStatus:
        """Where the key stands; never raises an InfertermError."""
        ...

    async def keep(self, endpoint: Endpoint, key: SecretStr) -> KeyStatus:
        """Keep the key where `endpoint.local.key.place` says and nowhere else. Raises KeyStoreFailed."""
        ...

    async def delete(self, inference_id: str) -> bool:
        """Delete the endpoint's own key wherever it lies; False if there was none. Raises KeyStoreFailed."""
        ...

    async def keyring(self) -> PlaceReport:
        """Probe the operating system's keyring by writing, reading and deleting a mark."""
        ...

    async def vault(self) -> PlaceReport:
        """Tell whether the encrypted vault exists and is open."""
        ...

    async def open_vault(self, passphrase: SecretStr) -> None:
        """Open the vault for this run, making it where there is none. Raises KeyStoreFailed."""
        ...


class OwnKeys(Protocol):
    """Where keys of inferterm's own lie, under names that no endpoint can have; all raise KeyStoreFailed."""

    async def own(self, name: str) -> SecretStr | None:
        """The key, or None where none was kept."""
        ...

    async def keep_own(self, name: str, key: SecretStr) -> None:
        """Keep it in the operating system's keyring."""
        ...

    async def forget_own(self, name: str) -> bool:
        """Delete it; False where none was kept."""
        ...
