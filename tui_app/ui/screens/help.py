"""Help for where the person is: what the screen is for, and every command that is possible there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from inspect import cleandoc
from typing import ClassVar, Protocol, runtime_checkable

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from tui_app.ui.command import Command
from tui_app.ui.commands import BY_ID
from tui_app.ui.everywhere import keys_from
from tui_app.ui.widgets.columns import hung

_KEY_WIDTH = 16
_QUESTION = """
A question: the arrows or tab go from one answer to the next, enter takes it, esc leaves everything as
it is. ctrl+] shows a letter over each of them.
"""
"""What is said of a dialogue that says nothing of itself."""
_PALETTE = """
Commands by name: type a part of a name or of what a command does, the arrows go through what is found,
enter runs it, esc closes. All that is possible on the screen below is here; F1 there tells the keys.
"""


@runtime_checkable
class Personal(Protocol):
    """An app with a person's own keys."""

    @property
    def own_keys(self) -> Mapping[str, str]:
        """The keys that a person gave to commands, by their ids."""


class HelpScreen(ModalScreen[None]):
    """Help for another screen, from its HELP text and the one table of commands."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", "close", show=False),
    ]

    def __init__(self, place: Screen[object]) -> None:
        super().__init__()
        self._about, self._commands = _about(place), _commands(place)

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog") as box:
            box.border_title, box.border_subtitle = Content("Help"), Content("esc closes")
            yield Static(id="help-lines")

    def on_resize(self) -> None:
        room = min(70, self.size.width - 12) - _KEY_WIDTH
        lines = [hung(line, _KEY_WIDTH, room) for line in self._commands.values()]
        if self._commands:
            words = f"\nTheir ids, for keymap.json: {', '.join(self._commands)}"
            lines.append(Content.styled(words, "$text-muted"))
        self.query_one("#help-lines", Static).update(Content("\n").join([*self._about, *lines]))


def _about(place: Screen[object]) -> list[Content]:
    palette = isinstance(place, CommandPalette)
    paragraphs = cleandoc(_PALETTE if palette else place.HELP or _QUESTION).split("\n\n")
    text = "\n\n".join(" ".join(each.split()) for each in paragraphs)
    return [Content(text), Content("")] if text else []


def _commands(place: Screen[object]) -> dict[str, Content]:
    """A line for each command, by its id."""
    lines: dict[str, Content] = {}
    for _, binding, enabled, _ in place.active_bindings.values():
        command = BY_ID.get(binding.id or "")
        if command is not None:
            found = [each.binding for each in place.active_bindings.values() if each.binding.id == binding.id]
            lines[command.id] = _line(place, command, found, "" if enabled else " (not possible now)")
    if place.is_modal and isinstance(place.app, Personal):
        for command, keys in keys_from(place, place.app.own_keys):
            found = [replace(command.binding(), key=key) for key in keys]
            lines[command.id] = _line(place, command, found)
    return lines


def _line(place: Screen[object], command: Command, found: list[Binding], mark: str = "") -> Content:
    """A command's keys, what it does, and what is to be said of it now."""
    keys = " ".join(dict.fromkeys(place.app.get_key_display(each) for each in found))
    return Content.assemble(
        (f"{keys} ".ljust(_KEY_WIDTH), "bold $accent"), command.help, (mark, "$text-muted")
    )
