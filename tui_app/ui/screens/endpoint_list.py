"""The list of endpoints: what there is, what is left, and everything that can be done with one."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import ClassVar, Final

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Input, OptionList, Static

from tui_app.core.counts import counted
from tui_app.core.endpoints import Entry
from tui_app.core.errors import InfertermError, KeyTrouble, LedgerBusy, LedgerFailed
from tui_app.core.inference import Inference
from tui_app.core.quota import Quota
from tui_app.core.storage import BrokenEndpoint
from tui_app.core.told_words import excess_of
from tui_app.ui.commands import bindings
from tui_app.ui.endpoint_actions import EndpointActions
from tui_app.ui.widgets.columns import head_line
from tui_app.ui.widgets.endpoint_details import details
from tui_app.ui.widgets.endpoint_rows import Moment, Row, id_of, matches
from tui_app.ui.widgets.endpoint_table import EndpointTable
from tui_app.ui.widgets.key_bar import KeyBar, key_of
from tui_app.ui.widgets.title_bar import TitleBar
from tui_app.ui.widgets.ways import Way, Ways

TALL: Final = 20
"""Lines below which the list gives up its air."""
_CHOICES: Final = (
    ("new", "New endpoint", "Fill in a form: a model, a key, a limit."),
    ("sandbox", "Try the sandbox", "Chat at once: no key, no network, no cost."),
)


class EndpointListScreen(EndpointActions):
    """Shows the endpoints from disk at once; keys, health and quotas fill in and stay current."""

    HELP = """
    Every endpoint is one Anthropic model with its key and its limit. The bar shows how many
    requests may start now: the limit counts those of the last 60 seconds, over all your
    terminals. Endpoints with the same URL, key and model share one budget.

    Changes in the files, by an editor or another terminal, show up here by themselves.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("endpoints")]
    AUTO_FOCUS = ""

    rows: reactive[tuple[Row, ...]] = reactive((), init=False)
    quotas: reactive[Mapping[str, Quota]] = reactive({}, init=False)
    wanted: reactive[str] = reactive("", init=False)

    table = getters.query_one(EndpointTable)
    title_bar = getters.query_one(TitleBar)
    filter_line = getters.query_one("#filter", Input)

    def __init__(self, inference: Inference, cursor_at: str | None = None) -> None:
        super().__init__()
        self._cursor_at = cursor_at
        self.inference = inference
        self._unsubscribe: Callable[[], None] = lambda: None
        self._alive = False
        self._trouble = ""

    def compose(self) -> ComposeResult:
        yield TitleBar("inferterm")
        yield Input(id="filter", placeholder="filter by id, model or note", compact=True)
        yield Static(id="head")
        yield EndpointTable(self.inference.queue.clock.now, self._cursor_at)
        yield Static(id="details")
        with Vertical(id="welcome"):
            yield Static(_welcome(), id="greeting")
            ways = (
                (Content.assemble((name, "bold"), (f"\n{about}", "$text-muted")), id_)
                for id_, name, about in _CHOICES
            )
            yield Ways(*(Way(*way) for way in ways), id="choices")
        yield KeyBar()

    async def on_mount(self) -> None:
        await self._read_files()
        self.call_after_refresh(self._come_alive)

    def _come_alive(self) -> None:
        """Look further than the files, once the list is seen: a chat over it has the machine for itself."""
        if self._alive or not self.is_current:
            return
        self._alive = True
        self.refresh_entries()
        self._follow_files()
        self._probe_keyring()

    def on_screen_resume(self) -> None:
        self._unsubscribe()
        self._unsubscribe = self.inference.queue.subscribe(self.refresh_quotas)
        if self._alive:
            self.refresh_entries()
        else:
            self.call_after_refresh(self._come_alive)

    def on_screen_suspend(self) -> None:
        self._unsubscribe()
        self._unsubscribe = lambda: None

    def on_unmount(self) -> None:
        self._unsubscribe()

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.table.selected

    @property
    def inference_id(self) -> str | None:
        """The id of the endpoint under the cursor."""
        return id_of(self.row) if self.row is not None else None

    def go_to(self, inference_id: str) -> None:
        """Put the cursor on an endpoint, now or when it comes."""
        self.table.go_to(inference_id)

    async def _read_files(self) -> None:
        try:
            self.rows = await self.inference.endpoints.stored()
        except InfertermError as error:
            self.complain(error)
        self.set_class(not self.rows, "-empty")
        (self.query_one("#choices") if not self.rows else self.table).focus()

    @work(group="entries", exclusive=True)
    async def refresh_entries(self) -> None:
        """Read everything anew: files, keys, health, quotas."""
        try:
            self.rows = await self.inference.endpoints.entries()
        except InfertermError as error:
            self.complain(error)
        self.refresh_quotas()

    @work(group="files")
    async def _follow_files(self) -> None:
        try:
            async for _ in self.inference.endpoints.changes():
                self.refresh_entries()
        except InfertermError as error:
            self.complain(error)

    @work(group="keyring")
    async def _probe_keyring(self) -> None:
        report = await self.inference.keys.keyring()
        if report.works:
            words = (
                f"keyring: {_spoken(report.name)}, " + ("locked" if report.will_ask else "works"),
                "$text-muted",
            )
        else:
            absent = report.trouble is KeyTrouble.ABSENT
            words = ("! no keyring here" if absent else f"! keyring: {report.trouble}", "$text-warning")
        if not self._gone:
            self.title_bar.aside = Content.assemble(words)

    def refresh_quotas(self) -> None:
        """Ask the queue how every budget stands."""
        found: dict[str, Quota] = {}
        before, self._trouble = self._trouble, ""
        for row in self.rows:
            if isinstance(row, Entry):
                try:
                    quota = self.inference.queue.quota(row.group, row.endpoint.limit)
                except LedgerBusy:
                    continue
                except LedgerFailed as failure:
                    self._trouble = str(failure)
                    continue
                found[row.endpoint.inference_id] = quota
        self.quotas = found
        if self._trouble != before and not self._gone:
            self._show_details()

    @property
    def _gone(self) -> bool:
        """Whether an answer comes too late: the screen is being taken down."""
        return not self.query(TitleBar)

    def watch_rows(self) -> None:
        if self._gone:
            return
        count = len(self.rows)
        broken = sum(isinstance(row, BrokenEndpoint) for row in self.rows)
        words = counted(count, "endpoint") + (f", {broken} broken" if broken else "")
        self.title_bar.about = words if count else ""
        was_empty = self.has_class("-empty")
        self.set_class(not count, "-empty")
        if was_empty and count:
            self.table.focus()
        elif not count and self.is_current:
            self.query_one("#choices").focus()
        self._show_rows()

    def watch_quotas(self) -> None:
        if self._gone:
            return
        self.table.quotas = self.quotas
        self._show_details()

    def watch_wanted(self) -> None:
        self._show_rows()

    def _show_rows(self) -> None:
        self.table.rows = tuple(row for row in self.rows if matches(row, self.wanted))
        if self.wanted:
            self.title_bar.about = f"{len(self.table.rows)} of {len(self.rows)} endpoints"
        self._show_details()
        self.refresh_bindings()

    def _show_details(self) -> None:
        row = self.table.selected
        if row is None and self.wanted:
            words = "No endpoint matches. esc shows all of them again."
            self.query_one("#details", Static).update(Content.styled(words, "$text-muted"))
            return
        quota = self.quotas.get(id_of(row)) if row else None
        moment = Moment(self.inference.queue.clock.now(), time.time())
        panel = self.query_one("#details", Static)
        width = panel.content_size.width or self.app.size.width - 6
        excess, key = self._excess(row), key_of(self, "app.quota")
        panel.update(details(row, quota, moment, width, trouble=self._trouble, excess=excess, quota_key=key))

    def _excess(self, row: Row | None) -> str:
        if not isinstance(row, Entry):
            return ""
        return excess_of(self.inference.queue, row.group, row.endpoint.limit)

    def on_resize(self) -> None:
        self.set_class(self.size.height < TALL, "-tight")
        self.query_one("#head", Static).update(head_line(self.table.columns()))
        self.call_after_refresh(self._show_details)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_list is self.table:
            self._show_details()
            self.refresh_bindings()

    async def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_list is self.table:
            await self.run_action("chat")
        elif event.option_id:
            await self.run_action(event.option_id)

    def on_input_changed(self, event: Input.Changed) -> None:
        self.wanted = event.value

    def on_input_submitted(self) -> None:
        self.table.focus()

    def on_key(self, event: object) -> None:
        key = getattr(event, "key", "")
        if key == "escape" and (self.wanted or self.filter_line.has_focus):
            self.filter_line.value = ""
            self.filter_line.display = False
            self.table.focus()
        elif key == "down" and self.filter_line.has_focus:
            self.table.focus()

    def action_filter(self) -> None:
        """Let the person type what the list is to show."""
        self.filter_line.display = True
        self.set_focus(self.filter_line)


def _spoken(backend: str) -> str:
    """The name of a keyring's backend without the path to its class."""
    path = backend.split(".")
    name = path[-2] if len(path) > 1 and path[-1].endswith("Keyring") else path[-1]
    return "Secret Service" if name in {"SecretService", "libsecret"} else name


def _welcome() -> Content:
    return Content.assemble(
        ("Welcome to inferterm\n", "bold $accent"),
        "A workbench for Anthropic completion endpoints: set one up in a form, keep its key in "
        "the keyring, and chat with it under a quota that you can watch.\n",
        ("\nThere is no endpoint yet. How do you want to start?", "$text-muted"),
    )
