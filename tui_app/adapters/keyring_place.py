"""The operating system's keyring as a place for keys: one entry an endpoint, service `inferterm`."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple, TypeVar

from pydantic import SecretStr

from tui_app.adapters import secret_service
from tui_app.adapters.daemon_threads import DaemonLane
from tui_app.adapters.keyring_backends import Backend, BackendLoader, lineage, load_backend, safe_backend
from tui_app.adapters.keyring_troubles import KeyringWords
from tui_app.core.errors import KeyStoreFailed, KeyTrouble
from tui_app.core.keys import PlaceReport

T = TypeVar("T")

SERVICE: Final = "inferterm"
FRESH_S: Final = 10.0
"""How long a key that was read counts as what the keyring holds, before it is read again in silence."""
SILENT_S: Final = 5.0
"""How long a question that opens no window may take, in seconds."""

_SILENT: Final = ("keyring.backends.Windows.WinVaultKeyring",)
"""Backends that never open a window; of a Secret Service, the lock tells."""


class WouldAsk(KeyStoreFailed):
    """Reading in silence was wanted, and a window would ask."""


class _Known(NamedTuple):
    key: SecretStr
    at: float


class KeyringPlace:
    """Keeps keys in the system's keyring. Everything raises KeyStoreFailed, and nothing else.

    `timeout_s` bounds each call that may open a window. A key is read once and then from memory; after
    `FRESH_S` it is read again, if no window is needed for that, and what was known stands if it fails.
    """

    def __init__(
        self,
        words: KeyringWords,
        timeout_s: float,
        load: BackendLoader = load_backend,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._words = words
        self._timeout_s = timeout_s
        self._load = load
        self._clock = clock
        self._lane = DaemonLane("keyring")
        self._known: dict[str, _Known] = {}

    async def find(self, inference_id: str) -> SecretStr | None:
        """The endpoint's key, or None; a window may ask to unlock the keyring."""
        known = self._known.get(inference_id)
        if known:
            return await self._again(inference_id, known)
        await self._call(self._open, self._timeout_s)
        return await self._read(inference_id, lambda backend: _get(backend, inference_id), self._timeout_s)

    async def peek(self, inference_id: str) -> SecretStr | None:
        """The endpoint's key, or None, without a window. Raises WouldAsk where one would open."""
        known = self._known.get(inference_id)
        if known:
            return await self._again(inference_id, known)
        return await self._read_in_silence(inference_id)

    async def keep(self, inference_id: str, key: SecretStr) -> None:
        """Write the key, read it back and compare; a keyring that gives back another gets its old one."""
        self._known.pop(inference_id, None)
        await self._call(self._open, self._timeout_s)
        await self._call(lambda backend: _keep(backend, inference_id, key), self._timeout_s)
        self._known[inference_id] = _Known(key, self._clock())

    async def delete(self, inference_id: str) -> bool:
        """Delete the entry; False if there was none."""
        self._known.pop(inference_id, None)
        await self._call(self._open, self._timeout_s)
        return await self._call(lambda backend: _delete(backend, inference_id), self._timeout_s)

    async def report(self) -> PlaceReport:
        """Whether keys can be kept: tried with a mark, unless a window would have to open for that."""
        try:
            return await self._call(self._report, self._timeout_s)
        except KeyStoreFailed as error:
            return PlaceReport(self._words.place, False, error.trouble, str(error), error.advice)

    def _report(self, backend: Backend) -> PlaceReport:
        name = lineage(backend)[0]
        if not (secret_service.is_secret_service(backend) and secret_service.is_locked(backend)):
            _try_with_mark(backend)
            return PlaceReport(name, True)
        locked = self._words.failure(KeyTrouble.LOCKED)
        if not self._words.can_ask:
            return PlaceReport(name, False, KeyTrouble.LOCKED, str(locked), locked.advice)
        detail = f"{locked}; a window will ask for its password"
        return PlaceReport(name, True, detail=detail, will_ask=True)

    def _open(self, backend: Backend) -> None:
        if secret_service.is_secret_service(backend):
            secret_service.unlock(backend, self._timeout_s)

    def _refuse_to_ask(self, backend: Backend) -> None:
        if not secret_service.is_secret_service(backend):
            if not any(name in _SILENT for name in lineage(backend)):
                what = f"not read yet: {self._words.place} may open a window for it"
                raise WouldAsk(KeyTrouble.LOCKED, what)
        elif secret_service.is_locked(backend):
            locked = self._words.failure(KeyTrouble.LOCKED)
            if self._words.can_ask:
                raise WouldAsk(KeyTrouble.LOCKED, str(locked), locked.advice)
            raise locked

    async def _again(self, inference_id: str, known: _Known) -> SecretStr | None:
        if self._clock() - known.at < FRESH_S:
            return known.key
        try:
            return await self._read_in_silence(inference_id)
        except KeyStoreFailed:
            self._known[inference_id] = _Known(known.key, self._clock())
            return known.key

    async def _read_in_silence(self, inference_id: str) -> SecretStr | None:
        def read(backend: Backend) -> SecretStr | None:
            self._refuse_to_ask(backend)
            return _get(backend, inference_id)

        return await self._read(inference_id, read, SILENT_S)

    async def _read(
        self, inference_id: str, read: Callable[[Backend], SecretStr | None], timeout_s: float
    ) -> SecretStr | None:
        key = await self._call(read, timeout_s)
        if key is None:
            self._known.pop(inference_id, None)
        else:
            self._known[inference_id] = _Known(key, self._clock())
        return key

    async def _call(self, work: Callable[[Backend], T], timeout_s: float) -> T:
        with suppress(TimeoutError):
            return await self._lane.call(lambda: self._guarded(work), timeout_s)
        raise self._words.failure(KeyTrouble.NO_ANSWER)

    def _guarded(self, work: Callable[[Backend], T]) -> T:
        """Let nothing foreign out: an exception of a backend may hold the key in its text or its frames."""
        try:
            return work(safe_backend(self._load()))
        except WouldAsk:
            raise
        except Exception as error:  # noqa: BLE001 - backends are anybody's and raise anything
            failure = self._words.translated(error)
        raise failure


def _get(backend: Backend, inference_id: str) -> SecretStr | None:
    found = backend.get_password(SERVICE, inference_id)
    return SecretStr(found) if found else None


def _keep(backend: Backend, inference_id: str, key: SecretStr) -> None:
    _try_with_mark(backend)
    earlier = _get(backend, inference_id)
    backend.set_password(SERVICE, inference_id, key.get_secret_value())
    if _same(_get(backend, inference_id), key):
        return
    if earlier is None:
        backend.delete_password(SERVICE, inference_id)
    else:
        backend.set_password(SERVICE, inference_id, earlier.get_secret_value())
    raise KeyStoreFailed(KeyTrouble.FAILED, "it gave back something else than was written")


def _delete(backend: Backend, inference_id: str) -> bool:
    if _get(backend, inference_id) is None:
        return False
    backend.delete_password(SERVICE, inference_id)
    return True


def _try_with_mark(backend: Backend) -> None:
    """Write, read and delete an entry of no worth, under a name that no endpoint can have."""
    name, mark = f"probe:{secrets.token_hex(4)}", SecretStr(secrets.token_hex(8))
    backend.set_password(SERVICE, name, mark.get_secret_value())
    try:
        if not _same(_get(backend, name), mark):
            raise KeyStoreFailed(KeyTrouble.FAILED, "it gave back something else than was written")
    finally:
        backend.delete_password(SERVICE, name)


def _same(one: SecretStr | None, other: SecretStr) -> bool:
    return one is not None and hmac.compare_digest(
        one.get_secret_value().encode(), other.get_secret_value().encode()
    )
