"""`inferterm chats`: the conversations that are kept."""

from __future__ import annotations

import click

from tui_app.cli.session import with_workbench

_LIST = "\b\nExamples:\n  inferterm chats list\n  inferterm chats list --search 'rate limit' --json"
_EXPORT = (
    "\b\nExamples:\n  inferterm chats export 12 > talk.md\n"
    "  inferterm chats export --all --as json --output chats.json"
)
_IMPORT = "\b\nExamples:\n  inferterm chats import chats.json"


@click.group()
def chats() -> None:
    """List, search, export and import conversations."""


@chats.command("list", short_help="List or search them.", epilog=_LIST)
@click.option("--search", "words", metavar="WORDS", help="Only turns in which all of these words stand.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def list_(words: str | None, *, as_json: bool) -> None:
    """List conversations with their numbers, the pinned first, then the latest."""
    from tui_app.cli.chat_files import print_chats

    with_workbench(lambda bench: print_chats(bench, words, as_json=as_json))


@chats.command(short_help="Write some as Markdown or JSON.", epilog=_EXPORT)
@click.argument("numbers", metavar="[NUMBER]...", type=click.IntRange(1), nargs=-1)
@click.option("--all", "of_all", is_flag=True, help="All conversations.")
@click.option("--as", "form", type=click.Choice(["markdown", "json"]), default="markdown", show_default=True)
@click.option("--output", metavar="FILE", help="Write there instead of to standard output.")
@click.option("--force", is_flag=True, help="Overwrite FILE.")
def export(numbers: tuple[int, ...], form: str, output: str | None, *, of_all: bool, force: bool) -> None:
    """Write conversations: as Markdown for people, as JSON with all versions, to be imported again."""
    from tui_app.cli.chat_files import export_chats

    if bool(numbers) is of_all:
        raise click.UsageError("name conversations by their numbers, or say --all")
    with_workbench(lambda bench: export_chats(bench, numbers, form, output, force=force))


@chats.command("import", short_help="Keep those of a JSON export.", epilog=_IMPORT)
@click.argument("file", metavar="FILE")
def import_(file: str) -> None:
    """Keep the conversations of a JSON export as new ones; - is standard input."""
    from tui_app.cli.chat_files import import_chats
    from tui_app.cli.files import name_of, read_text

    title, text = name_of(file), read_text(file, "the export")
    with_workbench(lambda bench: import_chats(bench, title, text))
