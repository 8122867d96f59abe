"""`inferterm web`: the app in a browser on this machine."""

from __future__ import annotations

import click

from tui_app.cli.completion import endpoint_ids
from tui_app.cli.session import in_event_loop

_EPILOG = """\b
Examples:
  inferterm web
  inferterm web --port 0                 any free port

It needs the extra `web`: pip install 'inferterm[web]'.

Exit codes: 0 stopped with Ctrl-C or SIGTERM, 1 the port is taken, 2 bad input or the extra is missing.
"""


@click.command(short_help="Open the app in a browser on this machine.", epilog=_EPILOG)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=9251,
    show_default=True,
    metavar="PORT",
    help="The port of 127.0.0.1 to listen on; 0 is any free one.",
)
@click.option("--endpoint", metavar="ID", shell_complete=endpoint_ids, help="Open the chat of this endpoint.")
def web(port: int, endpoint: str | None) -> None:
    """Serve the app to browsers on this machine, and nobody else.

    Prints its address, which carries a key of this run, and serves until Ctrl-C or SIGTERM. Each tab is a
    session of its own; all see the same endpoints, chats and quota.
    """
    from tui_app.cli.web_run import serve_browsers

    in_event_loop(serve_browsers(port, endpoint))
