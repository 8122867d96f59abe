"""`inferterm doctor`: what works here and what does not."""

from __future__ import annotations

import click

from tui_app.cli.session import with_workbench


@click.command(
    short_help="Look at keyring, files, versions and terminal.",
    epilog="\b\nExample:\n  inferterm doctor --json | jq .keyring",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of words.")
def doctor(as_json: bool) -> None:
    """Look at the keyring, the files and their permissions, the versions, the terminal.

    The keyring is tried with a mark that is deleted again, unless a window would have to open for that. Exits
    with 0 whatever it finds; no key is read or shown.
    """
    from tui_app.cli.diagnosis import examine, print_diagnosis

    with_workbench(lambda bench: print_diagnosis(examine(bench), as_json=as_json))
