"""System prompt and settings of one chat; the endpoint stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import HorizontalGroup, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Checkbox, Input, Label, Static, TextArea

from tui_app.core.cautions import cautions
from tui_app.core.conversation import SAMPLING, SAMPLING_ALONE, Settings
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InvalidEndpoint
from tui_app.core.overrides import effective, field_of, read_settings
from tui_app.ui.commands import bindings
from tui_app.ui.widgets.key_button import KeyButton


class Tick(Checkbox):
    """A checkbox whose mark says whether it is on, so that no colour has to."""

    BUTTON_INNER = "○"

    def watch_value(self) -> None:
        """Draw the mark that says it."""
        self.BUTTON_INNER = "●" if self.value else "○"
        super().watch_value()


class ChatSettingsScreen(ModalScreen[Settings | None]):
    """Returns the settings, or None when the person left; `focus` is a setting's name, or `system`."""

    HELP = """
    What is set here holds for this conversation alone; what is left empty is the endpoint's. "not sent"
    leaves a setting out of requests although the endpoint has it. Ctrl+s keeps it, esc leaves.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("fields"), *bindings("dialogue")]

    def __init__(self, endpoint: Endpoint, settings: Settings, focus: str = "system") -> None:
        super().__init__()
        self._endpoint, self._settings, self._focus = endpoint, settings, focus

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog", can_focus=False) as box:
            box.border_title = Content("Settings of this chat")
            yield Static(
                f"They touch only this conversation; {self._endpoint.inference_id} stays as it is.",
                markup=False,
            )
            yield Label("System prompt", id="system-label")
            yield TextArea(
                self._settings.system,
                id="system",
                compact=True,
                tab_behavior="focus",
                highlight_cursor_line=False,
                placeholder="Who the model is to be, and what it is to keep to. Empty: none is sent.",
            )
            for name in SAMPLING:
                yield from self._row(name)
            with HorizontalGroup(classes="ways"):
                yield KeyButton(self, "fields.save", id="save-settings")
                yield KeyButton(self, "dialogue.leave")

    def _row(self, name: str) -> Iterator[HorizontalGroup | Static]:
        field, value = field_of(name), getattr(self._settings, name)
        own = getattr(self._endpoint.task_settings, name)
        about = "none is sent" if own is None else f"{own}, the endpoint's"
        parts: list[Label | Input | Checkbox] = [
            Label(field.label),
            Input(
                "" if value is None else str(value),
                id=name,
                compact=True,
                placeholder=about,
                tooltip=Content(field.help),
            ),
            Label(" ".join(filter(None, (field.range, field.unit))), classes="range"),
        ]
        if name in SAMPLING_ALONE:
            left_out = name in self._settings.without
            parts.append(Tick("not sent", left_out, id=f"without-{name}", compact=True))
        else:
            parts.append(Label("", classes="no-tick"))
        yield HorizontalGroup(*parts, classes="setting")
        yield Static(id=f"problem-{name}", classes="problem")

    def on_mount(self) -> None:
        self.query_one(f"#{self._focus}").focus()
        self._check()

    def on_input_changed(self) -> None:
        self._check()

    def on_input_submitted(self) -> None:
        self.action_save()

    def on_checkbox_changed(self, event: Checkbox.Changed) -> None:
        name = (event.checkbox.id or "").removeprefix("without-")
        self.query_one(f"#{name}", Input).disabled = event.value
        self._check()

    def action_leave(self) -> None:
        """Change nothing."""
        self.dismiss(None)

    def action_save(self) -> None:
        """Return the settings, or go to the first problem."""
        problems, settings = self._check()
        if settings is not None:
            self.dismiss(settings)
        else:
            first = next(name for name in SAMPLING if name in problems)
            self.query_one(f"#{first}").focus()

    def _check(self) -> tuple[Mapping[str, str], Settings | None]:
        """Read what stands there; show each problem and caution under its field."""
        problems: dict[str, str] = {}
        warnings: dict[str, str] = {}
        settings = None
        try:
            settings = self._read()
        except InvalidEndpoint as error:
            problems = {problem.path.rpartition(".")[2]: problem.message for problem in error.problems}
        else:
            found = cautions(effective(self._endpoint, settings), date.today())
            warnings = {caution.path.rpartition(".")[2]: caution.message for caution in found}
        for name in SAMPLING:
            line = self.query_one(f"#problem-{name}", Static)
            said = _said("✗", problems.get(name), "$text-error") or _said(
                "!", warnings.get(name), "$text-warning"
            )
            line.update(said)
            line.display = bool(said)
        return problems, settings

    def _read(self) -> Settings:
        typed = {name: self.query_one(f"#{name}", Input).value for name in SAMPLING}
        without = [name for name in SAMPLING_ALONE if self.query_one(f"#without-{name}", Tick).value]
        return read_settings(self._endpoint, self.query_one("#system", TextArea).text, typed, without)


def _said(sign: str, words: str | None, style: str) -> Content:
    return Content.styled(f"{sign} {words}", style) if words else Content("")
