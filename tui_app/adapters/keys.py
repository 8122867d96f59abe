"""Where keys are looked for and kept: the keyring, this run's memory, a variable, a command, the vault."""

from __future__ import annotations

import hmac
import re
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from tui_app.adapters.key_commands import KeyCommands, program_of
from tui_app.adapters.keyring_backends import BackendLoader, load_backend
from tui_app.adapters.keyring_place import KeyringPlace, WouldAsk
from tui_app.adapters.keyring_troubles import WAYS, KeyringWords
from tui_app.adapters.vault import Vault
from tui_app.adapters.vault_document import COST
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import KeyMissing, KeyStoreFailed, KeyTrouble
from tui_app.core.keys import Keys, KeyState, KeyStatus, PlaceReport, fingerprint

VARIABLE: Final = "ANTHROPIC_API_KEY"
"""Stands in for the keyring without any stored choice, as with Anthropic's SDK."""

_OWN: Final = "own:"
"""Begins the keyring's names of keys that belong to no endpoint; no inference id has a colon."""

_Read = Callable[[str], Awaitable[SecretStr | None]]


class KeyChain(Keys):
    """The places for keys in a row; which one an endpoint's key has, `endpoint.local.key` says.

    `timeout_s` bounds whatever may wait for a person: a keyring's window, a command.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        vault_path: Path,
        *,
        timeout_s: float = 60.0,
        load: BackendLoader = load_backend,
        platform: str = sys.platform,
        vault_cost: int = COST,
    ) -> None:
        self._environ = environ
        self._keyring = KeyringPlace(KeyringWords(environ, platform), timeout_s, load)
        self._commands = KeyCommands(timeout_s)
        self._vault = Vault(vault_path, environ, vault_cost)
        self._run: dict[str, SecretStr] = {}

    async def find(self, endpoint: Endpoint) -> tuple[SecretStr, KeyStatus]:
        """The key and where it lay; a window may ask. Raises KeyMissing, KeyStoreFailed.

        Where the keyring was the reason, it is the KeyMissing's `__cause__`.
        """
        if endpoint.local.key.place == "command":
            return await self._from_command(endpoint)
        return await self._look(endpoint, self._keyring.find)

    async def status(self, endpoint: Endpoint) -> KeyStatus:
        """Where the key stands, found out without a window and without running a command."""
        source = endpoint.local.key
        if endpoint.local.sandbox:
            return KeyStatus(KeyState.SANDBOX)
        if source.place == "command":
            known = self._commands.known(endpoint.inference_id, source.command)
            mark = fingerprint(known) if known else ""
            return KeyStatus(KeyState.COMMAND, mark, program_of(source.command))
        try:
            return (await self._look(endpoint, self._keyring.peek))[1]
        except KeyMissing as missing:
            if missing.__cause__ is None:
                return KeyStatus(KeyState.MISSING, detail=str(missing))
            return KeyStatus(KeyState.UNAVAILABLE, detail=str(missing.__cause__))
        except KeyStoreFailed as error:
            return KeyStatus(KeyState.UNAVAILABLE, detail=str(error))

    async def keep(self, endpoint: Endpoint, key: SecretStr) -> KeyStatus:
        """Keep the key in its place, over an older one there. Raises KeyStoreFailed.

        A variable cannot be written, yet one that holds this very key already does for the keyring too.
        """
        key = _sound(key.get_secret_value(), "what was given")
        self._commands.forget(endpoint.inference_id)
        status = await self._keep(endpoint, key)
        if status.state is not KeyState.RUN:
            self._run.pop(endpoint.inference_id, None)
        return status

    async def delete(self, inference_id: str) -> bool:
        """Delete the key from memory, vault and keyring; False if none had it. Raises KeyStoreFailed.

        A keyring that fails is passed over where there is none, or where another place had the key.
        """
        self._commands.forget(inference_id)
        held = self._run.pop(inference_id, None) is not None
        held = await self._vault.delete(inference_id) or held
        try:
            return await self._keyring.delete(inference_id) or held
        except KeyStoreFailed as error:
            if held or error.trouble in {KeyTrouble.ABSENT, KeyTrouble.UNSAFE}:
                return held
            raise

    async def keyring(self) -> PlaceReport:
        """Probe the keyring with a mark, unless a window would have to open for that."""
        return await self._keyring.report()

    async def own(self, name: str) -> SecretStr | None:
        """A key of inferterm's own out of the keyring; a window may ask. Raises KeyStoreFailed."""
        return await self._keyring.find(f"{_OWN}{name}")

    async def keep_own(self, name: str, key: SecretStr) -> None:
        """Keep a key of inferterm's own in the keyring. Raises KeyStoreFailed."""
        await self._keyring.keep(f"{_OWN}{name}", key)

    async def forget_own(self, name: str) -> bool:
        """Delete a key of inferterm's own from the keyring. Raises KeyStoreFailed."""
        return await self._keyring.delete(f"{_OWN}{name}")

    async def vault(self) -> PlaceReport:
        """Tell whether the vault is there and open."""
        return await self._vault.report()

    async def open_vault(self, passphrase: SecretStr) -> None:
        """Open the vault for this run, making it where there is none. Raises KeyStoreFailed."""
        await self._vault.open(passphrase)

    async def _look(self, endpoint: Endpoint, read_keyring: _Read) -> tuple[SecretStr, KeyStatus]:
        inference_id, source = endpoint.inference_id, endpoint.local.key
        if source.place == "environment":
            return self._from_variable(inference_id, source.variable)
        if source.place == "vault":
            key = await self._vault.find(inference_id)
            state, why = KeyState.VAULT, "the vault holds none for it"
        else:
            key = self._run.get(inference_id)
            state, why = KeyState.RUN, "one was kept for a single run, and not for this one"
        if key is None and source.place == "keyring":
            return await self._from_keyring(inference_id, read_keyring)
        if key is None:
            raise _missing(inference_id, why)
        return _found(key, state)

    async def _from_keyring(self, inference_id: str, read: _Read) -> tuple[SecretStr, KeyStatus]:
        failure: KeyStoreFailed | None = None
        try:
            key = await read(inference_id)
        except WouldAsk:
            raise
        except KeyStoreFailed as error:
            key, failure = None, error
        if key:
            return _found(_sound(key.get_secret_value(), "what the keyring holds"), KeyState.KEYRING)
        if self._variable(VARIABLE):
            return self._from_variable(inference_id, VARIABLE)
        why = str(failure or "the keyring holds none for it")
        raise _missing(inference_id, f"{why}; {VARIABLE} is not set") from failure

    def _from_variable(self, inference_id: str, variable: str) -> tuple[SecretStr, KeyStatus]:
        if not self._variable(variable):
            raise KeyMissing(
                f"no API key for [{inference_id}]: the environment variable {variable} is not set",
                f"Set it before starting, or choose another place for the key: {WAYS}.",
            )
        key = _sound(self._variable(variable), f"what {variable} holds")
        return _found(key, KeyState.ENVIRONMENT, variable)

    async def _from_command(self, endpoint: Endpoint) -> tuple[SecretStr, KeyStatus]:
        command = endpoint.local.key.command
        if not command.strip():
            raise _missing(endpoint.inference_id, "no command is named that prints it")
        printed = await self._commands.find(endpoint.inference_id, command)
        key = _sound(printed.get_secret_value(), f"what {program_of(command)} prints")
        return _found(key, KeyState.COMMAND, program_of(command))

    async def _keep(self, endpoint: Endpoint, key: SecretStr) -> KeyStatus:
        inference_id, source = endpoint.inference_id, endpoint.local.key
        match source.place:
            case "run":
                self._run[inference_id] = key
                return _found(key, KeyState.RUN)[1]
            case "vault":
                await self._vault.keep(inference_id, key)
                return _found(key, KeyState.VAULT)[1]
            case "keyring":
                return await self._keep_in_keyring(inference_id, key)
            case "environment":
                if self._holds(source.variable, key):
                    return _found(key, KeyState.ENVIRONMENT, source.variable)[1]
                raise _unwritable(f"the environment variable {source.variable} does not hold this key")
        raise _unwritable("a command prints a key and cannot keep one")

    async def _keep_in_keyring(self, inference_id: str, key: SecretStr) -> KeyStatus:
        try:
            await self._keyring.keep(inference_id, key)
        except KeyStoreFailed:
            if self._holds(VARIABLE, key):
                return _found(key, KeyState.ENVIRONMENT, VARIABLE)[1]
            raise
        return _found(key, KeyState.KEYRING)[1]

    def _variable(self, name: str) -> str:
        return self._environ.get(name, "").strip()

    def _holds(self, name: str, key: SecretStr) -> bool:
        held = self._variable(name).encode("utf-8", "surrogateescape")
        return hmac.compare_digest(held, key.get_secret_value().encode())


def _found(key: SecretStr, state: KeyState, detail: str = "") -> tuple[SecretStr, KeyStatus]:
    return key, KeyStatus(state, fingerprint(key), detail)


def _sound(text: str, what: str) -> SecretStr:
    """The text without white space round it. Raises KeyStoreFailed for what no HTTP header can carry.

    A header that is refused later would be quoted, and the key with it.
    """
    key = SecretStr(text.strip())
    del text  # so that no frame of the error holds it
    if re.fullmatch(r"[!-~]+", key.get_secret_value()):
        return key
    message = f"{what} cannot be an API key: it is empty, or has characters that no key has"
    raise KeyStoreFailed(KeyTrouble.FAILED, message, "Give the key alone, on one line.")


def _missing(inference_id: str, why: str) -> KeyMissing:
    return KeyMissing(
        f"no API key for [{inference_id}]: {why}",
        f"k on the list of endpoints keeps one, or `inferterm key set {inference_id}` in a shell. "
        f"Without a keyring, {WAYS}.",
    )


def _unwritable(why: str) -> KeyStoreFailed:
    return KeyStoreFailed(
        KeyTrouble.FAILED,
        f"the key cannot be kept: {why}",
        "Change it there, or choose another place for it.",
    )
