"""`inferterm totals`: what all requests came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui_app.cli.completion import endpoint_ids
from tui_app.cli.session import with_workbench

if TYPE_CHECKING:
    from tui_app.core.totals_output import Form

_EPILOG = """\b
Examples:
  inferterm totals
  inferterm totals --by endpoint --since today
  inferterm totals my-claude --by model --since 2026-11-01
  inferterm totals --since all --json | jq .total.cost_usd
"""


@click.command(short_help="Tell what all requests came to: tokens, cost, times, errors.", epilog=_EPILOG)
@click.argument("inference_id", metavar="[ID]", required=False, shell_complete=endpoint_ids)
@click.option(
    "--by",
    type=click.Choice(["day", "endpoint", "model", "chat"]),
    default="day",
    show_default=True,
    help="What requests are put together by.",
)
@click.option(
    "--since",
    "span",
    default="30d",
    show_default=True,
    metavar="SPAN",
    help="today, a number of days such as 7d (today is one), a date, or all.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: total, groups, course.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV: a row for each day, endpoint, model or chat.")
def totals(inference_id: str | None, by: str, span: str, *, as_json: bool, as_csv: bool) -> None:
    """Tell requests, tokens, cost, p50 and p95 of the first token and of tokens a second, errors by kind.

    Counted is every request of yours on this machine that was sent, or found nobody to be sent to: from
    chats, side by side, ask, batch, serve, verification. Days are those of your own time zone. What the
    sandbox would have cost is marked with ~ and is part of no cost; ≥ marks a cost that may be higher: no
    price is known for some, or an answer was cut before the service told its tokens.
    """
    from tui_app.cli.totals_table import print_totals

    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other")
    form: Form | None = "json" if as_json else "csv" if as_csv else None
    with_workbench(lambda bench: print_totals(bench, inference_id, by, span, form))
