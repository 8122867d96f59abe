"""The app's settings on disk."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from tui_app.adapters.settings_file import SettingsFile
from tui_app.core.errors import StoreFailed
from tui_app.core.settings import AppSettings


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    return SettingsFile(tmp_path / "inferterm")


def write(file: SettingsFile, text: str) -> None:
    file.path.parent.mkdir(exist_ok=True)
    file.path.write_text(text)


def test_without_a_file_the_defaults_hold_and_nothing_is_made(file: SettingsFile) -> None:
    assert file.load() == (AppSettings(), None)
    assert not file.path.parent.exists()


async def test_what_was_changed_is_there_again(file: SettingsFile) -> None:
    await file.change(theme="inferterm-light", pacing="even")
    changed = await file.change(verify_on_save=False)
    assert changed == AppSettings(theme="inferterm-light", pacing="even", verify_on_save=False)
    assert file.load() == (changed, None)
    assert json.loads(file.path.read_text())["theme"] == "inferterm-light"
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert sorted(os.listdir(file.path.parent)) == [".lock", "settings.json"]


async def test_changes_of_two_terminals_at_once_are_both_kept(file: SettingsFile) -> None:
    other = SettingsFile(file.path.parent)
    await asyncio.gather(
        *(each for n in range(9) for each in (file.change(theme=f"theme-{n}"), other.change(vim_keys=True)))
    )
    settings, _ = file.load()
    assert settings.theme != AppSettings().theme
    assert settings.vim_keys


async def test_a_value_that_no_setting_has_is_refused(file: SettingsFile) -> None:
    with pytest.raises(ValidationError):
        await file.change(pacing="odd")
    assert not file.path.exists()


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("{", ":1:", "not JSON"),
        (
            '{\n "thema": "x"\n}',
            ":2:",
            "thema: is not a setting of inferterm, which are theme, verify_on_save",
        ),
        ('{\n "theme": "x",\n "verify_on_save": 1}', ":3:", "true or false"),
        ('{"pacing": "odd"}', ":1:", "'burst' or 'even'"),
        ("[]", ":1:", "object"),
    ],
)
async def test_a_broken_file_is_told_and_never_overwritten(
    file: SettingsFile, text: str, where: str, words: str
) -> None:
    write(file, text)
    settings, complaint = file.load()
    assert settings == AppSettings()
    assert complaint is not None
    assert f"settings.json{where}" in str(complaint)
    assert words in str(complaint)
    assert "Correct or delete" in complaint.advice
    with pytest.raises(StoreFailed, match=r"settings\.json"):
        await file.change(theme="x")
    assert file.path.read_text() == text


def test_a_folder_with_the_name_of_the_file_is_told(file: SettingsFile) -> None:
    file.path.mkdir(parents=True)
    settings, complaint = file.load()
    assert settings == AppSettings()
    assert "it is a folder" in str(complaint)


async def test_a_file_in_the_place_of_the_folder_is_told(file: SettingsFile) -> None:
    file.path.parent.write_text("")
    with pytest.raises(StoreFailed, match="not a directory"):
        await file.change(theme="x")
