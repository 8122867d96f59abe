"""Seeing that files of a folder changed, whoever changed them."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Final

CALM_S: Final = 0.1
POLL_S: Final = 1.0
"""How often a folder is looked at that the system cannot watch."""

STEP_S: Final = 0.05
"""How long a change is given to be whole before it is looked at."""

DOUBT_S: Final = 60.0
"""How often a folder is looked at although nothing was heard: another machine may have changed it."""


NOTICED: Final = sys.platform == "linux"
"""Whether the event loop itself can hear of changes."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A folder as it looks from outside: of each file what differs after any change of it.

    `roots` are the folders to watch, with their inodes: the folder itself, or the nearest above it
    while it is missing, and those in which the targets of symbolic links lie.
    """

    files: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    roots: frozenset[tuple[str, int]] = frozenset()


def look(folder: Path, suffix: str) -> Sight:
    """See how the folder's files with that suffix stand; what cannot be seen counts as absent."""
    files: dict[str, tuple[int, ...]] = {}
    roots = {_nearest(folder)}
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or not entry.name.endswith(suffix):
                continue
            if entry.is_symlink():
                roots.add(_nearest(Path(os.path.realpath(entry.path)).parent))
            files[entry.name] = _state(entry)
    return Sight(files, frozenset(roots))


async def changes_of(
    see: Callable[[], Sight], seen: Sight | None = None, *, poll_s: float = POLL_S
) -> AsyncIterator[None]:
    """Fire after each change since `seen` (or since now), at most ten times a second.

    `see` is called in a thread.
    """
    ears = "tui_app.adapters.inotify" if NOTICED else "watchfiles"
    await asyncio.to_thread(import_module, ears)  # too slow for the event loop
    stirred = asyncio.Event()
    roots: frozenset[tuple[str, int]] | None = None
    pump: asyncio.Task[None] | None = None
    try:
        while True:
            if pump is not None and pump.done():
                await pump
            stirred.clear()
            sight = await asyncio.to_thread(see)
            if pump is None or sight.roots != roots:
                await _end(pump)
                roots = sight.roots
                pump = asyncio.create_task(_stir(stirred, roots, poll_s))
                await asyncio.sleep(0)  # its first step sets up the watch: the next look misses nothing
            elif seen is not None and sight.files != seen.files:
                seen = sight
                yield
                await asyncio.sleep(CALM_S)
            else:
                seen = sight
                await stirred.wait()
    finally:
        await _end(pump)


async def _stir(stirred: asyncio.Event, roots: Iterable[tuple[str, int]], poll_s: float) -> None:
    """Set the event whenever something may have changed, now and then in any case, and at the end."""
    try:
        await (_heed if NOTICED else _look_often)(stirred, [folder for folder, _ in roots])
    except (OSError, RuntimeError):  # too many watches, a file system without them, a folder that is gone
        while True:
            await asyncio.sleep(poll_s)
            stirred.set()
    finally:
        stirred.set()


async def _heed(stirred: asyncio.Event, folders: Sequence[str]) -> None:
    """Wait for notices of the system."""
    from tui_app.adapters.inotify import Notices

    with Notices(folders) as notices:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(DOUBT_S):
                    await notices.wait()
                await asyncio.sleep(STEP_S)
            stirred.set()


async def _look_often(stirred: asyncio.Event, folders: Sequence[str]) -> None:
    """Have a thread look whether there are notices, which wakes the process twenty times a second."""
    from watchfiles import awatch

    watching = awatch(
        *folders,
        watch_filter=None,
        debounce=100,
        step=int(1000 * STEP_S),
        recursive=False,
        yield_on_timeout=True,
        ignore_permission_denied=True,
    )
    async with aclosing(watching):
        async for _ in watching:
            stirred.set()


async def _end(pump: asyncio.Task[None] | None) -> None:
    if pump is not None:
        pump.cancel()
        await asyncio.wait([pump])


def _state(entry: os.DirEntry[str]) -> tuple[int, ...]:
    try:
        stat = entry.stat()
    except OSError as error:
        return (error.errno or 0,)
    return (stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size)


def _nearest(folder: Path) -> tuple[str, int]:
    for place in (folder, *folder.parents):
        with suppress(OSError):
            if place.is_dir():
                return os.path.realpath(place), place.stat().st_ino
    return str(folder), 0
