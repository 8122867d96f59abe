"""A lock on a file that processes share and that the system takes back when its holder dies."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Final

from tui_app.core.errors import StoreFailed

PATIENCE_S: Final = 10.0
_PAUSE_S: Final = 0.002

if sys.platform == "win32":
    import msvcrt

    def take(descriptor: int) -> bool:
        """Lock an open file for this descriptor alone, or tell that another has it."""
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def take(descriptor: int) -> bool:
        """Lock an open file for this descriptor alone, or tell that another has it."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def open_lock(path: Path) -> int:
    """Open, or make with mode 0600, the file that a lock lies on; it stays when the lock is let go."""
    return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)


@contextmanager
def locked(path: Path, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Hold the lock; it blocks its thread. Raises OSError, and StoreFailed when another holds it for long."""
    descriptor = open_lock(path)
    try:
        deadline = time.monotonic() + patience_s
        while not take(descriptor):
            if time.monotonic() > deadline:
                raise _held(path, patience_s)
            time.sleep(_PAUSE_S)
        yield
    finally:
        os.close(descriptor)


@asynccontextmanager
async def passing_lock(path: Path, patience_s: float = PATIENCE_S) -> AsyncIterator[None]:
    """Hold a lock whose file is there only as long as it is held. Raises as `locked`."""
    deadline = time.monotonic() + patience_s
    while (descriptor := _taken(path)) is None:
        if time.monotonic() > deadline:
            raise _held(path, patience_s)
        await asyncio.sleep(_PAUSE_S)
    try:
        yield
    finally:
        with suppress(OSError):  # Windows keeps what is open
            os.unlink(path)
        os.close(descriptor)


def _taken(path: Path) -> int | None:
    """The lock, unless another has it, or has removed its file between the opening and the taking."""
    descriptor = open_lock(path)
    with suppress(FileNotFoundError):
        if take(descriptor) and os.path.samestat(os.fstat(descriptor), path.stat()):
            return descriptor
    os.close(descriptor)
    return None


def _held(path: Path, patience_s: float) -> StoreFailed:
    return StoreFailed(
        f"another process has kept {path} locked for {patience_s:.0f} seconds",
        "Look for an inferterm that is stopped (Ctrl+Z, a debugger), and continue or end it.",
    )
