"""Serving the sandbox until a signal ends it."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import AsyncExitStack, suppress

import click

from tui_app import wiring
from tui_app.cli.exits import NAME
from tui_app.cli.streams import is_terminal, say, write_line


async def serve_sandbox(port: int, requests_per_minute: int | None, tokens_per_second: float | None) -> None:
    """Print URL and key, and serve until SIGINT or SIGTERM. Raises UsageError for a port that is taken."""
    stopped = _stop_signals()
    async with AsyncExitStack() as stack:
        server = wiring.sandbox_server(port, requests_per_minute, tokens_per_second)
        try:
            running = await stack.enter_async_context(server)
        except OSError as error:
            raise click.UsageError(str(error)) from None
        write_line(running.url)
        write_line(running.key)
        if is_terminal(sys.stderr):
            say(f"{NAME}: serving; Ctrl-C stops it.")
        await stopped.wait()


def _stop_signals() -> asyncio.Event:
    """An event that is set by SIGINT and SIGTERM, also where a shell started this in the background."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stopped.set)
    return stopped
