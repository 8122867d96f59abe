"""A child process without shell, input or terminal, that does not outlive whoever waits for it.

It is waited for in a daemon thread: `asyncio.create_subprocess_exec` of Python 3.11 waits for ever when it
is cancelled while a child that already ended is being set up, and so would the end of the app.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Final, NamedTuple

from pydantic import SecretStr

from tui_app.adapters.daemon_threads import DaemonLane

OUTPUT_MAX: Final = 65_536
"""Bytes that are kept of what a child writes; it is read to the end, so that it is not held up."""


class Outcome(NamedTuple):
    """What became of a child: exit status, standard output, which may be a secret, standard error."""

    status: int
    output: SecretStr
    talk: str


async def outcome_of(words: Sequence[str], timeout_s: float) -> Outcome:
    """Run a program to its end. Raises OSError and ValueError if it cannot start, TimeoutError.

    Its process group is killed when the time is over or the waiting task is cancelled.
    """
    child = _Child(words)
    try:
        return await DaemonLane("child process").call(child.run, timeout_s)
    finally:
        child.end()


class _Child:
    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._unwanted = False

    def run(self) -> Outcome:
        with self._lock:
            if self._unwanted:
                raise TimeoutError
            process = subprocess.Popen(
                self._words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,  # it has no terminal to write over or to ask on
            )
            self._process = process
        assert process.stdout is not None
        assert process.stderr is not None
        talk: list[str] = []
        listener = threading.Thread(target=_listen, args=(process.stderr, talk), daemon=True)
        listener.start()
        with process:
            output = SecretStr(_beginning(process.stdout))
            listener.join()
        return Outcome(process.returncode, output, "".join(talk))

    def end(self) -> None:
        with self._lock:
            self._unwanted = True
        if self._process is None or self._process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            if os.name == "posix":
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()


def _listen(stream: IO[bytes], heard: list[str]) -> None:
    heard.append(_beginning(stream))


def _beginning(stream: IO[bytes]) -> str:
    kept = b""
    while piece := stream.read(OUTPUT_MAX):
        kept += piece[: OUTPUT_MAX - len(kept)]
    return kept.decode("utf-8", "replace")
