"""What a keyring's exceptions mean, in words for the system at hand; never in the exception's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tui_app.adapters.keyring_backends import lineage
from tui_app.core.errors import KeyStoreFailed, KeyTrouble
from tui_app.core.text import one_line

WAYS: Final = (
    "keep it for this run only, name an environment variable (ANTHROPIC_API_KEY) or a command that "
    "prints it, or keep it in the encrypted vault"
)
"""Where a key can lie other than in a keyring."""

_MEANINGS: Final = {
    "keyring.errors.NoKeyringError": KeyTrouble.ABSENT,
    "keyring.errors.InitError": KeyTrouble.ABSENT,
    "keyring.errors.KeyringLocked": KeyTrouble.DISMISSED,
    "secretstorage.exceptions.LockedException": KeyTrouble.LOCKED,
    "secretstorage.exceptions.PromptDismissedException": KeyTrouble.DISMISSED,
    "secretstorage.exceptions.SecretServiceNotAvailableException": KeyTrouble.ABSENT,
    "builtins.TimeoutError": KeyTrouble.NO_ANSWER,
    "builtins.FileNotFoundError": KeyTrouble.ABSENT,
    "builtins.ConnectionError": KeyTrouble.ABSENT,
}
"""By the class's full name, so that no backend's package is imported for it; anything else is FAILED."""


class KeyringWords:
    """Says what is wrong with this system's keyring; `environ` and `platform` (`sys.platform`) tell which."""

    def __init__(self, environ: Mapping[str, str], platform: str) -> None:
        self._environ = environ
        self._platform = platform

    @property
    def place(self) -> str:
        """What this system calls its keyring."""
        names = {"darwin": "the Keychain", "win32": "the Credential Manager"}
        return names.get(self._platform, "the keyring")

    @property
    def can_ask(self) -> bool:
        """Tell whether a window can ask for the keyring's password."""
        has_display = self._environ.get("DISPLAY") or self._environ.get("WAYLAND_DISPLAY")
        return self._platform in {"darwin", "win32"} or bool(has_display)

    def translated(self, error: Exception) -> KeyStoreFailed:
        """What a foreign exception means; its text is left out, for it may hold the key."""
        if isinstance(error, KeyStoreFailed):
            return self.failure(error.trouble, str(error))
        names = lineage(error)
        trouble = next((_MEANINGS[name] for name in names if name in _MEANINGS), KeyTrouble.FAILED)
        return self.failure(trouble, f"it raised {names[0].rpartition('.')[2]}")

    def failure(self, trouble: KeyTrouble, detail: str = "") -> KeyStoreFailed:
        """The error for a trouble, with what to do; `detail` is for those that are UNSAFE or FAILED."""
        if trouble is KeyTrouble.DISMISSED and not self.can_ask:
            trouble = KeyTrouble.LOCKED
        what, cure = self._words(trouble, detail)
        return KeyStoreFailed(trouble, what, f"{cure}; or {WAYS}.")

    def _words(self, trouble: KeyTrouble, detail: str) -> tuple[str, str]:
        match trouble:
            case KeyTrouble.ABSENT:
                return self._absent()
            case KeyTrouble.LOCKED:
                return self._locked()
            case KeyTrouble.DISMISSED:
                what = f"{self.place} is locked, and the window that asked to unlock it was dismissed"
                return what, "Try again and answer it"
            case KeyTrouble.NO_ANSWER:
                what = f"{self.place} does not answer; a window may be waiting for its password"
                return what, "Answer the window and try again"
            case KeyTrouble.UNSAFE:
                cure = "Remove that backend, or name another in PYTHON_KEYRING_BACKEND"
                return f"{self.place} is not safe: {detail}", cure
            case _:
                return f"{self.place} failed: {detail}", "`inferterm doctor` tells more"

    def _absent(self) -> tuple[str, str]:
        named = self._environ.get("PYTHON_KEYRING_BACKEND", "")
        if named:
            return (
                f"PYTHON_KEYRING_BACKEND names {one_line(named)}, which keeps nothing here",
                "Correct or unset that variable",
            )
        if self._platform in {"darwin", "win32"}:
            return f"{self.place} cannot be reached", "Log in on the desktop"
        start = "Start one (gnome-keyring, KWallet, KeePassXC)"
        if self._environ.get("WSL_DISTRO_NAME"):
            return "there is no keyring in WSL", start
        if not self._environ.get("DBUS_SESSION_BUS_ADDRESS"):
            return "there is no keyring: no D-Bus session (DBUS_SESSION_BUS_ADDRESS is not set)", start
        return "there is no keyring: no Secret Service answers on the D-Bus session", start

    def _locked(self) -> tuple[str, str]:
        if self.can_ask:
            return f"{self.place} is locked", "Unlock it, and try again"
        return (
            f"{self.place} is locked, and without a display no window can ask to unlock it",
            "Unlock it (for gnome-keyring: `gnome-keyring-daemon --unlock`)",
        )
