"""What the operating system refuses, in words and with what to do."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Final

from tui_app.core.errors import StoreFailed

_ADVICE: Final = {
    errno.ENOSPC: "Free some space on that disk, then try again.",
    errno.EDQUOT: "Free some space, then try again: your share of that disk is used up.",
    errno.EROFS: "That disk is read-only. Choose another place with XDG_CONFIG_HOME and XDG_STATE_HOME.",
    errno.EACCES: "See who owns it with `ls -ld`, and give yourself the right to read and write there.",
    errno.EPERM: "See who owns it with `ls -ld`, and give yourself the right to read and write there.",
    errno.ENOTDIR: "A file lies where a folder is needed: move it away.",
    errno.EEXIST: "A file lies where a folder is needed: move it away.",
}


def reason_of(error: OSError) -> str:
    """The system's own word for it, in lower case: 'permission denied'."""
    return (error.strerror or type(error).__name__).lower()


def store_failed(error: OSError, doing: str, path: Path) -> StoreFailed:
    """Word a refusal; `doing` says what was tried, such as 'cannot write'."""
    advice = _ADVICE.get(error.errno or 0, "See that the disk works and the place exists.")
    return StoreFailed(f"{doing} {path}: {reason_of(error)}", advice)
