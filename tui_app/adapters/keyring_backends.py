"""Which of keyring's backends is used, and which never is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Final, Protocol, TypeAlias

from tui_app.core.errors import KeyStoreFailed, KeyTrouble


class Backend(Protocol):
    """The part of `keyring.backend.KeyringBackend` that is used."""

    def get_password(self, service: str, username: str) -> str | None:
        """The secret, or None."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep or replace a secret."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Forget a secret."""
        ...


BackendLoader: TypeAlias = Callable[[], Backend]

_ABSENT: Final = ("keyring.backends.fail.Keyring", "keyring.backends.null.Keyring")
_CHAINER: Final = "keyring.backends.chainer.ChainerBackend"
_UNSAFE: Final = {
    "keyrings.alt": "it keeps keys in clear text or asks for a password over the screen",
    "keyrings.cryptfile": "it asks for its password over the screen",
}
"""Packages of backends that are refused, each with the reason."""


def load_backend() -> Backend:
    """What keyring chooses: PYTHON_KEYRING_BACKEND, its configuration file, else the best there is.

    Where it found none, it looks again: a keyring may have been started meanwhile. Raises KeyStoreFailed
    ABSENT for a choice that cannot be loaded.
    """
    import keyring
    from keyring import backend, core

    try:
        chosen = keyring.get_keyring()
        if lineage(chosen)[0] in _ABSENT:
            with suppress(KeyError):
                backend.get_all_keyring.reset()
            core.init_backend()
            chosen = keyring.get_keyring()
    except (ImportError, AttributeError, ValueError, RuntimeError) as error:
        raise KeyStoreFailed(KeyTrouble.ABSENT, f"keyring raised {type(error).__name__}") from None
    return chosen


def lineage(thing: object) -> tuple[str, ...]:
    """The full names of an object's class and of the classes it inherits from, nearest first."""
    return tuple(f"{cls.__module__}.{cls.__qualname__}" for cls in type(thing).__mro__)


def safe_backend(loaded: Backend) -> Backend:
    """The backend itself, or of a chain the first that is safe. Raises KeyStoreFailed ABSENT or UNSAFE."""
    refusal = ""
    for member in _members(loaded):
        names = lineage(member)
        if any(name in _ABSENT for name in names):
            continue
        reason = next(_reasons(names), "")
        if not reason:
            return member
        refusal = refusal or f"{names[0]} is refused: {reason}"
    if refusal:
        raise KeyStoreFailed(KeyTrouble.UNSAFE, refusal)
    raise KeyStoreFailed(KeyTrouble.ABSENT, "keyring found no backend")


def _members(loaded: Backend) -> Iterable[Backend]:
    return getattr(loaded, "backends", ()) if _CHAINER in lineage(loaded) else (loaded,)


def _reasons(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        for package, reason in _UNSAFE.items():
            if name.startswith(f"{package}."):
                yield reason
