"""A command that prints a key, such as a password manager's, as a place for keys."""

from __future__ import annotations

import asyncio
import shlex
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from pydantic import SecretStr

from tui_app.adapters.child_process import Outcome, outcome_of
from tui_app.adapters.disk_troubles import reason_of
from tui_app.core.errors import KeyStoreFailed, KeyTrouble
from tui_app.core.text import one_line

FRESH_S: Final = 300.0
"""How long what a command printed is used before it is run again; tokens that it prints may expire."""


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
    """Run a command and return what it prints, stripped. Raises KeyStoreFailed."""
    program = program_of(command)
    if not program:
        message = "the command that prints the key cannot be read as a program and its arguments"
        raise KeyStoreFailed(KeyTrouble.FAILED, message, "Close its quotes; it must not be the key itself.")
    try:
        outcome = await outcome_of(shlex.split(command), timeout_s)
    except TimeoutError:
        message = f"the command {program} that prints the key did not end within {timeout_s:g} s"
        failure = KeyStoreFailed(KeyTrouble.NO_ANSWER, message, _TRY)
    except (OSError, ValueError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else "it holds a null character"
        message = f"the command {program} that prints the key cannot be run: {reason}"
        failure = KeyStoreFailed(KeyTrouble.ABSENT, message, "See that the program is installed.")
    else:
        return _judged(command, outcome)
    raise failure


def _judged(command: str, outcome: Outcome) -> SecretStr:
    program = program_of(command)
    if outcome.status:
        message = f"the command {program} that prints the key failed with status {outcome.status}"
        first = _complaint(outcome)
        raise KeyStoreFailed(KeyTrouble.FAILED, f"{message}: {first}" if first else message, _TRY)
    key = SecretStr(outcome.output.get_secret_value().strip())
    if not key:
        raise KeyStoreFailed(KeyTrouble.FAILED, f"the command {program} printed no key", _TRY)
    if key.get_secret_value() in command:
        message = f"the command {program} holds the key itself, and with it the endpoint's file"
        raise KeyStoreFailed(KeyTrouble.UNSAFE, message, "Name a command that reads it from a safe place.")
    return key


def _complaint(outcome: Outcome) -> str:
    """The first line of what a command complained, without what it had printed as a key."""
    talk = outcome.talk
    for printed in outcome.output.get_secret_value().split():
        talk = talk.replace(printed, "…")
    return next((one_line(line, limit=200) for line in talk.splitlines() if line.strip()), "")


_TRY: Final = "Run it once in a terminal to see what it needs."
