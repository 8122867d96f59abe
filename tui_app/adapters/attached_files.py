"""Files that are attached, read in a thread; nothing but a plain file is ever opened."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tui_app.core.attaching import AttachableFiles
from tui_app.core.attachments import MOST_IMAGE, MOST_TEXT, Attachment, attachment, too_large
from tui_app.core.errors import InvalidRequest, StoreFailed

_MOST: Final = max(MOST_IMAGE, MOST_TEXT)
MOST_NAMES: Final = 500
"""Completions at a time."""


class AttachedFiles(AttachableFiles):
    """Fulfils the port on this machine's disk."""

    async def read(self, path: str) -> Attachment:
        """A file as it is now."""
        return await asyncio.to_thread(_read, path)

    async def plain(self, paths: Sequence[str]) -> Sequence[str]:
        """Those of the paths at which a plain file lies."""
        return await asyncio.to_thread(lambda: [each for each in paths if _is_plain(each)])

    async def completions(self, typed: str) -> Sequence[str]:
        """What a path may become; hidden files only where a dot was typed."""
        return await asyncio.to_thread(_completions, typed)


def _read(given: str) -> Attachment:
    path = _path(given)
    try:
        kind = path.stat()
        if not stat.S_ISREG(kind.st_mode):
            what = "a folder" if stat.S_ISDIR(kind.st_mode) else "no plain file"
            raise InvalidRequest(f"{path} is {what}", "Name a file.")
        if kind.st_size > _MOST:
            raise too_large(path.name, kind.st_size, _MOST)
        with path.open("rb") as file:
            data = file.read(_MOST + 1)
    except FileNotFoundError:
        raise InvalidRequest(f"{path} is not there", "Check the path; it may have been moved.") from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise StoreFailed(f"{path} cannot be read: {reason}", "Name another file.") from None
    return attachment(path.name, data)


def _is_plain(given: str) -> bool:
    try:
        return stat.S_ISREG(_path(given).stat().st_mode)
    except (OSError, ValueError):
        return False


def _completions(typed: str) -> list[str]:
    head, slash, begun = typed.rpartition("/")
    folder = _path(head + slash) if slash else Path()
    found: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith(begun) and (begun or not entry.name.startswith(".")):
                    found.append(f"{head}{slash}{entry.name}{'/' if _is_folder(entry) else ''}")
    except (OSError, ValueError):
        return []
    return sorted(found, key=lambda name: (name.casefold(), name))[:MOST_NAMES]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _path(given: str) -> Path:
    return Path(os.path.expanduser(given))
