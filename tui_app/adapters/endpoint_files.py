"""Endpoints as files that a person can read, edit and put under git: `<id>.json` each."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Final

from tui_app.adapters.atomic_file import (
    create_file,
    make_folder,
    remove_file,
    replace_file,
    sweep,
)
from tui_app.adapters.disk_troubles import reason_of, store_failed
from tui_app.adapters.endpoint_document import read_document, write_document
from tui_app.adapters.file_lock import locked, passing_lock
from tui_app.adapters.flaws import Flawed, read_plain
from tui_app.adapters.folder_watch import Sight, changes_of, look
from tui_app.core.endpoint import Endpoint, check_id
from tui_app.core.errors import BrokenEndpointFile, EndpointChanged, EndpointExists, EndpointNotFound
from tui_app.core.storage import BrokenEndpoint

SUFFIX: Final = ".json"
LOCK: Final = ".lock"
_NAME_MAX: Final = 200
_CALM_NS: Final = 2_000_000_000
"""A file that was changed more lately may be changed again and look the same: clocks of disks are coarse."""


class EndpointFiles:
    """An EndpointStore in a folder. Readers take no lock; writers of all processes take turns.

    A file is never changed before it was read and understood. Names that begin with a dot are not
    looked at. All disk work is done in threads, but for a look at whether a file is as it was when it was
    read: a thread takes longer than an answer may be delayed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: Sight | None = None
        self._known: dict[str, tuple[os.stat_result, Endpoint]] = {}

    async def all(self) -> Sequence[Endpoint | BrokenEndpoint]:
        """All of them, sorted by id; what cannot be read is listed as broken, also the folder itself."""
        return await asyncio.to_thread(self._all)

    async def get(self, inference_id: str) -> Endpoint:
        """One of them. Raises EndpointNotFound, BrokenEndpointFile."""
        known = self._known.get(inference_id)
        if known is not None and _is_as_it_was(self._path(inference_id), known[0]):
            return known[1]
        return await asyncio.to_thread(self._remembered, inference_id)

    async def create(self, endpoint: Endpoint) -> None:
        """Keep a new one. Raises EndpointExists, BrokenEndpointFile, StoreFailed."""
        await asyncio.to_thread(self._create, endpoint)

    async def replace(self, endpoint: Endpoint, *, expected: Endpoint | None = None) -> None:
        """Keep a changed one; with `expected`, only if it still stands so.

        Raises EndpointChanged, EndpointNotFound, BrokenEndpointFile, StoreFailed.
        """
        await asyncio.to_thread(self._replace, endpoint, expected)

    async def delete(self, inference_id: str) -> None:
        """Forget one, also a broken one. Raises EndpointNotFound, StoreFailed."""
        await asyncio.to_thread(self._delete, inference_id)

    @asynccontextmanager
    async def turn(self, inference_id: str) -> AsyncIterator[None]:
        """Have the turn of this id, alone among all processes. Raises EndpointNotFound, StoreFailed."""
        self._path(inference_id)
        try:
            await asyncio.to_thread(make_folder, self.folder)
            async with passing_lock(self.folder / f".{inference_id[:_NAME_MAX]}{LOCK}"):
                yield
        except OSError as error:
            raise store_failed(error, "cannot write in", self.folder) from None

    def changes(self) -> AsyncIterator[None]:
        """Fire after each change since the last `all()`, whoever made it; at most ten times a second."""
        return changes_of(lambda: look(self.folder, SUFFIX), self._seen)

    def _all(self) -> list[Endpoint | BrokenEndpoint]:
        self._seen = look(self.folder, SUFFIX)
        try:
            names = _names(self.folder)
        except FileNotFoundError:
            return []
        except OSError as error:
            return [BrokenEndpoint(self.folder.name, str(self.folder), None, _unreadable(error))]
        found: list[Endpoint | BrokenEndpoint] = []
        for inference_id in sorted(name.removesuffix(SUFFIX) for name in names):
            try:
                found.append(self._get(inference_id)[0])
            except BrokenEndpointFile as error:
                shown = os.fsencode(inference_id).decode("utf-8", "replace")
                found.append(BrokenEndpoint(shown, error.path, error.line, error.reason))
            except EndpointNotFound:  # deleted since the folder was listed
                continue
        return found

    def _remembered(self, inference_id: str) -> Endpoint:
        self._known.pop(inference_id, None)
        seen = None
        with suppress(OSError, ValueError):
            seen = os.stat(self._path(inference_id))
        endpoint = self._get(inference_id)[0]
        if seen is not None and time.time_ns() - max(seen.st_mtime_ns, seen.st_ctime_ns) > _CALM_NS:
            self._known[inference_id] = seen, endpoint
        return endpoint

    def _get(self, inference_id: str) -> tuple[Endpoint, bytes]:
        path = self._path(inference_id)
        if not os.path.lexists(path):
            raise EndpointNotFound(inference_id)
        try:
            check_id(inference_id)
            data = read_plain(path)
            return read_document(inference_id, data), data
        except FileNotFoundError:
            if not path.is_symlink():
                raise EndpointNotFound(inference_id) from None
            flaw = Flawed(None, f"it is a link to {os.readlink(path)}, where nothing is")
        except OSError as error:
            flaw = Flawed(None, _unreadable(error))
        except Flawed as error:
            flaw = error
        except ValueError as error:
            flaw = Flawed(None, f"the file's name is no inference id: {error}. Rename the file")
        shown = os.fsencode(path).decode("utf-8", "replace")
        raise BrokenEndpointFile(shown, flaw.line, flaw.reason)

    def _create(self, endpoint: Endpoint) -> None:
        path = self._path(endpoint.inference_id)
        with self._writing():
            try:
                create_file(path, write_document(endpoint))
            except FileExistsError:
                self._get(endpoint.inference_id)
                raise EndpointExists(endpoint.inference_id) from None

    def _replace(self, endpoint: Endpoint, expected: Endpoint | None) -> None:
        path, inference_id = self._path(endpoint.inference_id), endpoint.inference_id
        self._get(inference_id)
        with self._writing():
            current, data = self._get(inference_id)
            if expected is not None and current != expected:
                raise EndpointChanged(inference_id)

            def check() -> None:
                if self._get(inference_id)[1] != data:
                    raise EndpointChanged(inference_id)

            document = write_document(endpoint)
            if document != data:
                replace_file(path, document, check)

    def _delete(self, inference_id: str) -> None:
        path = self._path(inference_id)
        if not os.path.lexists(path):
            raise EndpointNotFound(inference_id)
        with self._writing():
            try:
                remove_file(path)
            except FileNotFoundError:
                raise EndpointNotFound(inference_id) from None

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            make_folder(self.folder)
            with locked(self.folder / LOCK):
                sweep(self.folder)
                yield
        except OSError as error:
            raise store_failed(error, "cannot write in", self.folder) from None

    def _path(self, inference_id: str) -> Path:
        """Where an endpoint lies; an id that names no file in this folder is not found."""
        name = inference_id + SUFFIX
        if Path(name).name != name or name.startswith(".") or "\0" in name:
            raise EndpointNotFound(inference_id)
        return self.folder / name


def _names(folder: Path) -> list[str]:
    return [name for name in os.listdir(folder) if name.endswith(SUFFIX) and not name.startswith(".")]


def _unreadable(error: OSError) -> str:
    return f"it cannot be read: {reason_of(error)}"


def _is_as_it_was(path: Path, seen: os.stat_result) -> bool:
    """Whether a file is the one that was seen, unchanged since."""
    try:
        now = os.stat(path)
    except OSError:
        return False
    names = ("st_dev", "st_ino", "st_size", "st_mtime_ns", "st_ctime_ns")
    return all(getattr(now, name) == getattr(seen, name) for name in names)
