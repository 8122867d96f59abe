"""Files that a plain chat writes: new ones only, whatever characters are in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_app.cli.plain_copies import kept
from tui_app.core.errors import StoreFailed


async def test_half_a_character_is_replaced_and_hinders_nothing(tmp_path: Path) -> None:
    await kept(str(tmp_path / "a.txt"), "half \ud83d")
    assert (tmp_path / "a.txt").read_text("utf-8") == "half ?"


async def test_what_cannot_be_written_says_why(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("mine", "utf-8")
    for name, reason in {"a.txt": "file exists", "b\0.txt": "null", "gone/a.txt": "no such file"}.items():
        with pytest.raises(StoreFailed, match=reason):
            await kept(str(tmp_path / name), "text")
    assert (tmp_path / "a.txt").read_text("utf-8") == "mine"
