"""A sign that a process lives, which the system takes away when it dies, however it dies."""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from tui_app.adapters.atomic_file import make_folder
from tui_app.adapters.file_lock import open_lock, take

_NAME = re.compile(r"[0-9a-f]{32}")


class Presence:
    """A file in a folder that this process keeps locked; its name stands for the process.

    Unlike a process id it is never used again, holds over containers that share the folder, and
    needs no heartbeat. For one thread at a time; it blocks; all may raise OSError.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name = ""
        self._descriptor = -1

    def name(self) -> str:
        """The name of this process, which is present from now on until `leave` or its death."""
        if not self._name:
            make_folder(self._folder)
            self._sweep()
            while not self._name:
                self._enter(secrets.token_hex(16))
        return self._name

    def is_present(self, name: str) -> bool:
        """Whether the process of that name still lives."""
        return bool(_NAME.fullmatch(name)) and (name == self._name or not self._remove_dead(name))

    def leave(self) -> None:
        """Be present no more."""
        if self._name:
            with suppress(OSError):
                (self._folder / self._name).unlink()
            os.close(self._descriptor)
            self._name, self._descriptor = "", -1

    def _enter(self, name: str) -> None:
        path = self._folder / name
        descriptor = open_lock(path)
        if take(descriptor) and path.exists():
            self._name, self._descriptor = name, descriptor
        else:  # another process has just taken it for a dead one's
            os.close(descriptor)

    def _sweep(self) -> None:
        for path in self._folder.iterdir():
            if _NAME.fullmatch(path.name):
                self._remove_dead(path.name)

    def _remove_dead(self, name: str) -> bool:
        """Remove what a dead process left; tell whether it is dead."""
        path = self._folder / name
        try:
            descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return True
        try:
            dead = take(descriptor)
            if dead:
                path.unlink(missing_ok=True)
        finally:
            os.close(descriptor)
        return dead
