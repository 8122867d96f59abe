"""One of a few values on one line, readable without any colour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget


class Pick(Widget, can_focus=True):
    """Shows `names` (value to words); arrows, space or a click choose. Posts `Changed`."""

    DEFAULT_CSS = """
    Pick { height: 1; width: auto; padding: 0 1; }
    Pick:focus { background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space,enter", "turn(1)", "next", show=False),
        Binding("left", "turn(-1)", "previous", show=False),
    ]

    value: reactive[str] = reactive("", layout=True)

    class Changed(Message):
        """A person chose another value."""

        def __init__(self, value: str) -> None:
            super().__init__()
            self.value = value

    def __init__(self, names: Mapping[str, str], value: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._names = dict(names)
        self.set_reactive(Pick.value, value)

    def render(self) -> Content:
        return Content("   ").join(self._item(value, words) for value, words in self._names.items())

    def _item(self, value: str, words: str) -> Content:
        chosen = value == self.value
        sign = ("(●) ", "$accent") if chosen else ("( ) ", "$text-muted")
        item = Content.assemble(sign, (words, "bold" if chosen else "$text-muted"))
        return item.stylize(Style.from_meta({"value": value}))

    def on_click(self, event: Click) -> None:
        if value := event.style.meta.get("value"):
            self.choose(value)

    def action_turn(self, by: int) -> None:
        """Choose the next one, or the one before."""
        values = list(self._names)
        self.choose(values[(values.index(self.value) + by) % len(values)])

    def offer(self, value: str, words: str) -> None:
        """Let one more value be chosen, unless it can be already."""
        self._names.setdefault(value, words)

    def choose(self, value: str) -> None:
        """Choose one of the values."""
        if value != self.value:
            self.value = value
            self.post_message(self.Changed(value))
