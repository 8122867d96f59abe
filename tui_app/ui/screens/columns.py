"""What stands side by side: a column of fields for each endpoint or variation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, HorizontalGroup, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Select, Static, TextArea

from tui_app.core.cautions import cautions
from tui_app.core.conversation import Settings
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InvalidEndpoint
from tui_app.core.overrides import effective, read_settings
from tui_app.core.variations import LEAST, MOST, Setup, Variation
from tui_app.ui.commands import bindings
from tui_app.ui.widgets.key_button import KeyButton

FIELDS: Final = (
    ("model", "Model"),
    ("temperature", "Temperature"),
    ("max_tokens", "Max tokens"),
    ("system", "System"),
)
_NUMBERS: Final = ("temperature", "max_tokens")


class ColumnFields(Vertical):
    """The fields of one column; what is left empty is the endpoint's own."""

    def __init__(self, endpoints: Sequence[Endpoint], column: Variation) -> None:
        super().__init__()
        self._endpoints = {each.inference_id: each for each in endpoints}
        self._column = column
        self._title_line = Label("", classes="column-name")

    def compose(self) -> ComposeResult:
        yield self._title_line
        names = dict.fromkeys((*self._endpoints, self._column.endpoint))
        yield Select(
            [(Content(name), name) for name in names],
            value=self._column.endpoint,
            allow_blank=False,
            compact=True,
        )
        for name, label in FIELDS:
            yield Input(self._text(name), name=name, compact=True, tooltip=Content(label))

    def on_mount(self) -> None:
        self.show_own()

    def be(self, number: int) -> None:
        """Say which column this is."""
        self._title_line.update(Content(f"Column {number}"))

    @property
    def endpoint(self) -> Endpoint | None:
        """The endpoint that is chosen, if it is there."""
        return self._endpoints.get(str(self.query_one(Select).value))

    def show_own(self) -> None:
        """Show in each empty field what the endpoint has of its own."""
        endpoint = self.endpoint
        for field in self.query(Input):
            name = field.name or ""
            own = ""
            if endpoint is not None and name != "system":
                own = endpoint.model if name == "model" else getattr(endpoint.task_settings, name)
            field.placeholder = "as above" if name == "system" else "none sent" if own is None else str(own)

    def read(self) -> Variation:
        """The column as it stands there. Raises InvalidEndpoint with every problem."""
        typed = {field.name or "": field.value.strip() for field in self.query(Input)}
        endpoint, before = self.endpoint, self._column.settings
        if endpoint is None:
            return replace(self._column, endpoint=str(self.query_one(Select).value))
        model = typed["model"] if typed["model"] != endpoint.model else ""
        varied = Variation(endpoint.inference_id, model).of(endpoint)
        more = {name: getattr(before, name) for name in ("top_p", "top_k")}
        numbers = {name: typed[name] for name in _NUMBERS}
        numbers |= {name: "" if value is None else str(value) for name, value in more.items()}
        without = [name for name in before.without if not numbers.get(name)]
        return Variation(
            endpoint.inference_id, model, read_settings(varied, typed["system"], numbers, without)
        )

    def cautions(self, column: Variation) -> Iterator[str]:
        """What the model will not like."""
        if self.endpoint is not None:
            varied = effective(column.of(self.endpoint), column.settings)
            yield from (each.message for each in cautions(varied, date.today()))

    def _text(self, name: str) -> str:
        settings: Settings = self._column.settings
        value = self._column.model if name == "model" else getattr(settings, name)
        return "" if value is None else str(value)


class ColumnsScreen(ModalScreen[Setup | None]):
    """Returns the columns, or None when the person left."""

    HELP = """
    Two to four columns, each an endpoint or a variation of one. An empty field is as the endpoint has
    it. What the model will not take is said below.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("fields"),
        *bindings("columns"),
        *bindings("dialogue"),
    ]

    def __init__(self, endpoints: Sequence[Endpoint], setup: Setup) -> None:
        super().__init__()
        self._endpoints, self._setup = endpoints, setup
        self._grid = Horizontal(id="grid")

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog", can_focus=False) as box:
            box.border_title = Content("Columns")
            yield Label("System prompt of all columns", classes="label")
            yield TextArea(
                self._setup.system,
                id="shared",
                compact=True,
                tab_behavior="focus",
                highlight_cursor_line=False,
                placeholder="Empty: none is sent.",
            )
            with self._grid:
                with Vertical(id="names"):
                    for name in ("", "Endpoint", *(label for _, label in FIELDS)):
                        yield Label(name, classes="label")
                for column in self._setup.columns:
                    yield ColumnFields(self._endpoints, column)
            yield Static(id="column-problems")
            with HorizontalGroup(classes="ways"):
                yield KeyButton(self, "fields.save")
                yield KeyButton(self, "columns.add", id="add")
                yield KeyButton(self, "columns.remove", id="remove")
                yield KeyButton(self, "dialogue.leave")

    def on_mount(self) -> None:
        self._number()
        self.query(ColumnFields).first(ColumnFields).query_one(Select).focus()

    @property
    def _columns(self) -> list[ColumnFields]:
        return list(self.query(ColumnFields))

    def _number(self) -> None:
        for number, column in enumerate(self._columns, 1):
            column.be(number)
        self.query_one("#add").disabled = len(self._columns) >= MOST
        self.query_one("#remove").disabled = len(self._columns) <= LEAST
        self._check()

    def on_select_changed(self, event: Select.Changed) -> None:
        event.stop()
        for column in self._columns:
            column.show_own()
        self._check()

    def on_input_changed(self) -> None:
        self._check()

    def on_input_submitted(self) -> None:
        self.action_save()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There are neither more nor fewer columns than can stand side by side."""
        if action == "add":
            return len(self._columns) < MOST
        return action != "remove" or len(self._columns) != LEAST

    async def action_add(self) -> None:
        """Add a column like the one at hand."""
        at = self._at_hand or self._columns[-1]
        try:
            like = at.read()
        except InvalidEndpoint:
            like = Variation(str(at.query_one(Select).value))
        made = ColumnFields(self._endpoints, like)
        await self._grid.mount(made)
        self._number()
        made.query_one(Select).focus()

    async def action_remove(self) -> None:
        """Remove the column at hand, or the last one."""
        await (self._at_hand or self._columns[-1]).remove()
        self._columns[0].query_one(Select).focus()
        self._number()

    @property
    def _at_hand(self) -> ColumnFields | None:
        """The column in which a field was used last."""
        return next((each for each in self._columns if each.has_class("-at-hand")), None)

    def on_descendant_focus(self) -> None:
        within = [each for each in self._columns if each.has_focus_within]
        if within:
            for column in self._columns:
                column.set_class(column in within, "-at-hand")

    def action_leave(self) -> None:
        """Change nothing."""
        self.dismiss(None)

    def action_save(self) -> None:
        """Return the columns, unless one of them cannot be."""
        columns = self._check()
        if columns is not None:
            self.dismiss(Setup(columns, self.query_one("#shared", TextArea).text))

    def _check(self) -> tuple[Variation, ...] | None:
        """Read what stands there, and say what is wrong or doubtful with which column."""
        read: list[Variation] = []
        said: list[Content] = []
        for number, fields in enumerate(self._columns, 1):
            try:
                read.append(fields.read())
            except InvalidEndpoint as error:
                words = "; ".join(f"{each.path.rpartition('.')[2]} {each.message}" for each in error.problems)
                said.append(Content.styled(f"✗ column {number}: {words}", "$text-error"))
            else:
                doubts = fields.cautions(read[-1])
                said += [Content.styled(f"! column {number}: {each}", "$text-warning") for each in doubts]
        self.query_one("#column-problems", Static).update(Content("\n").join(said))
        return tuple(read) if len(read) == len(self._columns) else None
