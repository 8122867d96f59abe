"""One batch: how it goes, and its rows to sort, filter, mark and compare."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar, Final

from textual import events, getters, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input, Static

from tui_app.core.batch_items import Batch, Row, RowState
from tui_app.core.batch_rows import Order, chosen, key_of
from tui_app.core.batches import Batches
from tui_app.core.errors import InfertermError
from tui_app.ui.commands import bindings
from tui_app.ui.widgets.batch_cells import bar, row_head, row_line, state_words
from tui_app.ui.widgets.key_bar import KeyBar
from tui_app.ui.widgets.long_list import LongList
from tui_app.ui.widgets.title_bar import TitleBar

CALM_S: Final = 0.25
TICK_S: Final = 1.0
_MARKING: Final = ("mark1", "mark2", "mark3", "mark4", "mark5", "unmark")
_PATIENT: Final = 10
"""Reading all rows again may take a tenth of the time."""


class BatchScreen(Screen[None]):
    """The rows of a batch, live while it runs."""

    CSS_PATH = "../batches.tcss"
    HELP = """
    Digits 1 to 5 mark the row under the cursor, 0 takes the mark away. Rows that fail a check or
    failed stand out and can be shown alone. Compared with an earlier run of the same file, = says that
    the answer is the same, ≠ that it is another, and the sign after it how it was.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("batch")]

    row_list = getters.query_one(LongList)
    filter_line = getters.query_one(Input)

    def __init__(self, batches: Batches, batch: Batch) -> None:
        super().__init__()
        self._batches, self._batch = batches, batch
        self._rows: Sequence[Row] = ()
        self._shown: Sequence[Row] = ()
        self._earlier: dict[str, Row] | None = None
        self._order, self._only_wrong = Order.ROWS, False
        self._later: Timer | None = None
        self._tick: Timer | None = None
        self._calm = CALM_S

    def compose(self) -> ComposeResult:
        yield TitleBar("batch", self._batch.head.title.rpartition("/")[2])
        yield Static(id="batch-stands")
        yield Input(id="batch-wanted", placeholder="words in prompt or answer", compact=True)
        yield Static(id="batch-head")
        yield LongList()
        yield KeyBar()

    def on_mount(self) -> None:
        self.row_list.focus()
        self._unsubscribe = self._batches.subscribe(self._changed)
        self.read()

    def on_unmount(self) -> None:
        self._unsubscribe()

    def _changed(self, batch_id: int) -> None:
        if batch_id == self._batch.id:
            self._stands()
            if self._later is None:
                self._later = self.set_timer(self._calm, self.read)

    @work(group="read", exclusive=True)
    async def read(self) -> None:
        """Read the rows anew."""
        clock = asyncio.get_running_loop().time
        began, self._later = clock(), None
        try:
            self._batch = await self._batches.get(self._batch.id)
            self._rows = await self._batches.rows(self._batch.id)
        except InfertermError as error:
            self._complain(error)
        self._calm = max(CALM_S, (clock() - began) * _PATIENT)
        self._show()

    @property
    def selected(self) -> Row | None:
        """The row under the cursor."""
        return self._shown[self.row_list.cursor] if self._shown else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is possible; letters are a filter's own while one is typed."""
        if isinstance(self.focused, Input):
            return action == "leave"
        counts = self._batch.counts
        possible = {
            "look": bool(self._shown),
            **dict.fromkeys(_MARKING, bool(self._shown)),
            "pause": self._batch.ended < self._batch.total,
            "stop": self._batch.ended < self._batch.total and not self._batch.stopped,
            "again": not self._at_work and bool(counts.get(RowState.FAILED) or counts.get(RowState.LOST)),
        }
        return possible.get(action, True)

    @property
    def _at_work(self) -> bool:
        return self._batch.id in self._batches.running

    def _show(self) -> None:
        self._stands()
        at = self.selected
        self._shown = chosen(self._rows, self._order, self.filter_line.value, only_wrong=self._only_wrong)
        positions = [row.item.position for row in self._shown]
        cursor = positions.index(at.item.position) if at and at.item.position in positions else 0
        self.row_list.fill(len(self._shown), self._line, cursor=cursor)
        head = row_head(self.row_list.row_width, comparing=self._earlier is not None)
        self.query_one("#batch-head", Static).update(head)
        order = f"{len(self._shown):,} rows, {self._order.value}"
        self.query_one(TitleBar).aside = Content.styled(order, "$text-muted")
        self.refresh_bindings()

    def _line(self, index: int, width: int) -> Content:
        row = self._shown[index]
        if self._earlier is None:
            return row_line(row, width)
        return row_line(row, width, self._earlier.get(key_of(row)), comparing=True)

    def _stands(self) -> None:
        """Say how it stands, and again in a second while it runs: its time left counts down."""
        if self._tick is not None:
            self._tick.stop()
        self._tick = self.set_timer(TICK_S, self._stands) if self._at_work else None
        run = self._batches.running.get(self._batch.id)
        error = self._batches.errors.get(self._batch.id)
        words = run.progress.words if run else state_words(self._batch, error)
        stand = run.progress if run else self._batch
        advice = f"\n{error.advice}" if error is not None and not run else ""
        head = self._batch.head
        about = Content.styled(f"\n{head.endpoint}, {head.model}{advice}", "$text-muted")
        line = Content.assemble(
            bar(stand.ended, stand.total, 24 if self.size.width >= 100 else 12), "  ", words, about
        )
        self.query_one("#batch-stands", Static).update(line)

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    def on_input_changed(self) -> None:
        self._show()

    def on_input_submitted(self) -> None:
        self.row_list.focus()

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape" and (self.filter_line.value or self.filter_line.has_focus):
            event.stop()
            event.prevent_default()
            self.filter_line.value = ""
            self.filter_line.remove_class("-open")
            self.row_list.focus()

    def on_long_list_chosen(self) -> None:
        self.action_look()

    def action_look(self) -> None:
        """Show the row whole."""
        from tui_app.ui.screens.batch_row import BatchRowScreen

        if (row := self.selected) is not None:
            earlier = (self._earlier or {}).get(key_of(row))
            self.app.push_screen(BatchRowScreen(row, earlier))

    def action_mark1(self) -> None:
        """Mark the row with 1."""
        self._mark(1)

    def action_mark2(self) -> None:
        """Mark the row with 2."""
        self._mark(2)

    def action_mark3(self) -> None:
        """Mark the row with 3."""
        self._mark(3)

    def action_mark4(self) -> None:
        """Mark the row with 4."""
        self._mark(4)

    def action_mark5(self) -> None:
        """Mark the row with 5."""
        self._mark(5)

    def action_unmark(self) -> None:
        """Take the mark away."""
        self._mark(None)

    @work(group="mark")
    async def _mark(self, mark: int | None) -> None:
        if (row := self.selected) is None:
            return
        try:
            await self._batches.mark(self._batch.id, row.item.position, mark)
        except InfertermError as error:
            self._complain(error)
        self.read()

    def action_filter(self) -> None:
        """Let the person type what the rows are to hold."""
        self.filter_line.add_class("-open")
        self.filter_line.focus()

    def action_sort(self) -> None:
        """Sort by the next order."""
        orders = tuple(Order)
        self._order = orders[(orders.index(self._order) + 1) % len(orders)]
        self._show()

    def action_wrong(self) -> None:
        """Show only what failed, or all again."""
        self._only_wrong = not self._only_wrong
        self._show()

    def action_pause(self) -> None:
        """Pause it, or let it go on."""
        if self._at_work:
            self._batches.pause(self._batch.id)
        else:
            self._batches.start(self._batch.id)

    @work(group="act", exclusive=True)
    async def action_stop(self) -> None:
        """End it before its end."""
        try:
            await self._batches.stop(self._batch.id)
        except InfertermError as error:
            self._complain(error)
        self.read()

    @work(group="act", exclusive=True)
    async def action_again(self) -> None:
        """Ask again what failed or was lost, once it is said which."""
        from tui_app.ui.batch_flows import ask_again

        try:
            await ask_again(self.app, self._batches, self._batch)
        except InfertermError as error:
            self._complain(error)
        self.read()

    @work(group="compare", exclusive=True)
    async def action_compare(self) -> None:
        """Compare with an earlier run, or with none any more."""
        from tui_app.ui.batch_flows import choose_earlier

        if self._earlier is not None:
            self._earlier = None
        else:
            try:
                rows = await choose_earlier(self.app, self._batches, self._batch)
            except InfertermError as error:
                self._complain(error)
                return
            self._earlier = None if rows is None else {key_of(row): row for row in rows}
        self._show()

    @work(group="save", exclusive=True)
    async def action_save(self) -> None:
        """Write the rows to a file, as CSV or JSONL."""
        from tui_app.ui.batch_flows import save

        try:
            await save(self.app, self._batches, self._batch)
        except InfertermError as error:
            self._complain(error)

    def action_leave(self) -> None:
        """Back to the batches; it runs on."""
        self.dismiss(None)

    def _complain(self, error: InfertermError) -> None:
        self.notify(f"{error}\n{error.advice}".strip(), severity="error", markup=False, timeout=12)
