"""Serving the sandbox until a signal ends it."""

from __future__ import annotations

from contextlib import AsyncExitStack

import click

from tui_app import wiring
from tui_app.cli.stopping import say_serving, stop_signals
from tui_app.cli.streams import write_line


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
        say_serving()
        await stopped.wait()
