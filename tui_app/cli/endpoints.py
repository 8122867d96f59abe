"""`inferterm endpoints`: list, show, put, delete, export, import."""

from __future__ import annotations

import click

from tui_app.cli.completion import endpoint_ids
from tui_app.cli.session import with_workbench
from tui_app.cli.travel import export, import_

_JSON_HELP = "Print JSON instead of words."

_PUT_EPILOG = """\b
Examples:
  inferterm endpoints put my-claude body.json
  inferterm endpoints put my-claude --verify < body.json
  inferterm endpoints show old --body | inferterm endpoints put new
  inferterm endpoints put my-claude - <<'END'
  {"service": "anthropic",
   "service_settings": {"model_id": "claude-haiku-5-5"},
   "task_settings": {"max_tokens": 1024}}
  END

Exit codes: 0 kept, 2 the body is not right or the id is taken, 3 nowhere to keep the key; with --verify
also 4 refused by the service and 5 network. Whenever it is not 0, nothing was written.
"""


@click.group()
def endpoints() -> None:
    """List, show, put, delete, export and import endpoints.

    Each is a file ID.json below the configuration folder; `inferterm doctor` tells where.
    """


@endpoints.command(
    "list", epilog="\b\nExample:\n  inferterm endpoints list --json | jq -r '.[].inference_id'"
)
@click.option("--json", "as_json", is_flag=True, help=_JSON_HELP)
def list_endpoints(as_json: bool) -> None:
    """List all endpoints, also those whose files are broken."""
    from tui_app.cli.listing import print_list

    with_workbench(lambda bench: print_list(bench, as_json=as_json))


@endpoints.command(epilog="\b\nExample:\n  inferterm endpoints show my-claude --body > body.json")
@click.argument("inference_id", metavar="ID", shell_complete=endpoint_ids)
@click.option("--body", is_flag=True, help="Print the bare PUT body, without a key, as a cluster takes it.")
@click.option("--json", "as_json", is_flag=True, help=_JSON_HELP)
def show(inference_id: str, body: bool, as_json: bool) -> None:
    """Show one endpoint with its key's state."""
    from tui_app.cli.listing import print_body, print_one

    if body:
        with_workbench(lambda bench: print_body(bench, inference_id))
    else:
        with_workbench(lambda bench: print_one(bench, inference_id, as_json=as_json))


@endpoints.command(epilog=_PUT_EPILOG)
@click.argument("inference_id", metavar="ID", shell_complete=endpoint_ids)
@click.argument("file", required=False, type=click.Path())
@click.option("--replace", is_flag=True, help="Replace the endpoint if the id exists.")
@click.option(
    "--verify/--no-verify",
    default=False,
    help="First send one small request; nothing is written when it fails. Not done unless asked for.",
)
def put(inference_id: str, file: str | None, replace: bool, verify: bool) -> None:
    """Keep an endpoint from the PUT body in FILE or, without FILE or with -, on standard input.

    The body is Elasticsearch's for the anthropic service; `task_type` and an object `local` with
    inferterm's own settings may stand in it. A key in it goes to the key store, never to a file. With
    --replace, a body without `local` leaves the endpoint's own as it is.
    """
    from tui_app.cli.bodies import Put, put_endpoint, read_body

    whole = Put(inference_id, read_body(inference_id, file), replace=replace, verify=verify)
    with_workbench(lambda bench: put_endpoint(bench, whole))


@endpoints.command(epilog="\b\nExample:\n  inferterm endpoints delete my-claude --with-key --yes")
@click.argument("inference_id", metavar="ID", shell_complete=endpoint_ids)
@click.option(
    "--with-key/--keep-key",
    default=None,
    help="Delete its key too, or keep it. Without either a terminal is asked; a script keeps it.",
)
@click.option("--yes", is_flag=True, help="Do not ask. Without a terminal nothing is asked anyway.")
def delete(inference_id: str, with_key: bool | None, yes: bool) -> None:
    """Delete an endpoint. Its conversations stay."""
    from tui_app.cli.removal import delete_endpoint

    with_workbench(lambda bench: delete_endpoint(bench, inference_id, with_key=with_key, yes=yes))


endpoints.add_command(export)
endpoints.add_command(import_)
