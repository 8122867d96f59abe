"""The variables of a prompt, filled in, with the prompt as it becomes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, HorizontalGroup, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, Static

from tui_app.core.errors import InvalidRequest, StoreFailed
from tui_app.core.prompts import Prompt
from tui_app.core.templates import Template, fill, holes
from tui_app.core.text import plain
from tui_app.ui.commands import bindings
from tui_app.ui.text_files import path_of, read_text
from tui_app.ui.widgets.key_button import KeyButton
from tui_app.ui.widgets.value_area import ValueArea

MOST_BYTES: Final = 10_000_000
"""The largest file that is a value."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A prompt filled in, and whether it is to be sent at once."""

    template: Template
    send: bool


class FillScreen(ModalScreen[Filled | None]):
    """Asks for the value of each variable; returns None when left.

    `caution` is said before anything is sent.
    """

    CSS_PATH = "../batches.tcss"
    HELP = """
    A field for each variable of the prompt, with its default where it has one; below stands what the
    prompt becomes. Enter goes to the next field, and from the last one into the chat. `@FILE` takes a
    file's text, `@@` stands for one `@`.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("fill"), *bindings("dialogue")]

    def __init__(self, prompt: Prompt, caution: str = "") -> None:
        super().__init__()
        self._prompt, self._template, self._caution = prompt, prompt.template, caution

    def compose(self) -> ComposeResult:
        defaults = self._template.defaults
        with Vertical(classes="dialog") as box:
            box.border_title = Content(f"Fill in {self._prompt.name}")
            with VerticalScroll(id="fill-fields", can_focus=False):
                for name in self._template.variables:
                    with Horizontal():
                        yield Label(Content(name))
                        yield ValueArea(defaults.get(name, ""), name=name)
            yield Static(id="fill-problem")
            with VerticalScroll(id="fill-view"):
                yield Static(id="fill-text")
            yield Static(Content.styled("ctrl+j makes a line, @FILE takes a file's text", "$text-muted"))
            with HorizontalGroup(classes="ways"):
                yield KeyButton(self, "fill.send")
                yield KeyButton(self, "fill.put", id="put")
                yield KeyButton(self, "dialogue.leave")

    def on_mount(self) -> None:
        self._show()
        fields = list(self.query(ValueArea))
        for each in fields:
            each.move_cursor(each.document.end)
        (next((each for each in fields if not each.text), None) or self.query_one("#put")).focus()

    @property
    def values(self) -> dict[str, str]:
        """What was typed, by variable; nothing typed is no value."""
        return {each.name or "": each.text for each in self.query(ValueArea) if each.text}

    def on_text_area_changed(self) -> None:
        self._show()

    def on_value_area_submitted(self, event: ValueArea.Submitted) -> None:
        fields = list(self.query(ValueArea))
        place = fields.index(event.area)
        if place + 1 < len(fields):
            fields[place + 1].focus()
        else:
            self.action_put()

    def _show(self) -> None:
        self.query_one("#fill-text", Static).update(template_text(self._template, self.values))
        caution = Content.styled(f"! {self._caution}", "$text-warning") if self._caution else Content("")
        self.query_one("#fill-problem", Static).update(caution)

    def action_put(self) -> None:
        """Put it where prompts are typed, if nothing is missing."""
        self._go_on(send=False)

    def action_send(self) -> None:
        """Send it, if nothing is missing."""
        self._go_on(send=True)

    @work(group="go on", name="action_go_on", exclusive=True)
    async def _go_on(self, *, send: bool) -> None:
        try:
            values = {name: await _value(text) for name, text in self.values.items()}
            self.dismiss(Filled(self._template.filled(values), send))
        except (InvalidRequest, StoreFailed) as error:
            line = Content.styled(f"✗ {error}", "$text-error")
            self.query_one("#fill-problem", Static).update(line)

    def action_leave(self) -> None:
        """Answer nothing."""
        self.dismiss(None)


async def _value(text: str) -> str:
    """What was typed, or a file's text for `@FILE`; `@@` stands for one. Raises StoreFailed."""
    if not text.startswith("@") or text.startswith("@@"):
        return text.removeprefix("@") if text.startswith("@@") else text
    return await asyncio.to_thread(read_text, path_of(text[1:]), MOST_BYTES)


def template_text(template: Template, values: dict[str, str] | None = None) -> Content:
    """A prompt for people, with what is not filled in marked."""
    whole = {**template.defaults, **(values or {})}
    parts = [("System", template.system)] if template.system else []
    parts += [(turn.role.capitalize(), turn.text) for turn in template.turns]
    if template.lead:
        parts[-1] = ("The answer begins with", template.lead)
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
