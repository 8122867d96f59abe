"""The line at the foot of a screen: the commands that are possible now, as many as fit."""

from __future__ import annotations

from collections.abc import Iterator

from textual.binding import Binding
from textual.content import Content
from textual.style import Style
from textual.widget import Widget

from tui_app.ui.commands import BY_ID

_ALWAYS = ("app.help", "app.command_palette", "app.quit")
_GAP = 2


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
        for _, binding, enabled, _ in self.screen.active_bindings.values():
            if binding.id in BY_ID and enabled and binding.id not in seen:
                seen.add(binding.id)
                yield binding

    def _item(self, binding: Binding) -> Content:
        shown = self.app.get_key_display(binding)
        item = Content.assemble((shown, "bold $footer-key-foreground"), f" {binding.description}")
        return item.stylize(Style.from_meta({"@click": f"app.simulate_key({binding.key!r})"}))
