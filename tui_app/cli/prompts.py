"""`inferterm prompts`: the prompts that are kept, each a file."""

from __future__ import annotations

import click

from tui_app.cli.completion import prompt_names
from tui_app.cli.session import with_workbench

_FORM = """
Each prompt is a file of TOML, NAME.toml, in the folder that `list` prints first. It may lie under git:

\b
  description = "Translates a text"
  system = "You translate into {{language}}."
  prompt = '''
  Translate:
  {{text}}'''
\b
  [defaults]
  language = "English"

In place of `prompt`, turns may be written; the last may begin the answer, where the model takes that:

\b
  [[turns]]
  role = "user"
  text = "{{text}}"

\b
Examples:
  inferterm ask my-claude --prompt translate --var text=@letter.txt
  inferterm batch letters.csv --endpoint my-claude --prompt translate
"""

_LIST = "\b\nExamples:\n  inferterm prompts list\n  inferterm prompts list --json | jq -r '.[].name'"
_SHOW = (
    "\b\nExamples:\n  inferterm prompts show translate\n  inferterm prompts show translate --var text=Hallo"
)
_VERSIONS = "\b\nExample:\n  inferterm prompts versions translate"
_DIFF = "\b\nExamples:\n  inferterm prompts diff translate\n  inferterm prompts diff translate 1 3"


@click.group(epilog=_FORM)
def prompts() -> None:
    """List, show and compare the prompts that are kept.

    A prompt holds {{name}} where something is filled in. `\\{{` stands for two braces that mean nothing.
    """


@prompts.command("list", short_help="List all.", epilog=_LIST)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def list_(*, as_json: bool) -> None:
    """List the prompts with their variables; broken files with line and reason."""
    from tui_app.cli.prompt_lists import print_prompts

    with_workbench(lambda bench: print_prompts(bench, as_json=as_json))


@prompts.command(short_help="Print one, as it stands or filled in.", epilog=_SHOW)
@click.argument("name", metavar="NAME", shell_complete=prompt_names)
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="Show it with this filled in.")
def show(name: str, variables: tuple[str, ...]) -> None:
    """Print the prompt NAME as it stands in its file, or filled in with variables."""
    from tui_app.cli.prompt_lists import print_prompt
    from tui_app.cli.variables import read_variables

    values = read_variables(variables)
    with_workbench(lambda bench: print_prompt(bench, name, values))


@prompts.command(short_help="List the texts that one had.", epilog=_VERSIONS)
@click.argument("name", metavar="NAME", shell_complete=prompt_names)
def versions(name: str) -> None:
    """List the texts that NAME had whenever inferterm used it, the oldest first."""
    from tui_app.cli.prompt_lists import print_versions

    with_workbench(lambda bench: print_versions(bench, name))


@prompts.command(short_help="Print how two versions of one differ.", epilog=_DIFF)
@click.argument("name", metavar="NAME", shell_complete=prompt_names)
@click.argument("before", metavar="[FROM]", type=click.IntRange(1), required=False)
@click.argument("after", metavar="[TO]", type=click.IntRange(1), required=False)
def diff(name: str, before: int | None, after: int | None) -> None:
    """Print how version TO of NAME differs from version FROM: the latest from the one before it."""
    from tui_app.cli.prompt_lists import print_difference

    with_workbench(lambda bench: print_difference(bench, name, before, after))
