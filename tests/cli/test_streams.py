"""Standard streams while an event loop has the signals."""

from __future__ import annotations

import asyncio
import signal
import sys
from types import SimpleNamespace

import pytest

from tui_app.cli.streams import interruptible, read_input


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
