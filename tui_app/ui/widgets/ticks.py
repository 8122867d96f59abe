"""Some of a list: lines with a box each, readable without any colour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui_app.ui.widgets.lines import Lines


class Ticks(Lines):
    """Lists `names` (value to words); space and Enter tick the one under the cursor, or no longer."""

    DEFAULT_CSS = "Ticks { height: auto; max-height: 5; border: none; padding: 0; background: transparent; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "tick", "tick", show=False),
    ]

    class Changed(Message):
        """A person ticked something, or no longer."""

    def __init__(
        self, names: Mapping[str, Content], ticked: Iterable[str] = (), *, id: str | None = None
    ) -> None:
        super().__init__(id=id, markup=False, compact=True)
        self._names: dict[str, Content] = {}
        self._ticked: set[str] = set(ticked)
        self.offer(names)

    @property
    def ticked(self) -> tuple[str, ...]:
        """The values that are ticked, in the order of the list."""
        return tuple(value for value in self._names if value in self._ticked)

    def offer(self, names: Mapping[str, Content]) -> None:
        """List others; what is ticked stays so where it is still there."""
        if dict(names) == self._names:
            return
        at, self._names = self.highlighted or 0, dict(names)
        self.clear_options()
        self.add_options(Option(self._line(value), id=value) for value in names)
        self.highlighted = min(at, len(names) - 1) if names else None

    def action_tick(self) -> None:
        """Tick the line under the cursor, or no longer."""
        option = self.highlighted_option
        if option is not None and option.id is not None:
            self._turn(option.id)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click."""
        event.stop()
        if event.option_id is not None:
            self._turn(event.option_id)

    def _turn(self, value: str) -> None:
        self._ticked ^= {value}
        self.replace_option_prompt(value, self._line(value))
        self.post_message(self.Changed())

    def _line(self, value: str) -> Content:
        sign = ("[x] ", "bold $accent") if value in self._ticked else ("[ ] ", "$text-muted")
        return Content.assemble(sign, self._names[value])
