"""`inferterm serve`: the `_inference` API for every Elasticsearch client."""

from __future__ import annotations

import click

from tui_app.cli.session import with_workbench

_PORT = 9250
_HOST = "127.0.0.1"

_EPILOG = """\b
Examples:
  inferterm serve
  inferterm serve --port 0               any free port; the first line says which
  inferterm serve | head -n 2            URL and key, for a script

Exit codes: 0 stopped with Ctrl-C or SIGTERM, 1 the port is taken (it says by whom), 2 bad input.
"""


@click.command(
    short_help="Serve the endpoints to Elasticsearch's clients: the _inference API.", epilog=_EPILOG
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=_PORT,
    show_default=True,
    metavar="PORT",
    help="The port to listen on; 0 is any free one.",
)
@click.option(
    "--host",
    default=_HOST,
    show_default=True,
    metavar="HOST",
    help="The address to listen on. One that other machines reach goes only with a key.",
)
@click.option("--no-auth", is_flag=True, help="Ask for no key: every program on this machine may use it.")
def serve(port: int, host: str, no_auth: bool) -> None:
    """Serve the _inference API of Elasticsearch 9.5 on this machine: same endpoints, keys and quota.

    Prints its URL and its API key on lines of their own, then what to paste into a client, and serves until
    Ctrl-C or SIGTERM. After that nothing of a key, prompt or answer is printed.
    """
    from tui_app.cli.serve_run import serve_inference
    from tui_app.core.served import ServeOptions

    options = ServeOptions(port, host, auth=not no_auth)
    with_workbench(lambda bench: serve_inference(bench, options), lasting=True)
