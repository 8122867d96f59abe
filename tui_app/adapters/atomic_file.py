"""Files that are whole: whoever reads one, whatever killed its writer, finds old or new, never half."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

PRIVATE_FILE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700
_PREFIX: Final = ".inferterm-"
_SUFFIX: Final = ".tmp"


def make_folder(folder: Path) -> None:
    """Make a folder with mode 0700, and those above it that are missing; one that exists stays as it is."""
    if folder.is_dir():
        return
    if not folder.parent.exists():
        make_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(PRIVATE_FOLDER)
    if not folder.is_dir():
        raise NotADirectoryError(20, "not a directory", str(folder))


def create_file(path: Path, data: bytes) -> None:
    """Write a new file with mode 0600. Raises FileExistsError, even if another process is quicker."""
    with _aside(path.parent, data) as written:
        _link(written, path)
    _settle(path.parent)


def replace_file(path: Path, data: bytes, check: Callable[[], None] = lambda: None) -> None:
    """Write a file, new with mode 0600, or over an old one whose mode, owner and symbolic link stay.

    `check` runs last before the swap and may raise to leave everything as it was.
    """
    target = Path(os.path.realpath(path))
    with _aside(target.parent, data) as written:
        with suppress(FileNotFoundError):
            _take_after(target.stat(), written)
        check()
        os.replace(written, target)
    _settle(target.parent)


def remove_file(path: Path) -> None:
    """Remove a file (of a symbolic link, the link) for good."""
    path.unlink()
    _settle(path.parent)


def sweep(folder: Path) -> None:
    """Remove what killed writers left aside; only for who knows that nobody writes in the folder now."""
    for left in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        left.unlink(missing_ok=True)


@contextmanager
def _aside(folder: Path, data: bytes) -> Iterator[Path]:
    """A file with the data, safe on disk, that is gone afterwards unless it was renamed."""
    descriptor, name = tempfile.mkstemp(_SUFFIX, _PREFIX, folder)
    written = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield written
    finally:
        written.unlink(missing_ok=True)


def _link(written: Path, path: Path) -> None:
    try:
        os.link(written, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            raise FileExistsError(17, "file exists", str(path)) from None
        os.replace(written, path)


def _take_after(old: os.stat_result, written: Path) -> None:
    if hasattr(os, "chown") and (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
        with suppress(PermissionError):
            os.chown(written, old.st_uid, old.st_gid)
    written.chmod(stat.S_IMODE(old.st_mode))


def _settle(folder: Path) -> None:
    """See to it that a power cut does not undo a rename; Windows has no such call."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
