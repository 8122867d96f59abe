"""`inferterm settings` on a file of the test's own."""

from __future__ import annotations

import json

import pytest

from tests.cli.bench import CommandLine
from tests.core.bodies import endpoint
from tui_app.cli.exits import Exit
from tui_app.core.settings import SETTINGS


def test_all_settings_are_told(inferterm: CommandLine) -> None:
    lines = inferterm("settings").out.splitlines()
    assert [line.partition(":")[0] for line in lines] == [setting.name for setting in SETTINGS]
    assert "verify_on_save: true" in lines
    assert json.loads(inferterm("settings", "--json").out)["verify_on_save"] is True


def test_one_setting_is_explained_in_the_persons_own_numbers(inferterm: CommandLine) -> None:
    inferterm.given(endpoint(limit=20))
    out = inferterm("settings", "pacing").out
    assert out.startswith("pacing: burst\n")
    assert "  even: One each 3 s" in out
    assert json.loads(inferterm("settings", "pacing", "--json").out) == "burst"


def test_a_change_is_kept(inferterm: CommandLine) -> None:
    assert inferterm("settings", "without_ledger", "own-limit").code == 0
    assert inferterm("settings", "verify_on_save", "false").code == 0
    kept = json.loads((inferterm.home / "settings.json").read_text())
    assert kept["without_ledger"] == "own-limit"
    assert kept["verify_on_save"] is False


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["pacing", "odd"], "one of burst, even"), (["pase", "x"], "There are theme"), (["pase"], "There are")],
)
def test_what_there_is_not_is_refused_with_what_there_is(
    inferterm: CommandLine, arguments: list[str], words: str
) -> None:
    ended = inferterm("settings", *arguments)
    assert ended.code == Exit.BAD_INPUT
    assert words in ended.err
    assert not (inferterm.home / "settings.json").exists()


def test_a_broken_file_stays_as_it_is(inferterm: CommandLine) -> None:
    (inferterm.home / "settings.json").write_text("{")
    ended = inferterm("settings", "pacing", "even")
    assert ended.code == Exit.FAILED
    assert "Correct or delete the file" in ended.err
    assert (inferterm.home / "settings.json").read_text() == "{"


@pytest.mark.parametrize(
    ("words", "found"), [("inferterm settings pa", "pacing"), ("inferterm settings pacing e", "even")]
)
def test_names_and_values_are_completed(inferterm: CommandLine, words: str, found: str) -> None:
    inferterm.patch.setenv("COMP_WORDS", words)
    inferterm.patch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    inferterm.patch.setenv("_INFERTERM_COMPLETE", "bash_complete")
    from click.shell_completion import BashComplete

    from tui_app.cli.main import inferterm as command

    items = BashComplete(command, {}, "inferterm", "_INFERTERM_COMPLETE").complete()
    assert items == f"plain,{found}"
