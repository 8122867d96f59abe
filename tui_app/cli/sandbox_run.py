"""Serving the sandbox until a signal ends it."""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack

import click

from tui_app import wiring
from tui_app.cli.exits import NAME
from tui_app.cli.stopping import stop_signals
from tui_app.cli.streams import is_terminal, say, write_line


async def serve_sandbox(port: int, requests_per_minute: int | None, tokens_per_second: float | None) -> None:
    """Print URL and key, and serve until SIGINT or SIGTERM. Raises UsageError for a port that is taken."""
    stopped = stop_signals()
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
