"""The line at the foot of a screen: the commands that are possible now, as many as fit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from textual.binding import Binding
from textual.content import Content
from textual.events import Click
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget

from tui_app.ui.commands import BY_ID

_ALWAYS = ("app.help", "app.command_palette", "app.quit")
_GAP = 2
_RANK = {name: rank for rank, name in enumerate(BY_ID)}
"""Commands stand in the order of their table: the weightiest first."""


def key_of(screen: Screen[Any], command: str) -> str:
    """How the first key of a command is shown, as a keymap left it; empty where it is not possible."""
    order = BY_ID[command].key.split(",") if command in BY_ID else []
    found = [b for _, b, enabled, _ in screen.active_bindings.values() if b.id == command and enabled]
    binding = min(found, key=lambda b: order.index(b.key) if b.key in order else -1, default=None)
    return screen.app.get_key_display(binding) if binding else ""


class KeyBar(Widget):
    """Key and name of each command; a click runs it. Help, palette and quit never give way."""

    DEFAULT_CSS = """
    KeyBar {
        dock: bottom; height: 1; padding: 0 1;
        color: $footer-description-foreground; background: $footer-background;
    }
    """

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def on_click(self, event: Click) -> None:
        if key := event.style.meta.get("key"):
            self.app.simulate_key(key)

    def render(self) -> Content:
        width = self.content_size.width
        possible = list(self._possible())
        tail = [self._item(each) for each in possible if each.id in _ALWAYS]
        end = Content(" " * _GAP).join(tail)
        line = Content("")
        for each in possible:
            item = self._item(each)
            used = line.cell_length + (_GAP if line else 0)
            if each.show and used + item.cell_length + _GAP <= width - end.cell_length:
                line = Content.assemble(line, " " * (_GAP if line else 0), item)
        return Content.assemble(line, " " * max(_GAP, width - line.cell_length - end.cell_length), end)

    def _possible(self) -> Iterator[Binding]:
        seen = set()
        bindings = self.screen.active_bindings.values()
        for _, binding, enabled, _ in sorted(bindings, key=lambda each: _RANK.get(each.binding.id or "", 0)):
            if binding.id in BY_ID and enabled and binding.id not in seen:
                seen.add(binding.id)
                yield binding

    def _item(self, binding: Binding) -> Content:
        shown = self.app.get_key_display(binding)
        item = Content.assemble((shown, "bold $footer-key-foreground"), f" {binding.description}")
        return item.stylize(Style.from_meta({"key": binding.key}))
