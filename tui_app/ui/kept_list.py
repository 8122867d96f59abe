"""A screen on a list of what is kept: lines with a cursor that stays where it is, and an empty face."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from textual import getters
from textual.content import Content
from textual.screen import Screen
from textual.widgets.option_list import Option

from tui_app.core.errors import InfertermError
from tui_app.ui.screens.choice import Choice, ChoiceScreen
from tui_app.ui.widgets.lines import Lines

T = TypeVar("T")


class Complaining(Screen[T]):
    """A screen that says what went wrong, and is left with nothing to return."""

    def complain(self, error: InfertermError) -> None:
        """Say what went wrong and what to do."""
        self.notify(f"{error}\n{error.advice}".strip(), severity="error", markup=False, timeout=12)

    def action_leave(self) -> None:
        """Back to where it was opened."""
        self.dismiss(None)


class KeptListScreen(Complaining[T]):
    """Has one `Lines`, and the class `-empty` while there is nothing in it."""

    AUTO_FOCUS = "Lines"

    lines = getters.query_one(Lines)

    @property
    def selected_id(self) -> str:
        """The id of the line under the cursor, empty where there is none."""
        option = self.lines.highlighted_option
        return (option.id or "") if option else ""

    def fill(self, found: Sequence[tuple[str, Content]], wanted: str = "") -> None:
        """Show lines by their ids; the cursor goes to `wanted`, or stays on what it is on."""
        ids = [name for name, _ in found]
        kept, place = wanted or self.selected_id, self.lines.highlighted or 0
        if ids == [option.id for option in self.lines.options]:
            for index, (_, line) in enumerate(found):
                self.lines.replace_option_prompt_at_index(index, line)
        else:
            self.lines.clear_options()
            self.lines.add_options(Option(line, id=name) for name, line in found)
        if ids:
            self.lines.highlighted = ids.index(kept) if kept in ids else min(place, len(ids) - 1)
        self.set_class(not ids, "-empty")
        if ids and self.focused is None:  # an empty list is hidden, and what is hidden loses the focus
            self.lines.focus()
        self.refresh_bindings()

    async def sure(self, question: str, about: str, what: str, consequence: str) -> bool:
        """Ask whether something is to be deleted that cannot be brought back."""
        choices = (Choice("keep", "Keep it"), Choice("delete", what, consequence, danger=True))
        return await self.app.push_screen_wait(ChoiceScreen(question, about, choices)) == "delete"
