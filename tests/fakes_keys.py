"""Places for keys, in memory: the port `tui_app.core.keys.Keys` for tests of others."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from pydantic import SecretStr

from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import KeyMissing, KeyStoreFailed, KeyTrouble
from tui_app.core.keys import Keys, KeyState, KeyStatus, PlaceReport, fingerprint

_PLACES = {
    "keyring": KeyState.KEYRING,
    "run": KeyState.RUN,
    "environment": KeyState.ENVIRONMENT,
    "command": KeyState.COMMAND,
    "vault": KeyState.VAULT,
}


class FakeKeys(Keys):
    """Keys by inference id, in whatever place the endpoint names.

    `trouble` is what the keyring and the vault have, while it is set; with NO_ANSWER, nothing that needs
    an answer returns before `answer` is set. `kept` and `deleted` list what was asked for, in order.
    """

    def __init__(self, keys: Mapping[str, str] | None = None, trouble: KeyTrouble | None = None) -> None:
        self.keys = {name: SecretStr(key) for name, key in (keys or {}).items()}
        self.trouble = trouble
        self.answer = asyncio.Event()
        self.kept: list[tuple[str, str]] = []
        self.deleted: list[str] = []
        self.passphrase = SecretStr("passphrase")
        self.vault_is_there = False
        self.vault_is_open = False

    async def find(self, endpoint: Endpoint) -> tuple[SecretStr, KeyStatus]:
        """The key. Raises KeyMissing, and KeyStoreFailed while there is a trouble."""
        if endpoint.local.key.place in {"keyring", "vault"}:
            await self._suffer()
        key = self.keys.get(endpoint.inference_id)
        if key is None:
            message = f"no API key for [{endpoint.inference_id}]: the keyring holds none for it"
            raise KeyMissing(message, f"`inferterm key set {endpoint.inference_id}` keeps one.")
        return key, self._status(endpoint, key)

    async def status(self, endpoint: Endpoint) -> KeyStatus:
        """Where the key stands; it never waits."""
        key = self.keys.get(endpoint.inference_id)
        if endpoint.local.sandbox:
            return KeyStatus(KeyState.SANDBOX)
        if self.trouble:
            return KeyStatus(KeyState.UNAVAILABLE, detail=f"the keyring is {self.trouble}")
        return self._status(endpoint, key) if key else KeyStatus(KeyState.MISSING)

    async def keep(self, endpoint: Endpoint, key: SecretStr) -> KeyStatus:
        """Keep the key, unless the place cannot. Raises KeyStoreFailed."""
        place = endpoint.local.key.place
        if place in {"environment", "command"}:
            raise KeyStoreFailed(KeyTrouble.FAILED, "the key cannot be kept there", "Choose another place.")
        if place == "vault" and not self.vault_is_open:
            trouble = KeyTrouble.LOCKED if self.vault_is_there else KeyTrouble.ABSENT
            raise KeyStoreFailed(trouble, "the vault is closed", "Give its passphrase.")
        if place == "keyring":
            await self._suffer()
        self.keys[endpoint.inference_id] = key
        self.kept.append((endpoint.inference_id, place))
        return self._status(endpoint, key)

    async def delete(self, inference_id: str) -> bool:
        """Forget the key. Raises KeyStoreFailed while there is a trouble."""
        await self._suffer()
        self.deleted.append(inference_id)
        return self.keys.pop(inference_id, None) is not None

    async def keyring(self) -> PlaceReport:
        """The keyring, which works but for its trouble."""
        if self.trouble is None:
            return PlaceReport("keyring of the tests", True)
        return PlaceReport(
            "keyring of the tests",
            False,
            self.trouble,
            f"the keyring is {self.trouble}",
            "Keep the key for this run only.",
        )

    async def vault(self) -> PlaceReport:
        """The vault, closed and not made until it is opened."""
        if self.vault_is_open:
            return PlaceReport("vault of the tests", True, detail="open")
        trouble = KeyTrouble.LOCKED if self.vault_is_there else KeyTrouble.ABSENT
        return PlaceReport(
            "vault of the tests", False, trouble, "the vault is closed", "Give its passphrase."
        )

    async def open_vault(self, passphrase: SecretStr) -> None:
        """Open it with `passphrase`, or make it with any. Raises KeyStoreFailed WRONG_PASSPHRASE."""
        if self.vault_is_there and passphrase != self.passphrase:
            raise KeyStoreFailed(
                KeyTrouble.WRONG_PASSPHRASE, "this passphrase does not open it", "Try again."
            )
        self.passphrase = passphrase
        self.vault_is_there = self.vault_is_open = True

    async def _suffer(self) -> None:
        if self.trouble is KeyTrouble.NO_ANSWER:
            await self.answer.wait()
        elif self.trouble:
            raise KeyStoreFailed(self.trouble, f"the keyring is {self.trouble}", "Keep it for this run only.")

    def _status(self, endpoint: Endpoint, key: SecretStr) -> KeyStatus:
        source = endpoint.local.key
        detail = source.variable if source.place == "environment" else ""
        return KeyStatus(_PLACES[source.place], fingerprint(key), detail)
