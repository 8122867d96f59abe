"""`inferterm ask`: one prompt, one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui_app.cli.completion import endpoint_ids, prompt_names
from tui_app.cli.exits import CODES_HELP, complain
from tui_app.cli.numbers import SECONDS
from tui_app.cli.request_options import request_options
from tui_app.cli.session import with_workbench
from tui_app.cli.streams import read_input
from tui_app.cli.variables import read_variables, sound

if TYPE_CHECKING:
    from tui_app.core.conversation import Settings

_EPILOG = f"""\b
Examples:
  inferterm ask sandbox "Write a haiku about queues"
  git diff | inferterm ask my-claude --system "Review this change" > review.md
  inferterm ask my-claude --json "What is 6 times 7?" | jq -r .text
  inferterm ask my-claude --prompt translate --var text=@letter.txt
  inferterm ask my-claude --attach a.png --attach b.csv "Do they agree?"
  inferterm ask my-claude --timeout 20 -- "-5 degrees: cold?"

Into a pipe or a file goes the exact text of the answer. On a terminal control characters are left out, and a
last line end is added where there is none.

{CODES_HELP}
"""


@click.command(short_help="Ask one prompt and print the answer as it comes.", epilog=_EPILOG)
@click.argument("inference_id", metavar="ID", shell_complete=endpoint_ids)
@click.argument("prompt", required=False)
@click.option(
    "--prompt",
    "template",
    metavar="NAME",
    shell_complete=prompt_names,
    help="A kept prompt, in place of PROMPT.",
)
@click.option(
    "--var",
    "variables",
    multiple=True,
    metavar="NAME=VALUE",
    help="What stands for {{NAME}} in the kept prompt; @FILE reads a file.",
)
@click.option(
    "--attach",
    "files",
    multiple=True,
    type=click.Path(),
    metavar="FILE",
    help="A text file or an image that goes along; may be given several times.",
)
@request_options
@click.option(
    "--timeout",
    type=SECONDS,
    metavar="S",
    help="Wait at most S seconds for the quota, retries and each silence of the service.",
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print one JSON object at the end: inference_id, model, text, stop_reason, usage, request_id, "
    "timing; and error, where only a part of the answer came.",
)
def ask(
    *,
    inference_id: str,
    prompt: str | None,
    template: str | None,
    variables: tuple[str, ...],
    files: tuple[str, ...],
    settings: Settings,
    timeout: float | None,
    as_json: bool,
) -> None:
    """Ask the endpoint ID a prompt and print the answer as it comes.

    Without PROMPT, or with - in its place, the prompt is read from standard input.
    """
    if variables and template is None:
        raise click.UsageError("--var is for --prompt NAME")
    if template is not None and prompt is not None:
        raise click.UsageError("give either PROMPT or --prompt NAME")
    if "-" in files:
        raise click.UsageError("--attach takes a file, not standard input; write ./- for a file of that name")
    values = read_variables(variables)
    text = "" if template is not None else _prompt(prompt)

    from tui_app.cli.answers import Question, ask_and_print

    question = Question(inference_id, text, settings, timeout, as_json, template, values, files)
    with_workbench(lambda bench: ask_and_print(bench, question))


def _prompt(given: str | None) -> str:
    """The prompt as it was given, or else as it comes by standard input."""
    if given is not None and given != "-":
        return sound(given)
    data = read_input("the prompt")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        complain("the prompt is not all UTF-8; what is not was replaced")
        return data.decode("utf-8-sig", "replace")
