"""Shell completion: the scripts for bash, zsh and fish, and the ids that they complete."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import click

from tui_app.cli.streams import write

_WHERE = {
    "bash": 'eval "$(inferterm completion bash)"        in ~/.bashrc',
    "zsh": 'eval "$(inferterm completion zsh)"         in ~/.zshrc, after compinit',
    "fish": "inferterm completion fish | source         in ~/.config/fish/config.fish",
}
_EPILOG = "\b\nPut this line into your shell's start-up file:\n" + "\n".join(
    f"  {line}" for line in _WHERE.values()
)


@click.command(epilog=_EPILOG)
@click.argument("shell", type=click.Choice(list(_WHERE)))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the completion script for a shell.

    It completes commands, options and the ids of your endpoints.
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None
    root = context.find_root()
    write(kind(root.command, {}, "inferterm", "_INFERTERM_COMPLETE").source() + "\n")


def endpoint_ids(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The ids that begin so, told by the names of the files alone: a shell waits for this."""
    from tui_app import wiring

    return sorted({*_names(wiring.endpoints_folder, ".json", incomplete), *_sandbox(incomplete)})


def prompt_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The names of prompts that begin so, told by the names of the files alone."""
    from tui_app import wiring

    return _names(wiring.prompts_folder, ".toml", incomplete)


def _sandbox(incomplete: str) -> list[str]:
    return ["sandbox"] if "sandbox".startswith(incomplete) else []


def _names(folder: Callable[[], Path], suffix: str, incomplete: str) -> list[str]:
    from tui_app.core.errors import StoreFailed

    try:
        files = os.listdir(folder())
    except (OSError, StoreFailed):
        files = []
    names = [file.removesuffix(suffix) for file in files if file.endswith(suffix)]
    return sorted(name for name in names if name.startswith(incomplete) and not name.startswith("."))
