"""`inferterm key`: set, status, delete. A key is never an argument and never printed."""

from __future__ import annotations

import click

from tui_app.cli.completion import endpoint_ids
from tui_app.cli.session import with_workbench

_SET_EPILOG = """\b
Examples:
  inferterm key set claude                                 asks, hidden
  pass show anthropic | inferterm key set claude           from a pipe
  inferterm key set claude --place vault                   encrypted
  inferterm key set claude --place environment --variable MY_KEY
  inferterm key set claude --place command --command "pass show anthropic"
"""


@click.group()
def key() -> None:
    """Set, delete and look after the API keys of endpoints.

    Where there is no keyring, ANTHROPIC_API_KEY works without any choice, and `key set --place` names
    another place. A key is never an argument, never in a file in clear text, and never shown: a
    fingerprint tells keys apart.
    """


@key.command("set", epilog=_SET_EPILOG)
@click.argument("inference_id", metavar="ID", shell_complete=endpoint_ids)
@click.option(
    "--place",
    type=click.Choice(["keyring", "vault", "environment", "command"]),
    help="Where the key lies from now on; without it the place stays. The choice is stored, not the key.",
)
@click.option(
    "--variable", metavar="NAME", help="The variable that holds it; ANTHROPIC_API_KEY if not named."
)
@click.option("--command", metavar="COMMAND", help="The command that prints it.")
@click.option("--verify/--no-verify", default=False, help="Try the key first; keep it only if it is taken.")
def set_key(
    inference_id: str, place: str | None, variable: str | None, command: str | None, verify: bool
) -> None:
    """Keep the key of an endpoint: asked for without showing it, or read from standard input."""
    from tui_app.cli.key_entry import KeyPlace, set_endpoint_key

    if variable is not None and place != "environment":
        raise click.UsageError("--variable goes with --place environment")
    if (command is not None) != (place == "command"):
        raise click.UsageError("--place command and --command go together")
    chosen = KeyPlace(place, variable, command)
    with_workbench(lambda bench: set_endpoint_key(bench, inference_id, chosen, verify_first=verify))


@key.command(epilog="\b\nExample:\n  inferterm key status my-claude --json | jq -r .state")
@click.argument("inference_id", metavar="[ID]", required=False, shell_complete=endpoint_ids)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of words.")
def status(inference_id: str | None, as_json: bool) -> None:
    """Tell where the key of an endpoint stands, or those of all."""
    from tui_app.cli.key_entry import print_status

    with_workbench(lambda bench: print_status(bench, inference_id, as_json=as_json))


@key.command(epilog="\b\nExample:\n  inferterm key delete my-claude")
@click.argument("inference_id", metavar="ID", shell_complete=endpoint_ids)
def delete(inference_id: str) -> None:
    """Delete the key of an endpoint, also of one that is deleted already."""
    from tui_app.cli.key_entry import delete_endpoint_key

    with_workbench(lambda bench: delete_endpoint_key(bench, inference_id))
