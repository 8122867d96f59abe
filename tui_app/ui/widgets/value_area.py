"""A value of any number of lines, in a form in which Enter goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea


class ValueArea(TextArea):
    """Grows with its text as far as its `max-height` lets it; Enter posts `Submitted`."""

    DEFAULT_CSS = """
    ValueArea { height: auto; min-height: 1; max-height: 5; border: none; padding: 0; background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+j,shift+enter,alt+enter", "newline", "new line", show=False),
    ]

    @dataclass
    class Submitted(Message):
        """The person goes on from here."""

        area: ValueArea

    def __init__(self, text: str, *, name: str) -> None:
        super().__init__(
            text,
            name=name,
            compact=True,
            tab_behavior="focus",
            highlight_cursor_line=False,
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the function keys to the screen."""
        if action in {"select_line", "select_all"}:
            return False
        return super().check_action(action, parameters)

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.post_message(self.Submitted(self))
        else:
            await super()._on_key(event)

    def action_newline(self) -> None:
        """Begin a new line."""
        self._replace_via_keyboard("\n", *self.selection)
