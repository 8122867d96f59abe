"""`inferterm endpoints export` and `import`: endpoints to other programs, and from what those show."""

from __future__ import annotations

import click

from tui_app.cli.completion import endpoint_ids
from tui_app.cli.session import with_workbench

_FORMS = ("console", "curl", "python", "javascript", "json")
_EXPORT_EPILOG = """\b
Examples:
  inferterm endpoints export my-claude --as curl
  inferterm endpoints export --all --as console --output endpoints.txt
  inferterm endpoints export my-claude --as python --key-from ANTHROPIC_API_KEY

The key never goes out: a placeholder stands for it, or the variable that --key-from names.
"""
_IMPORT_EPILOG = """\b
Examples:
  inferterm endpoints import < pasted.txt
  inferterm endpoints import endpoints.txt --dry-run
  curl -s $ELASTICSEARCH_URL/_inference/_all | inferterm endpoints import --replace
  inferterm endpoints import body.json --id my-claude

Exit codes: 0 done, 2 something in it is wrong, and nothing was made; others as elsewhere, for the first
endpoint that could not be kept, while the others were.
"""


@click.command("export", epilog=_EXPORT_EPILOG)
@click.argument("inference_ids", metavar="[ID]...", nargs=-1, shell_complete=endpoint_ids)
@click.option(
    "--as", "form", type=click.Choice(_FORMS), default="console", show_default=True, help="For what."
)
@click.option("--all", "everything", is_flag=True, help="All endpoints instead of those that are named.")
@click.option("--key-from", metavar="VARIABLE", default="", help="The environment variable that has the key.")
@click.option("--output", metavar="FILE", type=click.Path(dir_okay=False), help="Write to a file.")
@click.option("--force", is_flag=True, help="Overwrite the file without asking.")
def export(
    inference_ids: tuple[str, ...],
    *,
    form: str,
    everything: bool,
    key_from: str,
    output: str | None,
    force: bool,
) -> None:
    """Print what makes endpoints elsewhere: a request of Console, curl, Python, JavaScript, or JSON."""
    from tui_app.cli.exports import Export, export_endpoints

    if everything == bool(inference_ids):
        raise click.UsageError("name endpoints, or say --all")
    if key_from and not (key_from.isascii() and key_from.isidentifier()):
        raise click.UsageError("a variable's name has letters, digits and _", click.get_current_context())
    wanted = Export(inference_ids, form, key_from, output, force)
    with_workbench(lambda bench: export_endpoints(bench, wanted))


@click.command("import", epilog=_IMPORT_EPILOG)
@click.argument("file", required=False, type=click.Path())
@click.option("--id", "inference_id", metavar="ID", default="", help="The id of a body that names none.")
@click.option("--replace", is_flag=True, help="Change endpoints that exist and differ; else they stay.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be made.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of words.")
@click.option("--yes", is_flag=True, help="Do not ask. Without a terminal nothing is asked anyway.")
def import_(
    file: str | None, *, inference_id: str, replace: bool, dry_run: bool, as_json: bool, yes: bool
) -> None:
    """Make endpoints from FILE or, without FILE or with -, from standard input.

    It takes requests of Console and curl, calls of the Python and JavaScript clients, PUT bodies, answers
    of GET _inference and inferterm's own files, as documentation shows them, several at once. Keys in them
    go to the key store and are shown nowhere.
    """
    from tui_app.cli.imports import Import, import_endpoints, read_paste

    wanted = Import(inference_id, replace=replace, dry_run=dry_run, as_json=as_json, yes=yes)
    paste = read_paste(file)
    with_workbench(lambda bench: import_endpoints(bench, paste, wanted.named_after(file)))
