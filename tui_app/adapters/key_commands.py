"""A command that prints a key, such as a password manager's, as a place for keys."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple

from pydantic import SecretStr

from tui_app.adapters.disk_troubles import reason_of
from tui_app.core.errors import KeyStoreFailed, KeyTrouble
from tui_app.core.text import one_line

FRESH_S: Final = 300.0
"""How long what a command printed is used before it is run again; tokens that it prints may expire."""
_OUTPUT_MAX: Final = 65_536
_DEATH_S: Final = 2.0


class _Printed(NamedTuple):
    command: str
    key: SecretStr
    at: float


class KeyCommands:
    """Runs endpoints' commands, without a shell, without input, for at most `timeout_s` seconds."""

    def __init__(self, timeout_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._timeout_s = timeout_s
        self._clock = clock
        self._printed: dict[str, _Printed] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    async def find(self, inference_id: str, command: str) -> SecretStr:
        """What the command prints, stripped. Raises KeyStoreFailed."""
        async with self._turns.setdefault(inference_id, asyncio.Lock()):
            printed = self._printed.get(inference_id)
            if printed and printed.command == command and self._clock() - printed.at < FRESH_S:
                return printed.key
            key = await run(command, self._timeout_s)
            self._printed[inference_id] = _Printed(command, key, self._clock())
            return key

    def known(self, inference_id: str, command: str) -> SecretStr | None:
        """What the command printed when it last ran in this process."""
        printed = self._printed.get(inference_id)
        return printed.key if printed and printed.command == command else None

    def forget(self, inference_id: str) -> None:
        """Run the endpoint's command again when its key is next asked for."""
        self._printed.pop(inference_id, None)


def program_of(command: str) -> str:
    """The name of the program that a command runs; empty where it names none or looks like a key."""
    try:
        words = shlex.split(command)
    except ValueError:
        return ""
    return one_line(words[0]) if words and not words[0].startswith("sk-") else ""


async def run(command: str, timeout_s: float) -> SecretStr:
    """Run a command and return what it prints, stripped. Raises KeyStoreFailed.

    It gets a session of its own: it can neither write over the screen nor outlive its time.
    """
    program = program_of(command)
    if not program:
        message = "the command that prints the key cannot be read as a program and its arguments"
        raise KeyStoreFailed(KeyTrouble.FAILED, message, "Close its quotes; it must not be the key itself.")
    try:
        process = await asyncio.create_subprocess_exec(
            *shlex.split(command), stdin=DEVNULL, stdout=PIPE, stderr=PIPE, start_new_session=True
        )
    except (OSError, ValueError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else "it holds a null character"
        message = f"the command {program} that prints the key cannot be run: {reason}"
        raise KeyStoreFailed(KeyTrouble.ABSENT, message, "See that the program is installed.") from None
    outcome = None
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                outcome = await _outcome(process)
    finally:
        await _end(process)
    if outcome is None:
        message = f"the command {program} that prints the key did not end within {timeout_s:g} s"
        raise KeyStoreFailed(KeyTrouble.NO_ANSWER, message, _TRY)
    return _judged(command, process.returncode, *outcome)


def _judged(command: str, status: int | None, output: SecretStr, talk: str) -> SecretStr:
    program = program_of(command)
    if status:
        message = f"the command {program} that prints the key failed with status {status}"
        first = _first_line(talk, output)
        raise KeyStoreFailed(KeyTrouble.FAILED, f"{message}: {first}" if first else message, _TRY)
    if not output.get_secret_value():
        raise KeyStoreFailed(KeyTrouble.FAILED, f"the command {program} printed no key", _TRY)
    if output.get_secret_value() in command:
        message = f"the command {program} holds the key itself, and with it the endpoint's file"
        raise KeyStoreFailed(KeyTrouble.UNSAFE, message, "Name a command that reads it from a safe place.")
    return output


def _first_line(talk: str, output: SecretStr) -> str:
    """The first line of what a command complained, without what it had printed as a key."""
    for printed in output.get_secret_value().splitlines():
        talk = talk.replace(printed, "…") if printed.strip() else talk
    return next((one_line(line, limit=200) for line in talk.splitlines() if line.strip()), "")


_TRY: Final = "Run it once in a terminal to see what it needs."


async def _outcome(process: Process) -> tuple[SecretStr, str]:
    assert process.stdout is not None
    assert process.stderr is not None
    output, talk = await asyncio.gather(_beginning(process.stdout), _beginning(process.stderr))
    await process.wait()
    return SecretStr(output.strip()), talk


async def _beginning(stream: asyncio.StreamReader) -> str:
    """Read to the end and return the first part, so that nothing that talks much is held up or kept."""
    kept = b""
    while piece := await stream.read(_OUTPUT_MAX):
        kept += piece[: _OUTPUT_MAX - len(kept)]
    return kept.decode("utf-8", "replace")


async def _end(process: Process) -> None:
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    with suppress(TimeoutError):
        async with asyncio.timeout(_DEATH_S):
            await process.wait()
