"""What a batch is made of: rows, prompts, endpoints, models and settings, with what it will take."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Label, Static, TextArea

from tui_app.core.batch_reuse import Outlook, anew
from tui_app.core.batches import Batches
from tui_app.core.conversation import SAMPLING
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InfertermError, InvalidRequest
from tui_app.core.prompts import Prompt
from tui_app.core.sweeps import (
    NO_ROWS,
    PARTS,
    Sweep,
    plans_of,
    read_lists,
    unfiled,
)
from tui_app.core.tables import NoTable, Table, decode_table
from tui_app.core.text import one_line
from tui_app.ui.commands import bindings
from tui_app.ui.sweep_words import taking
from tui_app.ui.text_files import path_of, read_bytes, stamp_of
from tui_app.ui.widgets.key_bar import KeyBar
from tui_app.ui.widgets.ticks import Ticks
from tui_app.ui.widgets.title_bar import TitleBar

TYPING_S: Final = 0.2
"""How long nobody types before it is worth reading the file and counting."""
SLOW_S: Final = 0.3
"""After how long it is said that this is being done."""
_HINTS: Final = {"temperature": "0, 0.5, 1", "max_tokens": "256, 1024", "top_p": "0.9, 1", "top_k": "5, 40"}


class SweepScreen(Screen[tuple[Outlook, ...] | None]):
    """Returns what the person wants to begin or go on with, or None."""

    CSS_PATH = "../batches.tcss"
    HELP = """
    A batch asks every row of a CSV or JSONL file: its column prompt, or the prompts that are ticked,
    filled in with the columns. Without a file each prompt is asked once. Lists with commas make a grid:
    each row is asked with each value. Each endpoint with each model gets a batch of its own.

    Space ticks a line. What it will take stands below as you type; ctrl+s begins. Rows that ask what an
    earlier run of the file has asked keep their answers; f5 asks them again, in a run of its own.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("sweep")]

    file_line = getters.query_one("#sweep-file", Input)
    prompt_ticks = getters.query_one("#sweep-prompts", Ticks)
    endpoint_ticks = getters.query_one("#sweep-endpoints", Ticks)

    def __init__(
        self,
        batches: Batches,
        endpoints: Sequence[Endpoint],
        prompts: Sequence[Prompt],
        about: str | None = None,
        prompt: str | None = None,
    ) -> None:
        super().__init__()
        self._batches, self._endpoints, self._prompts = batches, endpoints, prompts
        ids = [each.inference_id for each in endpoints]
        self._about, self._prompt = about if about in ids else ids[0], prompt
        self._read: tuple[tuple[int, int], str, Table, str] = ((0, 0), "", NO_ROWS, "")
        self._typed: dict[str, str] = {}
        self._ahead: tuple[Outlook, ...] = ()
        self._asked_before, self._anew = 0, False

    def compose(self) -> ComposeResult:
        yield TitleBar("new batch")
        names = {each.name: _prompt_words(each) for each in self._prompts}
        found = {each.inference_id: _endpoint_words(each) for each in self._endpoints}
        system = TextArea(
            id="sweep-system",
            compact=True,
            tab_behavior="focus",
            highlight_cursor_line=False,
            placeholder=f"each prompt's own; a line {PARTS} between several",
        )
        file_hint, model_hint = "rows.csv or rows.jsonl; empty: no file", "each endpoint's own"
        with VerticalScroll(id="sweep-fields", can_focus=False):
            yield _row("File", Input(id="sweep-file", placeholder=file_hint, compact=True))
            ticked = [self._prompt] if self._prompt else []
            yield _row("Prompts", Vertical(Ticks(names, ticked, id="sweep-prompts"), Static(id="sweep-own")))
            yield Vertical(id="sweep-values")
            yield _row("Endpoints", Ticks(found, [self._about], id="sweep-endpoints"))
            yield _row("Models", Input(id="sweep-models", placeholder=model_hint, compact=True))
            for pair in (SAMPLING[:2], SAMPLING[2:]):
                lists = (_row(name, _list_line(name)) for name in pair)
                yield Horizontal(*lists, classes="sweep-pair")
            yield _row("System", system)
        yield Static(id="sweep-told")
        yield KeyBar()

    def on_mount(self) -> None:
        self.file_line.focus()
        self._count()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is possible."""
        possible = {"begin": bool(self._ahead), "again": bool(self._ahead and self._asked_before)}
        return possible.get(action, True)

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.input.name in self._typed:
            self._typed[event.input.name] = event.value
        self._count()

    def on_text_area_changed(self) -> None:
        self._count()

    def on_ticks_changed(self) -> None:
        self._count()

    def on_input_submitted(self) -> None:
        self.focus_next()

    @work(group="count", exclusive=True)
    async def _count(self) -> None:
        """Read what stands there, and say what it will take."""
        self._ahead = ()
        self.refresh_bindings()
        await asyncio.sleep(TYPING_S)
        says = self.query_one("#sweep-told", Static)
        slow = self.set_timer(SLOW_S, lambda: says.update(Content.styled("Counting…", "$text-muted")))
        try:
            sweep = await self._sweep()
            ahead = await self._outlook(sweep)
            told = await taking(self._batches, sweep, ahead, self._asked_before)
        except InfertermError as error:
            ahead, told = (), Content.styled(f"✗ {error}. {error.advice}", "$text-error")
        finally:
            slow.stop()
        self._ahead = ahead
        says.update(told)
        self.refresh_bindings()

    async def _outlook(self, sweep: Sweep) -> tuple[Outlook, ...]:
        """What is left to ask of each plan. Raises InvalidRequest, InvalidEndpoint, StoreFailed."""
        plans = await asyncio.to_thread(plans_of, sweep)
        ahead = [await self._batches.outlook(plan) for plan in plans]
        self._asked_before = sum(len(each.kept) for each in ahead)
        return tuple(anew(plan) for plan in plans) if self._anew else tuple(ahead)

    async def _sweep(self) -> Sweep:
        ticked = set(self.prompt_ticks.ticked)
        prompts = tuple(each for each in self._prompts if each.name in ticked)
        own_line = self.query_one("#sweep-own", Static)
        own_line.display = not prompts
        title, table, digest = await self._rows()
        asked = set(self.endpoint_ticks.ticked)
        if table is NO_ROWS:
            title, digest = unfiled(prompts)
        words = "Each row asks its own column prompt." if table.columns else "none is ticked"
        own_line.update(Content.styled(words, "$text-muted"))
        sweep = Sweep(
            table,
            title,
            digest,
            tuple(each for each in self._endpoints if each.inference_id in asked),
            tuple(dict.fromkeys(self.query_one("#sweep-models", Input).value.replace(",", " ").split())),
            prompts,
            {name: text for name, text in self._typed.items() if text},
            self._grid(),
            str(await asyncio.to_thread(path_of(title).resolve)) if table is not NO_ROWS else "",
        )
        await self._ask_values(sweep)
        return sweep

    def _grid(self) -> dict[str, tuple[str, ...]]:
        typed = {each.name or "": each.value for each in self.query(".sweep-list").results(Input)}
        return read_lists(typed, self.query_one("#sweep-system", TextArea).text)

    async def _rows(self) -> tuple[str, Table, str]:
        """Title, table and digest of the file; it is read again only when it is another one."""
        line = self.file_line.value.strip()
        if not line:
            return "", NO_ROWS, ""
        path = path_of(line)
        stamp = await asyncio.to_thread(stamp_of, path)
        if self._read[:2] != (stamp, str(path)):
            self._read = (stamp, str(path), *await asyncio.to_thread(_table_of, path))
        return self._read[1:]

    async def _ask_values(self, sweep: Sweep) -> None:
        """Have a field for each variable that no column gives."""
        wanted = sweep.open_variables
        if wanted == tuple(self._typed):
            return
        self._typed = {name: self._typed.get(name, "") for name in wanted}
        defaults = {name: text for each in sweep.prompts for name, text in each.template.defaults.items()}
        fields = self.query_one("#sweep-values", Vertical)
        async with self.batch():
            await fields.remove_children()
            for name, text in self._typed.items():
                hint = one_line(defaults.get(name, ""), limit=60)
                await fields.mount(_row(name, Input(text, name=name, placeholder=hint, compact=True)))

    def action_begin(self) -> None:
        """Begin what stands there."""
        if self._ahead:
            self.dismiss(self._ahead)

    def action_again(self) -> None:
        """Ask all again, or only what was not asked."""
        self._anew = not self._anew
        self._count()

    def action_leave(self) -> None:
        """Begin nothing."""
        self.dismiss(None)


def _table_of(path: Path) -> tuple[Table, str]:
    """The table in a file, and a digest of its bytes. Raises StoreFailed, InvalidRequest."""
    data = read_bytes(path)
    try:
        return decode_table(path.name, data), hashlib.sha256(data).hexdigest()
    except NoTable as flaw:
        raise InvalidRequest(f"{path}:{flaw.line}: {flaw.reason}") from None


def _row(name: str, field: Widget) -> Horizontal:
    return Horizontal(Label(Content(name)), field, classes="sweep-row")


def _list_line(name: str) -> Input:
    return Input(name=name, placeholder=_HINTS[name], compact=True, classes="sweep-list")


def _prompt_words(prompt: Prompt) -> Content:
    names = ", ".join(prompt.template.variables) or "no variables"
    return Content.assemble(prompt.name, (f"  {one_line(names, limit=60)}", "$text-muted"))


def _endpoint_words(endpoint: Endpoint) -> Content:
    about = f"  {endpoint.model}, {endpoint.limit:,} a minute"
    return Content.assemble(endpoint.inference_id, (about, "$text-muted"))
