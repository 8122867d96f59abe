"""The README is true."""

from __future__ import annotations

import json
import re
import signal
import tomllib
from importlib.util import find_spec
from pathlib import Path

import click
import pytest

from tui_app.cli.exits import Exit
from tui_app.cli.main import inferterm
from tui_app.core.personal import OwnFile
from tui_app.core.templates import parse_template
from tui_app.sandbox.agreed_words import AGREED_WORDS
from tui_app.ui.command import Command
from tui_app.ui.commands import COMMANDS
from tui_app.ui.keymaps import checked
from tui_app.ui.own_themes import theme_of

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


@pytest.mark.parametrize("row", re.findall(r"^\| `inferterm .*", README, re.M), ids=lambda row: row[2:40])
def test_every_option_of_a_row_is_one_of_its_command(row: str) -> None:
    command = inferterm.get_command(click.Context(inferterm), re.split(r"[ `]", row)[3])
    assert command is not None
    within = command.commands.values() if isinstance(command, click.Group) else ()
    parameters = [parameter for each in (command, *within) for parameter in each.params]
    known = {option for each in parameters for option in (*each.opts, *each.secondary_opts)}
    assert {*re.findall(r"--[a-z-]+", row)} <= known


def test_every_command_that_is_named_anywhere_is_one() -> None:
    named = {*re.findall(r"inferterm ([a-z]+)(?=[ `])", "\n".join(re.findall(r"`inferterm[^`]*`", README)))}
    assert named <= {*inferterm.list_commands(click.Context(inferterm))}


def test_every_exit_code_is_told() -> None:
    (told,) = re.findall(r"Exit codes: 0 done,.*?\.\s", README, re.S)
    for code in {*Exit} - {Exit.READER_LEFT}:
        assert re.search(rf"\b{code.value}\s", told), code.name
    assert Exit.READER_LEFT == 128 + signal.SIGPIPE


def test_the_examples_of_files_are_such_files() -> None:
    keymap = json.loads(re.findall(r"for example `(\{[^`]*\})`", README)[0])
    prompt, theme = re.findall(r"```toml\n(.*?)```", README, re.S)
    assert checked(OwnFile("keymap.json", "keymap", keymap)) == (keymap, ())
    assert theme_of(OwnFile("mine.toml", "mine", tomllib.loads(theme)))[1] == ()
    assert parse_template(prompt).variables == ("language", "text")


@pytest.mark.parametrize("module", sorted({*re.findall(r"-m (tests\.[\w.]+)", README)}))
def test_every_benchmark_can_be_run(module: str) -> None:
    assert find_spec(module) is not None


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
