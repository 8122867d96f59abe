"""`inferterm chat`: a conversation, in the app or in lines."""

from __future__ import annotations

import sys

import click

from tui_app.cli.completion import endpoint_ids
from tui_app.cli.exits import CODES_HELP
from tui_app.cli.opening import open_app
from tui_app.cli.session import with_workbench
from tui_app.cli.streams import InputFailed, closed, is_terminal

_EPILOG = f"""\b
Examples:
  inferterm chat my-claude                 the app, on that endpoint's chat
  inferterm chat my-claude --plain         the same in lines, for screen readers and simple terminals
  printf '%s\\n' "Name a river" "And its source?" | inferterm chat sandbox --plain

In lines, /help lists the commands. Standard output carries the answers, standard error all else. Through a
pipe each line is a prompt that waits for the answer before it; the exit code is that of the last that failed.

{CODES_HELP}
"""


@click.command(short_help="Chat in the app, or in lines with --plain.", epilog=_EPILOG)
@click.argument("inference_id", metavar="ID", shell_complete=endpoint_ids)
@click.option("--plain", is_flag=True, help="Lines one after the other: nothing is drawn, nothing moves.")
@click.option(
    "--new/--continue",
    "fresh",
    default=None,
    help="Begin a new conversation, or go on with the endpoint's last one, as a terminal does if not told.",
)
def chat(inference_id: str, plain: bool, fresh: bool | None) -> int:
    """Chat with the endpoint ID.

    What is said in lines is kept with all other conversations, and the app shows it.
    """
    if not plain:
        if fresh is not None:
            raise click.UsageError("--new and --continue go with --plain")
        return open_app(inference_id, f"chat {inference_id} --plain")
    if closed(sys.stdin):
        raise InputFailed("standard input is closed; the prompts were to come from there")
    interactive = is_terminal(sys.stdin, sys.stderr)

    from tui_app.cli.plain_chat import PlainChat

    begin_new = not interactive if fresh is None else fresh
    source = sys.stdin.fileno()
    return with_workbench(
        lambda bench: PlainChat(bench, source, interactive=interactive).run(inference_id, fresh=begin_new)
    )
