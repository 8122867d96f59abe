"""`inferterm batch`: many prompts from a file to one endpoint, within its limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui_app.cli.completion import endpoint_ids, prompt_names
from tui_app.cli.exits import CODES_HELP
from tui_app.cli.numbers import SECONDS
from tui_app.cli.request_options import request_options
from tui_app.cli.session import with_workbench
from tui_app.cli.variables import read_variables

if TYPE_CHECKING:
    from tui_app.core.conversation import Settings

_EPILOG = f"""\b
Examples:
  inferterm batch questions.csv --endpoint my-claude > answers.csv
  inferterm batch rows.jsonl --endpoint my-claude --prompt translate
  inferterm batch tests.csv --endpoint sandbox --format jsonl | jq .passed
  inferterm batch tests.csv --endpoint my-claude --grid temperature=0,0.5,1

\b
Columns of FILE (CSV with a header, or JSONL with an object a line):
  prompt, system         what is asked, unless --prompt fills a kept prompt in
  contains, not_contains a text that the answer contains, or does not
  matches, equals        a regular expression; the whole answer
  json, json_schema      `true`; a JSON schema that the answer, as JSON, fits
  max_tokens, max_seconds, max_dollars
                         the most output tokens, seconds from sending to the
                         end, US dollars
  check:contains, ...    the same, where a column of that name is your data
  __expected, __prefix, __suffix, __metric, __threshold, __metadata:...
                         promptfoo's, as they are

Each answer is on disk as soon as it is there. Whatever ends the command (Ctrl-C, a kill, a power cut), the
same command goes on where it was, and asks nothing twice: a row that was on its way when the process was
killed is told as lost, and asked again only with --retry-lost. When all rows have ended, they are printed, in
their order. The same command after that prints them again and asks nothing, unless --again is given. Where
the file was changed, rows that ask the same as before keep their answers, judged by the checks of now.

{CODES_HELP.replace("0 done", "0 all passed").replace("1 the disk", "1 a check failed, or the disk")}
Where rows ended in several ways the gravest counts: 4 before 5 before 1.
"""


@click.command(short_help="Ask all prompts of a CSV or JSONL file, and check the answers.", epilog=_EPILOG)
@click.argument("file", metavar="FILE")
@click.option(
    "--endpoint",
    "inference_id",
    required=True,
    metavar="ID",
    shell_complete=endpoint_ids,
    help="The endpoint to ask.",
)
@click.option(
    "--prompt",
    "prompts",
    multiple=True,
    metavar="NAME",
    shell_complete=prompt_names,
    help="A kept prompt, filled in with the columns; may be repeated.",
)
@click.option(
    "--var",
    "variables",
    multiple=True,
    metavar="NAME=VALUE",
    help="A variable that no column gives; @FILE reads a file.",
)
@click.option(
    "--grid",
    multiple=True,
    metavar="NAME=V,V",
    help="Ask each row with each value: max_tokens, temperature, top_p, top_k.",
)
@click.option(
    "--format", "kind", type=click.Choice(["csv", "jsonl"]), help="What is printed; as FILE if not said."
)
@request_options
@click.option(
    "--timeout",
    type=SECONDS,
    metavar="S",
    help="Stop after S seconds; do not begin if the limit alone takes longer.",
)
@click.option("--at-once", type=click.IntRange(1, 1000), metavar="N", help="The most requests on the way.")
@click.option("--retry-failed", is_flag=True, help="Ask again what was refused or lost its connection.")
@click.option("--retry-lost", is_flag=True, help="Ask again what was on its way when a process was killed.")
@click.option("--again", is_flag=True, help="Begin a new batch, whatever is kept of earlier ones.")
@click.option("--dry-run", is_flag=True, help="Say what would be asked, and ask nothing.")
def batch(
    *,
    file: str,
    inference_id: str,
    prompts: tuple[str, ...],
    variables: tuple[str, ...],
    grid: tuple[str, ...],
    kind: str | None,
    settings: Settings,
    timeout: float | None,
    at_once: int | None,
    retry_failed: bool,
    retry_lost: bool,
    again: bool,
    dry_run: bool,
) -> int:
    """Ask an endpoint all prompts of FILE within its limit, and print rows, answers and checks.

    FILE is CSV or JSONL; - reads standard input. Before it starts, it says on standard error how many
    requests there will be, about what they cost, and when they will be done.
    """
    from tui_app.cli.batch_run import run_batch
    from tui_app.cli.batch_wish import Wish

    wish = Wish(
        file,
        inference_id,
        prompts,
        read_variables(variables),
        grid,
        "csv" if kind == "csv" else "jsonl" if kind == "jsonl" else None,
        settings,
        timeout,
        at_once,
        retry_failed=retry_failed,
        retry_lost=retry_lost,
        again=again,
        dry_run=dry_run,
    )
    return with_workbench(lambda bench: run_batch(bench, wish))
