"""Commands that print keys: what they print is used, what they do wrong is told, the key never is."""

from __future__ import annotations

import asyncio
import shlex
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from tui_app.adapters.key_commands import FRESH_S, KeyCommands, program_of, run
from tui_app.core.errors import KeyStoreFailed, KeyTrouble

KEY = "sk-ant-test-command-0001"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    return file


def python(code: str, *arguments: object) -> str:
    return shlex.join([sys.executable, "-c", code, *map(str, arguments)])


async def failure(command: str, timeout_s: float = 10.0) -> KeyStoreFailed:
    with pytest.raises(KeyStoreFailed) as caught:
        await run(command, timeout_s)
    shown = f"{caught.value!r} {caught.value.advice} {caught.value.__context__!r}"
    assert KEY not in shown
    assert caught.value.advice
    return caught.value


async def test_what_a_command_prints_is_the_key_without_white_space(key_file: Path) -> None:
    assert await run(f"cat {shlex.quote(str(key_file))}", 10.0) == SecretStr(KEY)


async def test_no_shell_reads_the_command() -> None:
    printed = await run(python("import sys; print(sys.argv[1:])", "$HOME", ";", "|", "id"), 10.0)
    assert printed == SecretStr("['$HOME', ';', '|', 'id']")


async def test_a_failing_command_is_told_with_the_first_line_that_it_complained() -> None:
    complaining = "import sys; sys.exit('\\n\\x1b[31mvault is sealed\\x1b[0m\\nlong story')"
    error = await failure(python(complaining))
    assert error.trouble is KeyTrouble.FAILED
    assert "status 1: vault is sealed" in str(error)
    assert "long story" not in str(error)
    assert "\x1b" not in str(error)


async def test_a_command_that_complains_with_the_key_is_told_without_it(key_file: Path) -> None:
    leaking = "import sys; key = open(sys.argv[1]).read(); print(key); sys.exit('+ echo ' + key)"
    assert "+ echo …" in str(await failure(python(leaking, key_file)))


async def test_a_command_that_prints_nothing_is_told() -> None:
    assert "printed no key" in str(await failure("true"))


async def test_a_program_that_is_missing_is_named() -> None:
    error = await failure("no-such-password-manager --get key")
    assert error.trouble is KeyTrouble.ABSENT
    assert "no-such-password-manager" in str(error)


@pytest.mark.parametrize("command", [KEY, f"'{KEY}", f"{KEY} 'open", "'open", "   "])
async def test_a_key_in_place_of_a_command_is_neither_run_nor_shown(command: str) -> None:
    assert (await failure(command)).trouble is KeyTrouble.FAILED
    assert program_of(command) == ""


async def test_a_command_that_holds_the_key_itself_is_refused() -> None:
    assert (await failure(f"echo {KEY}")).trouble is KeyTrouble.UNSAFE


async def test_a_command_that_takes_too_long_is_told() -> None:
    assert (await failure("sleep 600", timeout_s=0.1)).trouble is KeyTrouble.NO_ANSWER


async def test_a_command_runs_once_until_it_is_stale_changed_or_forgotten(tmp_path: Path) -> None:
    now = 0.0
    commands = KeyCommands(10.0, lambda: now)
    log = tmp_path / "log"
    code = "import sys; log = open(sys.argv[1], 'a+'); log.write('x'); print('run', log.tell())"
    command = python(code, log)
    assert commands.known("claude", command) is None
    found = await asyncio.gather(*(commands.find("claude", command) for _ in range(3)))
    assert {key.get_secret_value() for key in found} == {"run 1"}
    assert commands.known("claude", command) == SecretStr("run 1")
    now = FRESH_S
    assert (await commands.find("claude", command)).get_secret_value() == "run 2"
    commands.forget("claude")
    assert (await commands.find("claude", command)).get_secret_value() == "run 3"
    assert (await commands.find("claude", f"{command} -")).get_secret_value() == "run 4"
    assert commands.known("claude", command) is None
