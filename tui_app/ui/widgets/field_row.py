"""One field of a form: its name, what is typed, its unit, and beneath it what is wrong with it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input, Static

from tui_app.core.fields import Field, Kind
from tui_app.ui.widgets.pick import Pick


class FieldRow(Vertical):
    """Shows one field of the table; posts `Changed` whenever a person changes it.

    `problem` blocks saving, `caution` does not; both are shown in words beneath the field.
    """

    problem: reactive[str] = reactive("")
    caution: reactive[str] = reactive("")

    class Changed(Message):
        """A person changed the field at `path` to `typed`."""

        def __init__(self, path: str, typed: str) -> None:
            super().__init__()
            self.path, self.typed = path, typed

    def __init__(self, field: Field, typed: str, *, locked: bool = False) -> None:
        super().__init__(id=field.path.replace(".", "-"))
        self.field, self._typed, self._locked = field, typed, locked

    def compose(self) -> ComposeResult:
        with Horizontal(classes="line"):
            yield Static(Content(_label(self.field)), classes="label")
            yield from self._entry()
            if unit := _unit(self.field):
                yield Static(Content.styled(unit, "$text-muted"), classes="unit")
        yield Static(classes="finding")

    def _entry(self) -> ComposeResult:
        if self.field.kind in {Kind.CHOICE, Kind.SWITCH}:
            names = _choices(self.field)
            yield Pick(names, self._typed or next(iter(names)))
            return
        yield Input(
            self._typed,
            placeholder=_placeholder(self.field),
            password=self.field.kind is Kind.SECRET,
            disabled=self._locked,
            compact=True,
        )

    def on_mount(self) -> None:
        self._show()

    def watch_problem(self) -> None:
        if self.is_mounted:
            self._show()

    def watch_caution(self) -> None:
        if self.is_mounted:
            self._show()

    def _show(self) -> None:
        finding = self.query_one(".finding", Static)
        words = Content("")
        if self.problem:
            words = Content.styled(f"✗ {self.problem}", "$text-error")
        elif self.caution:
            words = Content.styled(f"! {self.caution}", "$text-warning")
        finding.update(words)
        finding.display = bool(words)

    def fill(self, typed: str) -> None:
        """Put text into the field as if nobody had typed it."""
        entry = self.query_one(Input)
        if entry.value != typed:
            with entry.prevent(Input.Changed):
                entry.value = typed

    def hint(self, words: str) -> None:
        """Say something in the empty field."""
        self.query_one(Input).placeholder = words

    def take_focus(self) -> None:
        """Put the cursor into the field."""
        self.query_one("Input, Pick").focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(self.field.path, event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes on to the next field."""
        event.stop()
        self.screen.focus_next()

    def on_pick_changed(self, event: Pick.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(self.field.path, event.value))


def _choices(field: Field) -> dict[str, str]:
    if field.kind is Kind.CHOICE:
        return {each: each for each in field.choices}
    return {"false": "Anthropic or compatible", "true": "sandbox"}


def _label(field: Field) -> str:
    return "Goes to" if field.kind is Kind.SWITCH else field.label


def _placeholder(field: Field) -> str:
    if field.kind is Kind.SECRET:
        return "paste it here"
    return str(field.default) if field.default is not None else ("required" if field.required else "")


def _unit(field: Field) -> str:
    return ", ".join(filter(None, (field.unit, field.range)))
