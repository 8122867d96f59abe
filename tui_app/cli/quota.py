"""`inferterm quota`: what is left, and when there is more."""

from __future__ import annotations

import click

from tui_app.cli.completion import endpoint_ids
from tui_app.cli.session import with_workbench


@click.command(
    epilog="\b\nExamples:\n  inferterm quota\n  inferterm quota my-claude --json | jq .left\n"
    "  inferterm quota my-claude --prompts 200"
)
@click.argument("inference_id", metavar="[ID]", required=False, shell_complete=endpoint_ids)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: one object, or a list without ID.")
@click.option(
    "--prompts", type=click.IntRange(1, 1_000_000), metavar="N", help="Tell when the last of N more starts."
)
def quota(inference_id: str | None, as_json: bool, prompts: int | None) -> None:
    """Tell what is left of the limit of an endpoint, or of all.

    Counted over all processes of yours on this machine: how many requests started in the last minute,
    when the next may start, when all are free again, who waits, and until when and why the service
    closed it. The service's own limits are told beside, as it told them last, with a warning when yours
    is higher or when somebody else uses the same key.
    """
    from tui_app.cli.gauges import print_quotas

    with_workbench(lambda bench: print_quotas(bench, inference_id, prompts, as_json=as_json))
