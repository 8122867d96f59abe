"""The encrypted vault as a place for keys, where the system has no keyring: one JSON file, mode 0600."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeVar

from pydantic import SecretStr

from tui_app.adapters.atomic_file import PRIVATE_FILE, make_folder, replace_file
from tui_app.adapters.daemon_threads import DaemonLane
from tui_app.adapters.disk_troubles import reason_of, store_failed
from tui_app.adapters.file_lock import locked
from tui_app.adapters.vault_document import (
    COST,
    DamagedVault,
    Master,
    Stretching,
    VaultDocument,
    WrongPassphrase,
)
from tui_app.core.errors import KeyStoreFailed, KeyTrouble, StoreFailed
from tui_app.core.keys import PlaceReport

T = TypeVar("T")

PASSPHRASE_FILE: Final = "INFERTERM_VAULT_PASSPHRASE_FILE"
"""The environment variable that names a file whose first line is the passphrase."""
_DISK_S: Final = 30.0


class Vault:
    """Keeps keys in an encrypted file that all processes share. Everything raises KeyStoreFailed.

    It is opened once a run, with `open` or by itself from the file that `PASSPHRASE_FILE` names. Only
    what scrypt made of the passphrase is remembered.
    """

    def __init__(self, path: Path, environ: Mapping[str, str], cost: int = COST) -> None:
        self._path = path
        self._environ = environ
        self._cost = cost
        self._lane = DaemonLane("vault")
        self._opened: tuple[Stretching, Master] | None = None

    async def open(self, passphrase: SecretStr) -> None:
        """Open the vault, and make it where there is none. Raises WRONG_PASSPHRASE."""
        await self._call(lambda: self._open(passphrase))

    async def find(self, inference_id: str) -> SecretStr | None:
        """The endpoint's key, or None. Raises LOCKED while the vault is closed and holds a key for it."""
        return await self._call(lambda: self._find(inference_id))

    async def keep(self, inference_id: str, key: SecretStr) -> None:
        """Keep or replace the endpoint's key. Raises LOCKED while the vault is closed or not made."""
        await self._call(lambda: self._keep(inference_id, key))

    async def delete(self, inference_id: str) -> bool:
        """Delete the endpoint's key, also while the vault is closed; False if there was none."""
        return await self._call(lambda: self._delete(inference_id))

    async def report(self) -> PlaceReport:
        """Whether the vault is there and open."""
        name = f"vault {self._path}"
        try:
            await self._call(self._opened_document)
        except KeyStoreFailed as error:
            return PlaceReport(name, False, error.trouble, str(error), error.advice)
        return PlaceReport(name, True, detail="open")

    def _open(self, passphrase: SecretStr) -> VaultDocument:
        if not passphrase.get_secret_value():
            raise KeyStoreFailed(KeyTrouble.WRONG_PASSPHRASE, "an empty passphrase protects nothing")
        document = self._read()
        if document is None:
            make_folder(self._path.parent)
            with locked(self._lock_path):
                document = self._read()
                if document is None:
                    document, master = VaultDocument.new(passphrase, self._cost)
                    self._write(document)
                    self._opened = document.stretching, master
                    return document
        self._opened = document.stretching, document.unlock(passphrase)
        return document

    def _find(self, inference_id: str) -> SecretStr | None:
        document = self._read()
        if document is None or inference_id not in document.keys:
            return None
        document, master = self._opened_document()
        return document.key(master, inference_id)

    def _keep(self, inference_id: str, key: SecretStr) -> None:
        self._opened_document()
        with locked(self._lock_path):
            document, master = self._opened_document()
            self._write(document.with_key(master, inference_id, key))

    def _delete(self, inference_id: str) -> bool:
        if not self._path.exists():
            return False
        with locked(self._lock_path):
            document = self._read()
            if document is None or inference_id not in document.keys:
                return False
            self._write(document.without_key(inference_id))
            return True

    def _opened_document(self) -> tuple[VaultDocument, Master]:
        """The document as it is on disk now, and what opens it; another process may have made it anew."""
        document = self._read()
        if document is None or self._opened is None or self._opened[0] != document.stretching:
            passphrase = self._passphrase_from_file()
            if passphrase is None:
                raise self._closed(there=document is not None)
            document = self._open(passphrase)
        assert self._opened is not None
        return document, self._opened[1]

    def _passphrase_from_file(self) -> SecretStr | None:
        named = self._environ.get(PASSPHRASE_FILE, "")
        if not named:
            return None
        try:
            lines = Path(named).read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            reason = reason_of(error) if isinstance(error, OSError) else "it is not text"
            message = f"the passphrase file {named} that {PASSPHRASE_FILE} names cannot be read: {reason}"
            raise KeyStoreFailed(KeyTrouble.FAILED, message) from None
        return SecretStr(lines[0] if lines else "")

    def _closed(self, *, there: bool) -> KeyStoreFailed:
        if there:
            return KeyStoreFailed(
                KeyTrouble.LOCKED,
                f"the vault {self._path} is closed",
                "Give its passphrase (k on the list of endpoints), or name a file that holds it in "
                f"{PASSPHRASE_FILE}.",
            )
        return KeyStoreFailed(
            KeyTrouble.ABSENT,
            f"there is no vault yet ({self._path})",
            f"Choose a passphrase to make one, or name a file that holds one in {PASSPHRASE_FILE}.",
        )

    @property
    def _lock_path(self) -> Path:
        return self._path.with_name(f".{self._path.name}.lock")

    def _read(self) -> VaultDocument | None:
        try:
            return VaultDocument.parse(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return None

    def _write(self, document: VaultDocument) -> None:
        if self._path.exists():
            self._path.chmod(PRIVATE_FILE)
        replace_file(self._path, document.text().encode())

    async def _call(self, work: Callable[[], T]) -> T:
        try:
            return await self._lane.call(lambda: self._translated(work), _DISK_S)
        except TimeoutError:
            message = f"the disk that holds the vault {self._path} does not answer"
            raise KeyStoreFailed(KeyTrouble.NO_ANSWER, message) from None

    def _translated(self, work: Callable[[], T]) -> T:
        """Let nothing foreign out, nor any frame that saw a key."""
        try:
            return work()
        except WrongPassphrase:
            message = f"this passphrase does not open the vault {self._path}"
            failure = KeyStoreFailed(KeyTrouble.WRONG_PASSPHRASE, message, _FORGOTTEN)
        except (DamagedVault, UnicodeDecodeError) as error:
            reason = error if isinstance(error, DamagedVault) else "it is not text"
            message = f"the vault {self._path} is damaged: {reason}"
            failure = KeyStoreFailed(KeyTrouble.FAILED, message, _DAMAGED)
        except StoreFailed as error:
            failure = KeyStoreFailed(KeyTrouble.FAILED, str(error), error.advice)
        except OSError as error:
            refused = store_failed(error, "cannot use the vault", self._path)
            failure = KeyStoreFailed(KeyTrouble.FAILED, str(refused), refused.advice)
        raise failure


_FORGOTTEN: Final = "Try again. A forgotten passphrase is lost: to begin a new vault, move the file away."
_DAMAGED: Final = "Nothing was changed in it. Put back a copy, or move it away to begin a new vault."
