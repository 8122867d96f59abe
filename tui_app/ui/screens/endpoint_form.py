"""The form of an endpoint: fields on the left, the PUT body that they make on the right, live."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Final

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import DescendantBlur, DescendantFocus
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Button, Collapsible, Static

from tui_app.core.cautions import cautions
from tui_app.core.drafts import ID, KEY, MODEL, SANDBOX, Draft
from tui_app.core.errors import InfertermError
from tui_app.core.fields import FIELD, FIELDS, Field
from tui_app.core.inference import Inference
from tui_app.core.keys import KeyState, KeyStatus
from tui_app.ui.commands import bindings
from tui_app.ui.equipment import Preferring
from tui_app.ui.saving import save
from tui_app.ui.screens.choice import Choice, ChoiceScreen
from tui_app.ui.screens.verification import Purpose, VerificationScreen
from tui_app.ui.widgets.body_preview import body_preview
from tui_app.ui.widgets.field_row import FieldRow
from tui_app.ui.widgets.key_bar import KeyBar
from tui_app.ui.widgets.model_field import ModelField
from tui_app.ui.widgets.pick import Pick
from tui_app.ui.widgets.title_bar import TitleBar

_FIRST: Final = tuple(FIELD[path] for path in (SANDBOX, MODEL, KEY, ID))
_ORDER: Final = (*_FIRST, *(each for each in FIELDS if each not in _FIRST and not each.more))
_MORE: Final = tuple(each for each in FIELDS if each.more)
_NO_KEY: Final = {KeyState.MISSING, KeyState.UNAVAILABLE}
BESIDE: Final = 56
"""Columns beside the names of fields in the line that says whether all can be saved."""
_VERIFY: Final = {"verify": "verify first", "save": "just save"}


class EndpointFormScreen(Screen[str | None]):
    """Edits a draft and keeps it; returns the id of the endpoint that was kept, None when left."""

    HELP = """
    Every field says what it takes and, while you type, what is wrong with it; tab and enter go on
    to the next. Beside the fields stands the request that makes the same endpoint in Elasticsearch;
    the key is never shown in it.

    Saving tries the endpoint first, with one short request. When that fails you may fix it,
    save it anyway, or discard what you typed.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("form")]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (112, "-wide")]  # noqa: RUF012

    draft: reactive[Draft] = reactive(Draft.new(frozenset()), init=False)
    key_status: reactive[KeyStatus | None] = reactive(None, init=False)

    more = getters.query_one(Collapsible)
    status_line = getters.query_one("#form-status", Static)

    def __init__(self, inference: Inference, draft: Draft, focus: str = MODEL) -> None:
        super().__init__()
        self.inference, self._first, self._focus = inference, draft, focus
        self.set_reactive(EndpointFormScreen.draft, draft)
        self._touched: set[str] = set(FIELD) if draft.origin or draft.source else set()

    def compose(self) -> ComposeResult:
        yield TitleBar(
            _title(self.draft), "" if self.draft.origin else "for the service anthropic, completion"
        )
        with Container(id="form-body"):
            with VerticalScroll(id="fields", can_focus=False):
                for each in _ORDER:
                    yield self._row(each)
                    if each.path == KEY:
                        yield Static("No key is needed: the sandbox has its own.", id="no-key")
                with Collapsible(title="More settings", collapsed=not self._has_more(), id="more"):
                    yield from (self._row(each) for each in _MORE)
            with VerticalScroll(id="preview", can_focus=False):
                yield Static(id="body")
        with Vertical(id="form-foot"):
            yield Static(id="field-help")
            with Horizontal(id="form-actions"):
                yield Button("Save", id="save", compact=True)
                yield Pick(_VERIFY, "verify" if self._verifies else "save", id="verify-first")
                yield Static(id="form-status")
        yield KeyBar()

    @property
    def _verifies(self) -> bool:
        """Whether the person wants an endpoint to be tried before it is kept."""
        app = self.app
        return not isinstance(app, Preferring) or app.preferences.current.verify_on_save

    def _row(self, field: Field) -> FieldRow:
        typed, locked = self.draft.values[field.path], field.path == ID and self.draft.origin is not None
        if field.path == MODEL:
            return ModelField(field, typed)
        return FieldRow(field, typed, locked=locked)

    def _has_more(self) -> bool:
        fresh = Draft.new(frozenset())
        return any(self.draft.values[each.path] != fresh.values[each.path] for each in _MORE)

    def on_mount(self) -> None:
        self._judge()
        if self._focus == MODEL:
            self.query_one(ModelField).take_focus(suggest=not self.draft.values[MODEL])
        else:
            self.row(self._focus).take_focus()
        self._look_for_key()
        self._ask_for_models()

    def on_resize(self) -> None:
        self._judge()

    def row(self, path: str) -> FieldRow:
        """The row of a field."""
        return self.query_one(f"#{path.replace('.', '-')}", FieldRow)

    def on_field_row_changed(self, event: FieldRow.Changed) -> None:
        self._touched.add(event.path)
        self.draft = self.draft.with_value(event.path, event.typed)

    def watch_draft(self, before: Draft, draft: Draft) -> None:
        if draft.inference_id != before.inference_id and not draft.id_typed:
            self.row(ID).fill(draft.inference_id)
        if draft.sandbox != before.sandbox:
            self._ask_for_models()
        self._judge()

    def watch_key_status(self) -> None:
        self._judge()

    def _judge(self) -> None:
        """Say of every field what is wrong with it, and whether the whole can be saved."""
        found, nearest = self.draft.read(), self.draft.nearest()
        problems = {problem.path: problem.message for problem in reversed(found.problems)}
        warned = {each.path: each.message for each in cautions(nearest, date.today())} if nearest else {}
        if self._keyless:
            warned[KEY] = "no key is found; the endpoint can be saved, but answers nothing without one"
        for path in FIELD:
            row, known = self.row(path), path in self._touched
            row.problem = problems.get(path, "") if known else ""
            row.caution = warned.get(path, "") if known else ""
        self.row(KEY).display = not self.draft.sandbox
        self.query_one("#no-key").display = self.draft.sandbox
        self.query_one("#body", Static).update(body_preview(self.draft.preview()))
        self.status_line.update(_status(problems, self._touched, self.app.size.width - BESIDE))

    @property
    def _keyless(self) -> bool:
        missing = self.key_status is not None and self.key_status.state in _NO_KEY
        return missing and not self.draft.sandbox and not self.draft.values[KEY].strip()

    @work(group="key", exclusive=True)
    async def _look_for_key(self) -> None:
        """Say where a key is found already, so that none need be pasted."""
        base = self.draft.origin or self.draft.source or self.draft.nearest()
        if base is None or base.local.sandbox:
            return
        self.key_status = status = await self.inference.keys.status(base)
        if status.state not in _NO_KEY:
            which = f", fingerprint {status.fingerprint}" if status.fingerprint else ""
            self.row(KEY).hint(f"{status.state}{which}; paste to replace")

    @work(group="models", exclusive=True)
    async def _ask_for_models(self) -> None:
        nearest = self.draft.nearest()
        if nearest is not None:
            field = self.query_one(ModelField)
            field.models = await self.inference.models(nearest, self.draft.read_key())

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        row = next((each for each in event.widget.ancestors_with_self if isinstance(each, FieldRow)), None)
        words = f"{row.field.help}" if row else _ELSEWHERE.get(event.widget.id or "", "")
        narrow = self.has_class("-narrow")
        source = f"\n{row.field.path}, {row.field.source}" if row and not narrow else ""
        self.query_one("#field-help", Static).update(Content.assemble(words, (source, "$text-muted")))

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        row = next((each for each in event.widget.ancestors_with_self if isinstance(each, FieldRow)), None)
        if row is None:
            return
        if row.field.path != MODEL and row.field.path not in self._touched:
            self._touched.add(row.field.path)
            self._judge()
        if row.field.path in {KEY, "service_settings.url"}:
            self._ask_for_models()

    def on_button_pressed(self) -> None:
        self.action_save()

    def action_more(self) -> None:
        """Show or hide the settings for later."""
        self.more.collapsed = not self.more.collapsed
        if not self.more.collapsed:
            self.row(_MORE[0].path).take_focus()

    @work(group="form-action", exclusive=True)
    async def action_save(self) -> None:
        """Keep what stands here, or go to the first problem."""
        if self._stopped_by_problems():
            return
        verify = self.query_one("#verify-first", Pick).value == "verify"
        try:
            saved = await save(self.app, self.inference, self.draft, verify=verify)
        except InfertermError as error:
            self.notify(f"{error}\n{error.advice}".strip(), severity="error", markup=False, timeout=12)
            return
        if saved is not None:
            self.dismiss(saved.inference_id)

    @work(group="form-action", exclusive=True)
    async def action_verify(self) -> None:
        """Try what stands here without keeping it."""
        if self._stopped_by_problems():
            return
        found = self.draft.read()
        assert found.endpoint is not None
        screen = VerificationScreen(self.inference, found.endpoint, found.key, Purpose.TRY)
        await self.app.push_screen_wait(screen)

    @work(group="form-action", exclusive=True)
    async def action_export(self) -> None:
        """Show what makes elsewhere what stands here."""
        from tui_app.ui.screens.export import ExportScreen

        if self._stopped_by_problems():
            return
        found = self.draft.read()
        assert found.endpoint is not None
        await self.app.push_screen_wait(ExportScreen(found.endpoint))

    def _stopped_by_problems(self) -> bool:
        """Show all problems with the cursor in the first; False if there is none."""
        self._touched.update(FIELD)
        self._judge()
        wrong = {problem.path for problem in self.draft.read().problems}
        first = next((each for each in (*_ORDER, *_MORE) if each.path in wrong), None)
        if first is None:
            return False
        if first.more:
            self.more.collapsed = False
        row = self.row(first.path)
        if isinstance(row, ModelField):
            row.take_focus(suggest=False)
        else:
            row.take_focus()
        return True

    @work(group="form-action", exclusive=True)
    async def action_leave(self) -> None:
        """Leave; asks first if something was typed."""
        if self.draft.values != self._first.values:
            choices = [
                Choice("stay", "Go on typing"),
                Choice("leave", "Discard what was typed", danger=True),
            ]
            about = "What you typed is not saved."
            if await self.app.push_screen_wait(ChoiceScreen("Leave the form?", about, choices)) != "leave":
                return
        self.dismiss(None)


_ELSEWHERE: Final = {
    "save": "Keeps the endpoint as a file, its key in the keyring.",
    "verify-first": "Whether saving tries the endpoint first, with one short request to the service.",
}


def _title(draft: Draft) -> str:
    if draft.origin is not None:
        return f"Edit {draft.origin.inference_id}"
    return f"Clone of {draft.source.inference_id}" if draft.source else "New endpoint"


def _status(problems: dict[str, str], touched: set[str], room: int) -> Content:
    """Whether it can be saved, and why not, with as many names as there is room for letters."""
    if not problems:
        return Content.styled("✓ can be saved", "$text-success")
    labels = [each.label for each in (*_ORDER, *_MORE) if each.path in problems]
    ways = [", ".join(labels or problems)]
    if len(labels) > 1:
        ways += [f"{labels[0]} and {len(labels) - 1} more", f"{len(labels)} fields"]
    names = next((each for each in ways if len(each) <= room), ways[-1])
    if touched.issuperset(problems):
        return Content.styled(f"✗ correct: {names}", "$text-error")
    return Content.styled(f"to do: {names}", "$text-muted")
