"""Serving the app to browsers until a signal ends it."""

from __future__ import annotations

import click

from tui_app.cli.exits import Exit, Failed, sentences
from tui_app.cli.stopping import say_serving, stop_signals
from tui_app.cli.streams import write_line
from tui_app.core.served import PortTaken, ServeOptions
from tui_app.server.listening import listen


async def serve_browsers(port: int, endpoint: str | None) -> None:
    """Print the address, and serve. Raises UsageError without the extra, Failed for a port that is taken."""
    try:
        from tui_app.server.browser import browser_server
    except ModuleNotFoundError as error:
        missing = f"{error.name} is not installed. `pip install 'inferterm[web]'` installs what this needs."
        raise click.UsageError(missing) from None
    stopped = stop_signals()
    try:
        listener = await listen(ServeOptions(port))
    except PortTaken as error:
        raise Failed([sentences(str(error), error.advice)], Exit.FAILED) from None
    arguments = ("--endpoint", endpoint) if endpoint is not None else ()
    async with browser_server(listener, arguments) as address:
        write_line(address)
        say_serving("open that address in a browser on this machine")
        await stopped.wait()
