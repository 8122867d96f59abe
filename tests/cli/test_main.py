"""What the command `inferterm` does itself."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder

import pytest

from tests.cli.bench import CommandLine
from tui_app import __version__
from tui_app.__main__ import main

COMMANDS = [
    [],
    ["ask"],
    ["batch"],
    ["completion"],
    ["doctor"],
    ["endpoints"],
    ["endpoints", "delete"],
    ["endpoints", "list"],
    ["endpoints", "put"],
    ["endpoints", "show"],
    ["key"],
    ["key", "delete"],
    ["key", "set"],
    ["key", "status"],
    ["prompts"],
    ["prompts", "diff"],
    ["prompts", "list"],
    ["prompts", "show"],
    ["prompts", "versions"],
    ["quota"],
    ["sandbox"],
]


def test_the_version_is_told(inferterm: CommandLine) -> None:
    ended = inferterm("--version")
    assert (ended.code, ended.out) == (0, f"inferterm {__version__}\n")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help(inferterm: CommandLine, command: list[str]) -> None:
    ended = inferterm(*command, "--help")
    assert ended.code == 0
    assert ended.out.startswith("Usage: inferterm")
    assert max(map(len, ended.out.splitlines())) <= 80


@pytest.mark.parametrize(
    "command", [each for each in COMMANDS if len(each) != 1 or each[0] in {"ask", "doctor"}]
)
def test_help_has_examples(inferterm: CommandLine, command: list[str]) -> None:
    assert "Example" in inferterm(*command, "--help").out


def test_every_command_is_listed(inferterm: CommandLine) -> None:
    listed = inferterm("--help").out.partition("Commands:\n")[2]
    names = [line.split()[0] for line in listed.splitlines() if line.startswith("  ") and line.strip()]
    assert set(names) >= {command[0] for command in COMMANDS if command}


@pytest.mark.parametrize("given", ["", None])
def test_without_a_terminal_it_says_so_and_names_ask(inferterm: CommandLine, given: str | None) -> None:
    ended = inferterm("--endpoint", "mine", given=given)
    assert (ended.code, ended.out, len(ended.complaints)) == (2, "", 1)
    assert "terminal" in ended.err
    assert "inferterm ask" in ended.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["nosuch"],
        ["endpoints"],
        ["endpoints", "nosuch"],
        ["--nosuch"],
        ["--endpoint"],
        ["--endpoint", "a", "quota"],
    ],
    ids=" ".join,
)
def test_what_it_does_not_know_is_bad_input_on_one_line(inferterm: CommandLine, arguments: list[str]) -> None:
    ended = inferterm(*arguments)
    assert (ended.code, ended.out, len(ended.complaints)) == (2, "", 1)


def test_at_a_terminal_it_opens_the_app(inferterm: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str | None] = []

    def open_app(endpoint: str | None) -> int:
        opened.append(endpoint)
        return 7

    monkeypatch.setattr("tui_app.wiring.open_app", open_app)
    monkeypatch.setattr("tui_app.cli.opening.is_terminal", lambda *streams: True)
    monkeypatch.setenv("TERM", "xterm")
    assert inferterm("--endpoint", "mine").code == 7
    assert inferterm("chat", "other").code == 7
    assert inferterm().code == 7
    assert opened == ["mine", "other", None]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "inferterm chat ID --plain"),
        (["--endpoint", "mine"], "inferterm chat mine --plain"),
        (["chat", "mine"], "inferterm chat mine --plain"),
    ],
    ids=str,
)
def test_a_terminal_that_only_knows_lines_is_told_of_the_chat_in_lines(
    inferterm: CommandLine, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.setattr("tui_app.cli.opening.is_terminal", lambda *streams: True)
    monkeypatch.setenv("TERM", "dumb")
    ended = inferterm(*arguments)
    assert (ended.code, ended.out, len(ended.complaints)) == (2, "", 1)
    assert said in ended.err


class Interrupting(MetaPathFinder):
    """Ctrl-C at the moment at which the command line is loaded."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == "tui_app.cli.main":
            raise KeyboardInterrupt


def test_ctrl_c_while_it_is_being_loaded_leaves_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "tui_app.cli.main", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Interrupting(), *sys.meta_path])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
