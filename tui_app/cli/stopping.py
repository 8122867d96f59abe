"""Serving until a signal ends it."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress


def stop_signals() -> asyncio.Event:
    """An event that is set by SIGINT and SIGTERM, also where a shell started this in the background."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stopped.set)
    return stopped
