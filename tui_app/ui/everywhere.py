"""What works everywhere: from dialogues too, where Textual lets no key of the app through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from textual.command import CommandPalette
from textual.screen import Screen

from tui_app.ui.command import Command
from tui_app.ui.commands import COMMANDS
from tui_app.ui.terminal_keys import is_text

_ALWAYS: Final = frozenset({"app.help", "app.quit"})
"""What works also over a screen that is only there for a moment."""


def takes_text(screen: Screen[Any]) -> bool:
    """Whether what has the focus takes letters as text."""
    return screen.focused is not None and screen.focused.check_consume_key("j", "j")


def keys_from(screen: Screen[Any], keymap: Mapping[str, str]) -> Iterator[tuple[Command, tuple[str, ...]]]:
    """The app's commands that a dialogue lets through, each with its keys, as a keymap has left them.

    A key that is the dialogue's own, or means something in a field of it, stays that.
    """
    from tui_app.ui.screens.help import HelpScreen
    from tui_app.ui.screens.jump import JumpScreen

    passing = isinstance(screen, CommandPalette | HelpScreen | JumpScreen)
    own, types = screen.active_bindings, takes_text(screen)
    for command in COMMANDS:
        if command.place == "app" and (command.id in _ALWAYS or not passing):
            keys = keymap.get(command.id, command.key).split(",")
            if free := tuple(
                key for key in keys if command.priority or not (key in own or (types and is_text(key)))
            ):
                yield command, free
