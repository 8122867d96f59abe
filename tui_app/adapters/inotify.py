"""Linux's notices of changes in folders, heard by the event loop without a thread that looks now and then."""

from __future__ import annotations

import asyncio
import ctypes
import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_NONBLOCK, _CLOEXEC = os.O_NONBLOCK, getattr(os, "O_CLOEXEC", 0)
_MODIFY, _ATTRIB, _MOVED_FROM, _MOVED_TO, _CREATE, _DELETE = 0x2, 0x4, 0x40, 0x80, 0x100, 0x200
_DELETE_SELF, _MOVE_SELF, _ONLYDIR, _MASK_ADD = 0x400, 0x800, 0x01000000, 0x20000000
ITSELF: Final = _DELETE_SELF | _MOVE_SELF | _ONLYDIR | _MASK_ADD
"""That a folder was moved or deleted; see inotify(7) for the bits."""

CONTENT: Final = ITSELF | _MODIFY | _ATTRIB | _MOVED_FROM | _MOVED_TO | _CREATE | _DELETE
"""That, and whatever happens to what lies directly in it."""

_ROOM = 65536


class Notices:
    """Hears, as a context, of changes in folders; all may raise OSError.

    A folder that is a part of a path to one of them counts when it is moved or deleted.
    """

    def __init__(self, folders: Iterable[str]) -> None:
        self._folders = tuple(folders)
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = -1
        self._changed = asyncio.Event()

    def __enter__(self) -> Self:
        self._descriptor = self._checked(self._libc.inotify_init1(_NONBLOCK | _CLOEXEC))
        try:
            for folder in self._folders:
                self._watch(folder, CONTENT)
                for above in Path(folder).parents:
                    self._watch(str(above), ITSELF)
            asyncio.get_running_loop().add_reader(self._descriptor, self._read)
        except BaseException:
            os.close(self._descriptor)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.get_running_loop().remove_reader(self._descriptor)
        os.close(self._descriptor)

    async def wait(self) -> None:
        """Return as soon as something has changed since this was last called."""
        await self._changed.wait()
        self._changed.clear()

    def _watch(self, folder: str, what: int) -> None:
        self._checked(
            self._libc.inotify_add_watch(self._descriptor, os.fsencode(folder), ctypes.c_uint32(what))
        )

    def _checked(self, result: int) -> int:
        if result < 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))
        return result

    def _read(self) -> None:
        try:
            os.read(self._descriptor, _ROOM)
        except BlockingIOError:
            return
        self._changed.set()
