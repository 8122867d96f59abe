"""The system's refusals in words."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from tui_app.adapters.disk_troubles import reason_of, store_failed


@pytest.mark.parametrize(
    ("number", "reason", "advice"),
    [
        (errno.ENOSPC, "no space left", "Free some space"),
        (errno.EACCES, "permission denied", "ls -ld"),
        (errno.EROFS, "read-only", "XDG_CONFIG_HOME"),
        (errno.EIO, "", "disk works"),
    ],
)
def test_a_refusal_says_what_where_why_and_what_to_do(number: int, reason: str, advice: str) -> None:
    import os

    failed = store_failed(OSError(number, os.strerror(number)), "cannot write", Path("/x/y"))
    assert str(failed).startswith("cannot write /x/y: ")
    assert reason in str(failed)
    assert advice in failed.advice


def test_an_error_without_words_is_named() -> None:
    assert reason_of(TimeoutError()) == "timeouterror"
