"""A question with a few answers, each with what it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from tui_app.ui.commands import bindings
from tui_app.ui.widgets.ways import Way, Ways


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: `id` is what the dialogue returns, `about` what follows from it."""

    id: str
    label: str
    about: str = ""
    danger: bool = False


class ChoiceScreen(ModalScreen[str | None]):
    """Asks, and returns the id of the answer, or None when the person left it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialogue")]

    def __init__(self, question: str, about: Content | str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._question, self._choices = question, choices
        self._about = about if isinstance(about, Content) else Content(about)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._question)
            if self._about:
                yield Static(self._about, classes="about")
            yield Ways(*(Way(_prompt(each), each.id) for each in self._choices))
            yield Static(Content.styled("enter chooses, esc leaves everything as it is", "$text-muted"))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)

    def action_leave(self) -> None:
        """Answer nothing."""
        self.dismiss(None)


def _prompt(choice: Choice) -> Content:
    label = Content.styled(choice.label, "bold $text-error" if choice.danger else "bold")
    if not choice.about:
        return label
    return Content.assemble(label, "\n", (choice.about, "$text-muted"))
