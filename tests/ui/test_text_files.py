"""Files that a person names in the app: read whole, or refused in words."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui_app.core.errors import StoreFailed
from tui_app.ui.text_files import read_text


def test_a_text_file_is_read_without_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbfhello")
    assert read_text(path) == "hello"


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9")
    os.mkfifo(tmp_path / "pipe")
    reasons = {
        "gone": "no such file",
        ".": "is a directory",
        "latin.txt": "is not text in UTF-8",
        "pipe": "is no plain file",
    }
    for name, reason in reasons.items():
        with pytest.raises(StoreFailed, match=reason):
            read_text(tmp_path / name)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("12345", "utf-8")
    assert read_text(path, 5) == "12345"
    with pytest.raises(StoreFailed, match="larger than 4 bytes"):
        read_text(path, 4)
