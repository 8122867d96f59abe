"""The README is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tui_app.cli.main import inferterm
from tui_app.sandbox.agreed_words import AGREED_WORDS
from tui_app.ui.command import Command
from tui_app.ui.commands import COMMANDS

ROOT = Path(__file__).parent.parent
_SHOWN = {"question_mark": "?", "slash": "/"}
README = (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_every_command_of_the_app_stands_in_the_table_with_its_keys(command: Command) -> None:
    (line,) = [line for line in README.splitlines() if line.endswith(f"| `{command.id}` |")]
    for key in command.key.split(","):
        assert f"`{_SHOWN.get(key, key)}`" in line
    assert command.help in line


@pytest.mark.parametrize("name", sorted(inferterm.list_commands(None)))  # type: ignore[arg-type]
def test_every_command_of_the_shell_is_named(name: str) -> None:
    assert f"`inferterm {name} " in README or f"`inferterm {name}`" in README


@pytest.mark.parametrize("word", AGREED_WORDS)
def test_every_agreed_word_is_explained(word: str) -> None:
    assert f"| `{word}` | {AGREED_WORDS[word]} |" in README


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"\]\((screenshots/[^)]+)\)", README)
    assert pictures
    assert all((ROOT / picture).is_file() for picture in pictures)


def test_every_folder_of_the_map_is_there() -> None:
    assert all(
        (ROOT / name).exists() for name in re.findall(r"^\| `((?:tui_app|tests)/[^`]*)` \|", README, re.M)
    )


def test_no_picture_loads_anything_from_elsewhere() -> None:
    for picture in (ROOT / "screenshots").glob("*.svg"):
        assert "url(" not in re.sub(r"url\(#[^)]*\)", "", picture.read_text("utf-8")), picture.name
