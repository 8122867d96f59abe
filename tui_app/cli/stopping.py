"""Serving until a signal ends it."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import suppress

from tui_app.cli.exits import NAME
from tui_app.cli.streams import is_terminal, say


def say_serving(words: str = "serving") -> None:
    """Tell a person what goes on, and how it ends."""
    if is_terminal(sys.stderr):
        say(f"{NAME}: {words}; Ctrl-C stops it.")


def stop_signals() -> asyncio.Event:
    """An event that is set by SIGINT and SIGTERM, also where a shell started this in the background.

    And by SIGHUP, when the terminal is closed, unless `nohup` was told to let that pass.
    """
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    numbers = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    for number in numbers:
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stopped.set)
    return stopped
