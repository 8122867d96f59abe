"""The lock of the Secret Service (gnome-keyring, KWallet, KeePassXC): read in silence, opened with a limit.

keyring's own backend waits for ever for the answer to the window that asks for a password.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from tui_app.adapters.keyring_backends import Backend, lineage

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection  # type: ignore[import-untyped]
    from secretstorage import Collection

_BACKENDS = ("keyring.backends.SecretService.Keyring", "keyring.backends.libsecret.Keyring")


def is_secret_service(backend: Backend) -> bool:
    """Tell whether the backend keeps its entries in a Secret Service."""
    return any(name in _BACKENDS for name in lineage(backend))


def is_locked(backend: Backend) -> bool:
    """Tell without a window whether using the collection would open one: locked, or not made yet.

    Raises what secretstorage and D-Bus raise.
    """
    import secretstorage

    with closing(secretstorage.dbus_init()) as connection:
        try:
            return _collection(connection, backend).is_locked()
        except secretstorage.ItemNotFoundException:
            return True


def unlock(backend: Backend, timeout_s: float) -> None:
    """Open the collection, with a window where it must be; making a first collection has no limit.

    Raises TimeoutError, secretstorage's PromptDismissedException and what D-Bus raises.
    """
    import secretstorage

    with closing(secretstorage.dbus_init()) as connection:
        try:
            collection = _collection(connection, backend)
        except secretstorage.ItemNotFoundException:
            collection = secretstorage.create_collection(connection, "Default", "default")
        if collection.is_locked() and (collection.unlock(timeout_s) or collection.is_locked()):
            raise secretstorage.PromptDismissedException


def _collection(connection: DBusConnection, backend: Backend) -> Collection:
    import secretstorage

    # keyring sets this from KEYRING_PROPERTY_PREFERRED_COLLECTION
    path = getattr(backend, "preferred_collection", None)
    if path:
        return secretstorage.Collection(connection, path)
    return secretstorage.get_collection_by_alias(connection, "default")
