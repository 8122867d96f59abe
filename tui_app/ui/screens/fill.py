"""The variables of a prompt, filled in, with the prompt as it becomes."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from tui_app.core.errors import InvalidRequest
from tui_app.core.prompts import Prompt
from tui_app.core.templates import Template, fill, holes
from tui_app.core.text import plain


class FillScreen(ModalScreen[Template | None]):
    """Asks for the value of each variable; returns the prompt filled in, or None when left."""

    CSS_PATH = "../batches.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", show=False),
        Binding("ctrl+s", "done", "go on", show=False),
        Binding("ctrl+q", "app.quit", "quit", show=False),
    ]

    def __init__(self, prompt: Prompt) -> None:
        super().__init__()
        self._prompt, self._template = prompt, prompt.template

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = Content(f"Fill in {self._prompt.name}")
            with VerticalScroll(id="fill-fields", can_focus=False):
                for name in self._template.variables:
                    with Horizontal():
                        yield Label(Content(name))
                        yield Input(self._template.defaults.get(name, ""), name=name, compact=True)
            yield Static(id="fill-problem")
            with VerticalScroll(id="fill-view", can_focus=False):
                yield Static(id="fill-text")
            yield Static(Content.styled("enter goes on, esc leaves everything as it is", "$text-muted"))

    def on_mount(self) -> None:
        self._show()

    @property
    def values(self) -> dict[str, str]:
        """What was typed, by variable; nothing typed is no value."""
        return {each.name or "": each.value for each in self.query(Input) if each.value}

    def on_input_changed(self) -> None:
        self._show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        fields = list(self.query(Input))
        place = fields.index(event.input)
        if place + 1 < len(fields):
            fields[place + 1].focus()
        else:
            self.action_done()

    def _show(self) -> None:
        self.query_one("#fill-text", Static).update(template_text(self._template, self.values))
        self.query_one("#fill-problem", Static).update("")

    def action_done(self) -> None:
        """Go on, if nothing is missing."""
        try:
            self.dismiss(self._template.filled(self.values))
        except InvalidRequest as error:
            line = Content.styled(f"✗ {error}", "$text-error")
            self.query_one("#fill-problem", Static).update(line)

    def action_leave(self) -> None:
        """Answer nothing."""
        self.dismiss(None)


def template_text(template: Template, values: dict[str, str] | None = None) -> Content:
    """A prompt for people, with what is not filled in marked."""
    whole = {**template.defaults, **(values or {})}
    parts = [("System", template.system)] if template.system else []
    parts += [(turn.role.capitalize(), turn.text) for turn in template.turns]
    return Content("\n\n").join(
        Content.assemble((role, "bold"), "\n", _marked(fill(text, whole))) for role, text in parts
    )


def _marked(text: str) -> Content:
    shown = Content(plain(text))
    for name in dict.fromkeys(holes(text)):
        for form in (f"{{{{{name}}}}}", f"{{{{ {name} }}}}"):
            start = shown.plain.find(form)
            while start >= 0:
                shown = shown.stylize("bold $text-warning", start, start + len(form))
                start = shown.plain.find(form, start + 1)
    return shown
