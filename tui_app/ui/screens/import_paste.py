"""Endpoints from a paste: what it would make stands beside it, and nothing is made before that is said."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar, Final

from pydantic import SecretStr
from textual import getters, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Button, Input, Label, Static, TextArea

from tui_app.core.drafts import free_id
from tui_app.core.errors import InfertermError
from tui_app.core.import_items import Fate, Item
from tui_app.core.imports import Paste, known_of, plan
from tui_app.core.inference import Inference
from tui_app.ui.commands import bindings
from tui_app.ui.importing import OUTCOME_WIDTH, Outcome, make
from tui_app.ui.screens.choice import Choice, ChoiceScreen
from tui_app.ui.widgets.columns import hung
from tui_app.ui.widgets.found_items import found_items
from tui_app.ui.widgets.key_bar import KeyBar
from tui_app.ui.widgets.paste_area import PasteArea
from tui_app.ui.widgets.pick import Pick
from tui_app.ui.widgets.title_bar import TitleBar

REST_S: Final = 0.3
"""How long nobody types before the text is read."""
_DIFFERING: Final = {"leave": "leave those that differ", "replace": "change them"}


class ImportScreen(Screen[str | None]):
    """Returns the id of the first endpoint that was made, None when it was left."""

    CSS_PATH = "../travel.tcss"
    HELP = """
    Paste what makes endpoints elsewhere, as it stands in documentation: requests of Kibana's
    Console, curl commands, calls of the Python and JavaScript clients, bodies, answers of
    GET _inference/_all, inferterm's own files. Several at once are fine.

    A key in the paste is taken out before the text is shown. It goes to the keyring together
    with its endpoint, and nowhere else.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("import")]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012

    items: reactive[Sequence[Item]] = reactive((), init=False)
    outcomes: reactive[Sequence[Outcome]] = reactive((), init=False)

    area = getters.query_one(PasteArea)
    id_line = getters.query_one("#import-id Input", Input)
    differing = getters.query_one(Pick)

    def __init__(self, inference: Inference) -> None:
        super().__init__()
        self.inference = inference
        self._hidden: tuple[SecretStr, ...] = ()
        self._taking = asyncio.Lock()
        self._making = False

    def compose(self) -> ComposeResult:
        yield TitleBar("Import endpoints", "from a paste")
        with Container(id="import-body"):
            yield PasteArea(id="pasted")
            with VerticalScroll(id="found", can_focus=True):
                yield Static(id="import-outcomes")
                yield Static(id="import-items")
        with Horizontal(id="import-id"):
            yield Label("Inference id", classes="label")
            yield Input(compact=True, placeholder="the paste names none; give the endpoint one")
        with Horizontal(id="import-actions"):
            yield Button("Import", id="make", compact=True, disabled=True)
            yield Pick(_DIFFERING, "leave", id="differing")
            yield Static(id="import-status")
        yield KeyBar()

    def on_mount(self) -> None:
        self.area.focus()
        self._show()

    @property
    def chosen(self) -> tuple[Item, ...]:
        """The items that are made or changed when the person says so."""
        fates = {Fate.NEW, Fate.DIFFERS} if self.differing.value == "replace" else {Fate.NEW}
        return tuple(item for item in self.items if item.fate in fates)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what has an effect."""
        if not self.is_mounted:
            return True
        if action == "make":
            return bool(self.chosen)
        if action == "replace":
            return any(item.fate is Fate.DIFFERS for item in self.items)
        return action != "clear" or bool(self.area.text)

    @work(group="paste")
    async def on_paste_area_pasted(self, event: PasteArea.Pasted) -> None:
        """Take the keys out, then show the rest."""
        async with self._taking:
            paste = await asyncio.to_thread(Paste.of, event.text, self._hidden)
            self._hidden = paste.hidden
        was_empty = not self.area.text
        self.area.take(paste.text)
        if was_empty:
            self.area.move_cursor((0, 0))
        self.read(0.0)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.read(REST_S)

    def on_input_changed(self) -> None:
        self.read(REST_S)

    def on_input_submitted(self) -> None:
        self.query_one("#make").focus()

    def on_pick_changed(self) -> None:
        self._show()

    @work(group="read", exclusive=True)
    async def read(self, rest_s: float = 0.0) -> None:
        """Read the text after a rest, and say what it makes."""
        await asyncio.sleep(rest_s)
        text = self.area.text
        paste = await asyncio.to_thread(Paste.of, text, self._hidden)
        if self.area.text != text:
            return  # what was typed meanwhile is read next
        if paste.hidden != self._hidden:
            self._hidden = paste.hidden
            self.area.mask(paste.text)
        try:
            known = await known_of(self.inference.endpoints, paste)
        except InfertermError as error:
            self._complain(error)
            return
        typed = [self.id_line.value.strip()] if self.id_line.value.strip() else []
        items = await asyncio.to_thread(plan, paste, known, typed)
        nameless = any(not item.named for item in items)
        self.set_class(nameless, "-nameless")
        if nameless and not typed and not self.id_line.has_focus:
            self.id_line.value = free_id("endpoint", frozenset(known.stored))
        self.items = items

    def watch_items(self) -> None:
        self._show()

    def watch_outcomes(self) -> None:
        self._show()

    def _show(self) -> None:
        if not self.query(TitleBar):
            return
        count, replace = len(self.chosen), self.differing.value == "replace"
        differs = any(item.fate is Fate.DIFFERS for item in self.items)
        button = self.query_one("#make", Button)
        button.label = f"Import {count}" if count else "Import"
        button.disabled = not count
        self.differing.display = differs
        width = self.query_one("#found").scrollable_content_region.width or self.size.width // 2
        done = [hung(each.line(), OUTCOME_WIDTH, width - OUTCOME_WIDTH) for each in self.outcomes]
        panel = self.query_one("#import-outcomes", Static)
        panel.display = bool(done)
        panel.update(Content("\n").join(done))
        found = found_items(self.items, width, replace=replace) if self.items else _nothing()
        self.query_one("#import-items", Static).update(found)
        self.query_one("#import-status", Static).update(
            _status(self.items, count, narrow=self.has_class("-narrow"))
        )
        self.refresh_bindings()

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    def on_button_pressed(self) -> None:
        self.action_make()

    @work(group="make")
    async def action_make(self) -> None:
        """Make what is listed, one after another; what fails is told and hinders nothing else."""
        if not self.chosen or self._making:
            return
        self._making = True
        outcomes = [await make(self.app, self.inference, item) for item in self.chosen]
        self._making = False
        made = [each for each in outcomes if each.made]
        if len(made) == len(outcomes):
            self.notify(f"Imported {len(made)}: {_names(made)}.", markup=False)
            if keyless := [each for each in made if each.keyless]:
                words = f"No key yet: {_names(keyless)}. Press k in the list to give one."
                self.notify(words, severity="warning", markup=False)
            self.dismiss(made[0].inference_id)
            return
        self.outcomes = outcomes
        self.read()

    def action_replace(self) -> None:
        """Turn between leaving and changing those that differ."""
        self.differing.action_turn(1)

    def action_clear(self) -> None:
        """Forget the text and the keys that were in it."""
        self._hidden = ()
        self.outcomes = ()
        self.area.load_text("")
        self.id_line.value = ""
        self.area.focus()

    @work(group="leave", exclusive=True)
    async def action_leave(self) -> None:
        """Leave; asks first if something could be made."""
        if self._making:
            return
        if self.chosen:
            choices = [Choice("stay", "Go on"), Choice("leave", "Leave without importing", danger=True)]
            about = "Nothing of what is listed is made, and keys in the paste are forgotten."
            if await self.app.push_screen_wait(ChoiceScreen("Leave the import?", about, choices)) != "leave":
                return
        made = next((each.inference_id for each in self.outcomes if each.made), None)
        self.dismiss(made)

    def _complain(self, error: InfertermError) -> None:
        self.notify(f"{error}\n{error.advice}".strip(), severity="error", markup=False, timeout=12)


def _names(outcomes: Sequence[Outcome]) -> str:
    names = ", ".join(each.inference_id for each in outcomes[:5])
    return f"{names} and {len(outcomes) - 5} more" if len(outcomes) > 5 else names


def _nothing() -> Content:
    words = (
        "What the paste makes is listed here, before anything is made.\n\n"
        "A key in it is taken out before it is shown, and goes to the keyring with its endpoint."
    )
    return Content.styled(words, "$text-muted")


def _status(items: Sequence[Item], count: int, *, narrow: bool) -> Content:
    """How many there are of what the button does not count."""
    wrong = sum(item.fate is Fate.WRONG for item in items)
    other = len(items) - count - wrong
    pieces = [
        (f"✗ {wrong} wrong", "$text-error") if wrong else None,
        (f"{other} left or skipped", "$text-muted") if other and not narrow else None,
    ]
    return Content("   ").join(Content.styled(*piece) for piece in pieces if piece)
