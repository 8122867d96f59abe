"""What the palette offers: every command that is possible on a screen, whatever has the keys there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Final, Protocol, runtime_checkable

from textual.app import App, SystemCommand
from textual.dom import DOMNode
from textual.screen import Screen

from tui_app.ui.commands import BY_ID

_BESIDE: Final = frozenset({"prompt"})
"""Places whose commands are offered also while something else on the screen has the focus."""


@runtime_checkable
class Offering(Protocol):
    """A screen that can do more than the commands say of what has the focus."""

    def more_commands(self) -> Iterable[SystemCommand]:
        """What the palette is to offer besides."""


def offers(app: App[Any], screen: Screen[Any]) -> Iterator[SystemCommand]:
    """The commands that are possible, those of what has the focus first.

    A key may type a letter where the cursor is, or be another command's there: the command is offered
    all the same.
    """
    offered = {"app.command_palette"}
    for node in _nodes(app, screen):
        for _, binding in node._bindings:
            command = BY_ID.get(binding.id or "")
            if command is None or command.id in offered:
                continue
            if app._check_action_state(binding.action, node):
                offered.add(command.id)
                run = partial(app.run_action, binding.action, node)
                yield SystemCommand(command.title.capitalize(), command.help, run)
    if isinstance(screen, Offering):
        yield from screen.more_commands()


def _nodes(app: App[Any], screen: Screen[Any]) -> list[DOMNode]:
    """All that has commands: what has the focus, what is round it, the app, and what stands beside."""
    focused = screen.focused
    chain: list[DOMNode] = [*(focused.ancestors_with_self if focused else (screen, app))]
    if app not in chain:
        chain.append(app)
    places = {
        node: {(binding.id or "").partition(".")[0] for _, binding in node._bindings}
        for node in screen.walk_children()
        if node not in chain
    }
    return [*chain, *(node for node, found in places.items() if found & _BESIDE)]
