"""One batch: how it goes, and its rows to sort, filter, mark and compare."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Sequence
from typing import ClassVar, Final

from textual import events, getters, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Static

from tui_app.core.batch_comparison import comparison_words
from tui_app.core.batch_items import ENDED, Batch, Row
from tui_app.core.batch_output import summary
from tui_app.core.batch_rows import Folded, Show, as_told, chosen, shared_start
from tui_app.core.batches import Batches
from tui_app.core.counts import counted
from tui_app.core.errors import InfertermError
from tui_app.ui.batch_actions import BatchActions
from tui_app.ui.commands import bindings
from tui_app.ui.typing_ahead import ended
from tui_app.ui.widgets.batch_cells import bar, row_head, row_line, state_words
from tui_app.ui.widgets.key_bar import KeyBar
from tui_app.ui.widgets.long_list import LongList
from tui_app.ui.widgets.title_bar import TitleBar

CALM_S, MOST_CALM_S = 0.25, 2.0
"""The least and the most time between two looks at what changed."""
TICK_S: Final = 1.0
TYPING_S: Final = 0.1
FIRST: Final = 200
"""How many rows are shown while all others are read."""
_MANY: Final = 1_000
_PATIENT: Final = 10
"""Reading rows again and sorting them may take a tenth of the time."""


class BatchScreen(BatchActions):
    """The rows of a batch, live while it runs here or in another terminal."""

    CSS_PATH = "../batches.tcss"
    HELP = """
    Digits 1 to 5 mark the row under the cursor, 0 takes the mark away. Rows that fail a check or
    failed stand out and can be shown alone. Compared with an earlier run of the same file, each row says
    whether it broke (it passed before), was mended, is answered otherwise or the same, and how many tokens
    and seconds more it took.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("batch")]

    row_list = getters.query_one(LongList)
    filter_line = getters.query_one(Input)

    def __init__(self, batches: Batches, batch: Batch) -> None:
        super().__init__()
        self.batches, self.kept = batches, batch
        self._shown: Sequence[Row] = ()
        self._folded = Folded()
        self._news: set[int] | None = None
        self._took, self._compared = "", ""
        self._start, self._sifting_s = 0, 0.0
        self._reading = self._told = False
        self._tick: Timer | None = None

    def compose(self) -> ComposeResult:
        yield TitleBar("batch", self.kept.head.title.rpartition("/")[2])
        yield Static(id="batch-stands")
        yield Input(id="batch-wanted", placeholder="words in prompt or answer", compact=True)
        yield Static(id="batch-head")
        yield LongList()
        yield Static("Reading…", id="batch-empty")
        yield KeyBar()

    def on_mount(self) -> None:
        self.row_list.focus()
        self._unsubscribe = self.batches.subscribe(self._changed)
        self._stands()
        self.add_class("-empty")
        self.read()

    def on_unmount(self) -> None:
        self._unsubscribe()

    def _changed(self, batch_id: int, position: int) -> None:
        if batch_id != self.kept.id:
            return
        if position < 0:
            self._news = None
        elif self._news is not None:
            self._news.add(position)
        if not self._told:
            self._told = True
            self.call_later(self._notice)

    def _notice(self) -> None:
        """Take what changed, in the app's own time: whoever tells it may know of no app."""
        self._told = False
        self._stands()
        self.read()

    def read(self) -> None:
        """Read what changed, now or with what is being read."""
        if not self._reading:
            self._reading = True
            self._read_on()

    @work(group="read")
    async def _read_on(self) -> None:
        """Read until nothing has changed meanwhile; the more time that takes, the less often."""
        clock = asyncio.get_running_loop().time
        try:
            while self._news is None or self._news:
                began, whole = clock(), self._news is None
                await self._read_news()
                self.sift()
                took = CALM_S if whole else (clock() - began + self._sifting_s) * _PATIENT
                await asyncio.sleep(min(MOST_CALM_S, max(CALM_S, took)))
        except InfertermError as error:
            self.complain(error)
        finally:
            self._reading = False

    async def _read_news(self) -> None:
        """Read the rows that changed, all where that is not known. Raises StoreFailed."""
        news, self._news = self._news, set()
        try:
            if not self.rows and self.kept.total > FIRST:
                self.rows = await self.batches.rows(self.kept.id, range(FIRST))
                self._start = shared_start(self.rows)
                self.sift()
            self.kept = await self.batches.get(self.kept.id)
            if news is None or not self.whole:
                self.rows = await self.batches.rows(self.kept.id)
                self._start = await asyncio.to_thread(shared_start, self.rows)
                _spare_collector(self.rows)
            else:
                fresh = {row.item.position: row for row in await self.batches.rows(self.kept.id, news)}
                self.rows = tuple(fresh.get(row.item.position, row) for row in self.rows)
        except InfertermError:
            self._news = None
            raise

    @property
    def selected(self) -> Row | None:
        """The row under the cursor."""
        return self._shown[self.row_list.cursor] if self._shown else None

    @work(group="sift", exclusive=True)
    async def sift(self) -> None:
        """Sort and filter anew, off the event loop; the cursor stays on its row."""
        if not self.rows:
            return
        await asyncio.sleep(TYPING_S if self.filter_line.has_focus else 0)
        clock = asyncio.get_running_loop().time
        began = clock()
        found, self._took, self._compared = await asyncio.to_thread(self._sifted, self.filter_line.value)
        self._sifting_s = clock() - began
        at = self.selected
        self._shown = found
        positions = [row.item.position for row in found]
        cursor = positions.index(at.item.position) if at and at.item.position in positions else 0
        self.row_list.fill(len(found), self._line, cursor=cursor)
        self._say_rows()
        self._stands()
        self.refresh_bindings()

    def _sifted(self, wanted: str) -> tuple[Sequence[Row], str, str]:
        busy = self.at_work or self.kept.busy
        rows, earlier = as_told(self.rows, at_work=busy), self.earlier
        found = chosen(rows, self.order, wanted, show=self.show, earlier=earlier, folded=self._folded)
        told = summary(rows, free=self.kept.head.free)
        took = told.took if self.whole and (told.tokens_in or told.tokens_out) else ""
        return found, took, "" if earlier is None else comparison_words(rows, earlier)

    def _say_rows(self) -> None:
        """Say how many rows are shown in which order, or why there is none."""
        head = row_head(self.row_list.row_width, comparing=self.earlier is not None)
        self.query_one("#batch-head", Static).update(head)
        show = "" if self.show is Show.ALL else f", {self.show.value} alone"
        shown = (
            counted(len(self._shown), "row") if self.whole else f"the first {len(self.rows):,}, reading on"
        )
        order = f"{shown}{show}, {self.order.value}"
        self.query_one(TitleBar).aside = Content.styled(order, "$text-muted")
        self.set_class(not self._shown, "-empty")
        nothing = {Show.WRONG: "Nothing failed", Show.CHANGED: "Nothing changed"}.get(self.show, "No rows")
        words = ", with these words" if self.filter_line.value.strip() else ""
        self.query_one("#batch-empty", Static).update(f"{nothing}{words}.")

    def _line(self, index: int, width: int) -> Content:
        row, earlier = self._shown[index], self.earlier
        if earlier is None:
            return row_line(row, width, start=self._start)
        then = earlier.get(row.item.position)
        return row_line(row, width, then, comparing=True, start=self._start)

    def _stands(self) -> None:
        """Say how it stands, and again in a second while it runs: its time left counts down."""
        if self._tick is not None:
            self._tick.stop()
        self._tick = self.set_timer(TICK_S, self._again) if self.at_work or self.kept.busy else None
        run = self.batches.running.get(self.kept.id)
        error = self.batches.errors.get(self.kept.id)
        words = run.progress.words if run else state_words(self.kept, error, beginning=self.at_work)
        stand = run.progress if run else self.kept
        advice = f"\n{error.advice}" if error is not None and not run else ""
        head = self.kept.head
        took = f" · {self._took}" if self._took else ""
        about = Content.styled(f"\n{head.endpoint}, {head.model}{took}{advice}", "$text-muted")
        compared = Content.styled(f"\nbeside the earlier run: {self._compared}" if self._compared else "", "")
        width = 24 if self.size.width >= 100 else 12
        line = Content.assemble(bar(stand.ended, stand.total, width), "  ", words, about, compared)
        self.query_one("#batch-stands", Static).update(line)

    def _again(self) -> None:
        """Say it again; what another terminal works on is read anew as far as it was not answered."""
        if self.kept.busy and not self.at_work and self._news is not None:
            self._news |= {row.item.position for row in self.rows if row.state not in ENDED}
            self.read()
        self._stands()

    def go(self, step: int) -> Row | None:
        """Go to another row; None where there is none."""
        place = self.row_list.cursor + step
        if not 0 <= place < len(self._shown):
            return None
        self.row_list.cursor = place
        return self.selected

    def on_resize(self) -> None:
        self.call_after_refresh(self.sift)

    def on_input_changed(self) -> None:
        self.sift()

    @work(group="found", name="action_found")
    async def on_input_submitted(self) -> None:
        """Go to the rows once they are those that are wanted: what is typed behind that is meant for them."""
        await ended(self, "sift")
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

    def action_filter(self) -> None:
        """Let the person type what the rows are to hold."""
        self.filter_line.add_class("-open")
        self.filter_line.focus()


def _spare_collector(rows: Sequence[Row]) -> None:
    """Let the garbage collector pass over many rows: each full round through them is a stall."""
    if len(rows) >= _MANY:
        gc.freeze()
