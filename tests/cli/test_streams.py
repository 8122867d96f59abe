"""Standard streams while an event loop has the signals, and questions to whoever sits there."""

from __future__ import annotations

import asyncio
import os
import pty
import signal
import sys
from asyncio.subprocess import Process
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.cli.process import PATIENCE_S, put, shown_until
from tui_app.cli.streams import interruptible, read_input, takes_sequences


def press_ctrl_c() -> bytes:
    signal.raise_signal(signal.SIGINT)
    return b"read on all the same"


async def read_a_key() -> bytes:
    return read_input("the key")


def test_ctrl_c_ends_a_wait_for_input_inside_an_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = SimpleNamespace(closed=False, buffer=SimpleNamespace(read=press_ctrl_c))
    monkeypatch.setattr(sys, "stdin", stdin)
    with asyncio.Runner() as runner, pytest.raises(KeyboardInterrupt):
        runner.run(read_a_key())


def test_who_ignores_ctrl_c_goes_on_ignoring_it() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interruptible():
            assert press_ctrl_c()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(
    ("term", "terminal", "takes"), [("xterm", True, True), ("dumb", True, False), ("xterm", False, False)]
)
def test_a_dumb_terminal_gets_no_sequences(
    monkeypatch: pytest.MonkeyPatch, term: str, terminal: bool, takes: bool
) -> None:
    monkeypatch.setenv("TERM", term)
    assert takes_sequences(SimpleNamespace(closed=False, isatty=lambda: terminal)) is takes


async def press_ctrl_c_until_it_ends(process: Process) -> None:
    """Press as a person does: `input` misses a signal that comes in the moment in which it begins."""
    while process.returncode is None:
        process.send_signal(signal.SIGINT)
        await asyncio.wait({asyncio.ensure_future(process.wait())}, timeout=1.0)


@pytest.mark.parametrize(
    ("arguments", "question"),
    [
        (("key", "set", "mine"), b"Key of mine"),
        (("key", "set", "mine", "--place", "vault"), b"Key of mine"),
        (("endpoints", "delete", "mine"), b"Delete the endpoint mine?"),
    ],
)
async def test_ctrl_c_ends_a_question(arguments: tuple[str, ...], question: bytes) -> None:
    put("http://127.0.0.1:1")
    outer, inner = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tui_app", *arguments),
        stdin=inner,
        stdout=inner,
        stderr=inner,
        start_new_session=True,
    )
    os.close(inner)
    await asyncio.to_thread(shown_until, outer, question)
    async with asyncio.timeout(PATIENCE_S):
        await press_ctrl_c_until_it_ends(process)
    assert process.returncode == 130
    os.close(outer)
    assert (Path.home() / ".config/inferterm/endpoints/mine.json").exists()
