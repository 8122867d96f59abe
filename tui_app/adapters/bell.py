"""How processes on one ledger wake each other: each has a socket in a folder, and who wrote rings it."""

from __future__ import annotations

import asyncio
import math
import os
import secrets
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tui_app.adapters.atomic_file import PRIVATE_FILE, make_folder

EVERYTHING, FREED = ".all", ".freed"
"""How the name of a socket ends: what its process wants to be rung for."""

SETTLED_S = 3.0
"""How long a folder must have stayed as it is to be believed that it looks different after any change.

The time of its last change is as coarse as 2 s on some file systems.
"""

DEAF_S = 30.0
"""How long it is not tried again to have a bell where there could be none."""

_RING = b"!"


class SocketBell:
    """See `ports.Bell`. Datagram sockets of mode 0600 in `folder`, which is made with mode 0700.

    There is no bell, and the others have to look, where the system has no such sockets, the folder
    cannot hold them, or its path is too long for one (some 100 bytes). What a killed process left is
    removed by who listens or rings next.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._where = folder, str(folder)
        self._name = secrets.token_hex(4)
        self._path: Path | None = None
        self._ear: socket.socket | None = None
        self._mouth: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._deaf_until = 0.0 if hasattr(socket, "AF_UNIX") else math.inf
        self._names: tuple[str, ...] | None = None
        self._changed_at: int | None = None
        self._same_since = 0.0
        self._absent = False

    def listen(self, heard: Callable[[], None], *, everything: bool) -> bool:
        """See `ports.Bell`."""
        if time.monotonic() < self._deaf_until:
            return False
        wanted = self._folder / (self._name + (EVERYTHING if everything else FREED))
        try:
            if self._path is not None and not _renamed(self._path, wanted):
                self._hang_up()
            if self._ear is None:
                self._open(wanted, heard)
        except (OSError, RuntimeError):  # a path that is too long, no event loop or one that hears none
            self._hang_up()
            self._deaf_until = time.monotonic() + DEAF_S
            return False
        self._path = wanted
        return True

    def ring(self, *, freed: bool) -> None:
        """See `ports.Bell`."""
        for name in self._others():
            if freed or name.endswith(EVERYTHING):
                self._call(self._folder / name)

    def close(self) -> None:
        """See `ports.Bell`."""
        if self._path is not None:
            self._hang_up()
            with suppress(OSError):
                self._folder.rmdir()
        if self._mouth is not None:
            self._mouth.close()
            self._mouth = None

    def _open(self, path: Path, heard: Callable[[], None]) -> None:
        make_folder(self._folder)
        self._sweep()
        ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            ear.setblocking(False)
            try:
                ear.bind(str(path))
            except FileNotFoundError:  # the last of the others has just gone, and the folder with it
                make_folder(self._folder)
                ear.bind(str(path))
            self._path = path
            path.chmod(PRIVATE_FILE)
            loop = asyncio.get_running_loop()
            loop.add_reader(ear, _hear, ear, heard)
        except BaseException:
            ear.close()
            raise
        self._ear, self._loop = ear, loop

    def _hang_up(self) -> None:
        if self._ear is not None and self._loop is not None:
            if not self._loop.is_closed():
                self._loop.remove_reader(self._ear)
            self._ear.close()
        if self._path is not None:
            with suppress(OSError):
                self._path.unlink()
        self._ear = self._loop = self._path = None

    def _call(self, path: Path) -> None:
        """Ring one; who does not listen just now is awake, has gone, or is dead."""
        if self._mouth is None:
            self._mouth = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._mouth.setblocking(False)
        try:
            self._mouth.sendto(_RING, str(path))
        except ConnectionRefusedError:
            _remove(path)
        except OSError:  # renamed since it was seen, or full of rings that it has not heard yet
            return

    def _others(self) -> tuple[str, ...]:
        """The names of the others' sockets; the folder is only read again when it has changed."""
        if self._absent and not os.access(self._where, os.F_OK):  # an exception costs as much as the look
            return ()
        try:
            changed_at = os.stat(self._where).st_mtime_ns
            if self._names is not None and changed_at == self._changed_at:
                return self._names
            names = tuple(name for name in _sockets_in(self._folder) if not name.startswith(self._name))
        except OSError:
            self._absent = True
            return ()
        self._absent = False
        now = time.monotonic()
        if changed_at != self._changed_at:
            self._changed_at, self._same_since, self._names = changed_at, now, None
        if now - self._same_since > SETTLED_S:
            self._names = names
        return names

    def _sweep(self) -> None:
        for name in _sockets_in(self._folder):
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
                try:
                    probe.connect(str(self._folder / name))
                except ConnectionRefusedError:
                    _remove(self._folder / name)
                except OSError:
                    continue


def _sockets_in(folder: Path) -> tuple[str, ...]:
    return tuple(name for name in os.listdir(folder) if name.endswith((EVERYTHING, FREED)))


def _hear(ear: socket.socket, heard: Callable[[], None]) -> None:
    with suppress(OSError):
        while ear.recv(1):
            pass
    heard()


def _renamed(path: Path, wanted: Path) -> bool:
    """Give a socket another name; tell whether it was still there."""
    try:
        os.rename(path, wanted)
    except FileNotFoundError:
        return False
    return True


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
