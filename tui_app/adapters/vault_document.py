"""The vault's document: keys sealed one by one with AES-256-GCM under a passphrase stretched by scrypt."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Final, Literal, NewType

from pydantic import AfterValidator, Base64UrlBytes, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from tui_app.core.jsons import NotJson, read_json

COST: Final = 2**17
"""scrypt's n; with r=8 and p=1 it takes 128 MiB and about a third of a second."""
_CHECK: Final = "inferterm vault: check"
_KEY: Final = "inferterm vault: key of "

Master = NewType("Master", bytes)
"""What scrypt makes of a passphrase: 32 bytes that open the boxes of one vault."""


class DamagedVault(ValueError):
    """A text that is no vault; says why, on which line."""


class WrongPassphrase(ValueError):
    """A box that the passphrase does not open, or that was tampered with."""


def _power_of_two(number: int) -> int:
    if number & (number - 1):
        raise ValueError("not a power of two")
    return number


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Stretching(_Part):
    """scrypt's parameters and salt; the bounds keep a foreign file from taking all memory."""

    name: Literal["scrypt"] = "scrypt"
    n: Annotated[int, Field(ge=2, le=2**20), AfterValidator(_power_of_two)]
    r: Annotated[int, Field(ge=1, le=16)] = 8
    p: Annotated[int, Field(ge=1, le=16)] = 1
    salt: Annotated[Base64UrlBytes, Field(min_length=16)]

    def master(self, passphrase: SecretStr) -> Master:
        """Stretch a passphrase; it blocks for a third of a second."""
        from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

        kdf = Scrypt(salt=self.salt, length=32, n=self.n, r=self.r, p=self.p)
        return Master(kdf.derive(passphrase.get_secret_value().encode()))


class Box(_Part):
    """One sealed value; `label` is bound to it, so that boxes cannot be exchanged for one another."""

    nonce: Annotated[Base64UrlBytes, Field(min_length=12, max_length=12)]
    sealed: Base64UrlBytes

    @classmethod
    def seal(cls, master: Master, value: bytes, label: str) -> Box:
        """Encrypt and authenticate a value."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(12)
        return cls.model_construct(nonce=nonce, sealed=AESGCM(master).encrypt(nonce, value, label.encode()))

    def unseal(self, master: Master, label: str) -> bytes:
        """Decrypt the value. Raises WrongPassphrase."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            return AESGCM(master).decrypt(self.nonce, self.sealed, label.encode())
        except InvalidTag:
            raise WrongPassphrase from None


class VaultDocument(_Part):
    """What the vault's file holds: `keys` by inference id, and `check`, which the right passphrase opens."""

    format: Literal["inferterm vault 1"] = "inferterm vault 1"
    stretching: Stretching
    check: Box
    keys: Mapping[str, Box] = {}

    @classmethod
    def new(cls, passphrase: SecretStr, cost: int = COST) -> tuple[VaultDocument, Master]:
        """An empty vault."""
        stretching = Stretching.model_construct(n=cost, salt=os.urandom(16))
        master = stretching.master(passphrase)
        return cls(stretching=stretching, check=Box.seal(master, b"", _CHECK)), master

    @classmethod
    def parse(cls, text: str) -> VaultDocument:
        """Read a vault's file. Raises DamagedVault."""
        try:
            return cls.model_validate(read_json(text))
        except NotJson as error:
            raise DamagedVault(str(error)) from None
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"])
            raise DamagedVault(f"{where or 'it'} is not what a vault holds") from None

    def text(self) -> str:
        """The file's content."""
        return self.model_dump_json(indent=2) + "\n"

    def unlock(self, passphrase: SecretStr) -> Master:
        """Stretch the passphrase and try it. Raises WrongPassphrase."""
        master = self.stretching.master(passphrase)
        self.check.unseal(master, _CHECK)
        return master

    def key(self, master: Master, inference_id: str) -> SecretStr | None:
        """One key, or None. Raises WrongPassphrase."""
        box = self.keys.get(inference_id)
        return SecretStr(box.unseal(master, _KEY + inference_id).decode()) if box else None

    def with_key(self, master: Master, inference_id: str, key: SecretStr) -> VaultDocument:
        """The vault with one key more, or another for one that it had."""
        box = Box.seal(master, key.get_secret_value().encode(), _KEY + inference_id)
        return self.model_copy(update={"keys": {**self.keys, inference_id: box}})

    def without_key(self, inference_id: str) -> VaultDocument:
        """The vault with one key less; no passphrase is needed for that."""
        return self.model_copy(
            update={"keys": {name: box for name, box in self.keys.items() if name != inference_id}}
        )
