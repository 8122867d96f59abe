"""`inferterm sandbox`: the Messages API simulator alone, for any client on this machine."""

from __future__ import annotations

import click

from tui_app.cli.numbers import COUNT, PACE
from tui_app.cli.session import in_event_loop

_EPILOG = """\b
Examples:
  inferterm sandbox
  inferterm sandbox --port 8080 --requests-per-minute 5
  inferterm sandbox --tokens-per-second 0          as fast as it can

\b
With any client that reads these two variables:
  export ANTHROPIC_BASE_URL=http://127.0.0.1:8080
  export ANTHROPIC_API_KEY=...             the second line that it prints
"""


@click.command(short_help="Serve the sandbox: a Messages API without keys or costs.", epilog=_EPILOG)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="PORT",
    help="The port of 127.0.0.1 to listen on; any free one if not named.",
)
@click.option(
    "--requests-per-minute", type=COUNT, metavar="N", help="Requests that a key may start a minute."
)
@click.option(
    "--tokens-per-second", type=PACE, metavar="X", help="Pace of its streams; 0 is as fast as it can."
)
def sandbox(port: int, requests_per_minute: int | None, tokens_per_second: float | None) -> None:
    """Serve the sandbox, a Messages API that needs no key of yours and costs nothing.

    Prints its URL and its key on lines of their own, and serves until Ctrl-C or SIGTERM.
    """
    from tui_app.cli.sandbox_run import serve_sandbox

    in_event_loop(serve_sandbox(port, requests_per_minute, tokens_per_second))
