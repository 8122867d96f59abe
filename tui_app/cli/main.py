"""The command `inferterm`: opens the app, or runs one of its commands."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import click

from tui_app import __version__
from tui_app.cli.completion import endpoint_ids
from tui_app.cli.exits import Exit, run
from tui_app.cli.session import leave
from tui_app.cli.streams import prepare

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_COMMANDS: Final = {
    "ask": ("ask", "Ask one prompt and print the answer as it comes."),
    "chat": ("chat", "Chat in the app, or in lines with --plain."),
    "batch": ("batch", "Ask all prompts of a CSV or JSONL file, and check the answers."),
    "chats": ("chats", "List, search, export and import conversations."),
    "completion": ("completion", "Print the completion script for a shell."),
    "doctor": ("doctor", "Look at keyring, files, versions and terminal."),
    "endpoints": ("endpoints", "List, show, put, delete, export and import endpoints."),
    "key": ("keys", "Set, delete and look after the API keys of endpoints."),
    "prompts": ("prompts", "List, show and compare the prompts that are kept."),
    "quota": ("quota", "Tell what is left of each limit, and when there is more."),
    "totals": ("totals", "Tell what all requests came to: tokens, cost, times, errors."),
    "settings": ("settings", "Tell or change what holds for all endpoints."),
    "sandbox": ("sandbox", "Serve the sandbox: a Messages API without keys or costs."),
    "web": ("web", "Open the app in a browser on this machine."),
    "serve": ("serve", "Serve the endpoints to Elasticsearch's clients: the _inference API."),
}
"""Each command's module beside this one, and a line about it."""

_EPILOG: Final = """\b
Examples:
  inferterm                              open the app
  inferterm --endpoint my-claude         open the app on that endpoint's chat
  inferterm ask sandbox "Hello"          needs neither a key nor a network
  inferterm endpoints put my-claude body.json
  inferterm key set my-claude
  git diff | inferterm ask my-claude --system "Review this change" -
"""


class _Commands(click.Group):
    """Commands that are imported when they are called, not when they are listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"tui_app.cli.{_COMMANDS[cmd_name][0]}")
        command = getattr(module, cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in sorted(_COMMANDS.items())])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[Any]]:
        from click.shell_completion import CompletionItem

        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [*(CompletionItem(name, help=_COMMANDS[name][1]) for name in names), *options]


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EPILOG,
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.option("--endpoint", metavar="ID", shell_complete=endpoint_ids, help="Open the chat of this endpoint.")
@click.pass_context
def inferterm(context: click.Context, endpoint: str | None) -> int:
    """A terminal workbench for Anthropic completion endpoints.

    Without a command it opens the app, which needs a terminal. The commands work anywhere.
    """
    if context.invoked_subcommand is not None:
        if endpoint is not None:
            raise click.UsageError("--endpoint opens the app and goes with no command", context)
        return Exit.DONE
    from tui_app.cli.opening import open_app

    return open_app(endpoint, "ask ID PROMPT")


def _leave_no_core() -> None:
    """Let no crash write this process's memory to a file: keys are in it."""
    try:
        import resource
    except ImportError:  # there is none on Windows, nor are there such files
        return
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code."""
    _leave_no_core()
    prepare()
    leave(run(inferterm, args))
