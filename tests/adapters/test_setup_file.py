"""The columns of the last time, on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_app.adapters.setup_file import NAME, SetupFile
from tui_app.core.conversation import Settings
from tui_app.core.errors import StoreFailed
from tui_app.core.variations import Setup, Variation

SETUP = Setup(
    (
        Variation("prod", "claude-haiku-4-5", Settings("own [/x]", 7, 0.5, None, 3, ("top_p",))),
        Variation("other"),
    ),
    "shared",
)


async def test_what_is_saved_is_there_the_next_time(tmp_path: Path) -> None:
    assert await SetupFile(tmp_path / "new").load() == Setup()
    await SetupFile(tmp_path / "new").save(SETUP)
    assert await SetupFile(tmp_path / "new").load() == SETUP


@pytest.mark.parametrize("text", ["", "{", "[]", '{"columns": 3}', '{"columns": [{"model": "x"}]}'])
async def test_what_cannot_be_understood_counts_as_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text, "utf-8")
    assert await SetupFile(tmp_path).load() == Setup()
    await SetupFile(tmp_path).save(SETUP)
    assert await SetupFile(tmp_path).load() == SETUP


async def test_a_folder_that_takes_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(StoreFailed):
        await SetupFile(tmp_path / "file").save(SETUP)
