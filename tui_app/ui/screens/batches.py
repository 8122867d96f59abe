"""The batches of this user: what runs, what waits to go on, what has ended."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.timer import Timer
from textual.widgets import OptionList, Static

from tui_app.core.batch_items import Batch
from tui_app.core.batches import Batches
from tui_app.core.durations import ago
from tui_app.core.errors import InfertermError
from tui_app.core.inference import Inference
from tui_app.core.prompts import Prompts
from tui_app.core.text import one_line
from tui_app.ui.commands import bindings
from tui_app.ui.kept_list import KeptListScreen
from tui_app.ui.widgets.batch_cells import bar, state_words
from tui_app.ui.widgets.key_bar import KeyBar
from tui_app.ui.widgets.lines import Lines
from tui_app.ui.widgets.title_bar import TitleBar

CALM_S: Final = 0.25
TICK_S: Final = 1.0
_PADDING: Final = 4
_EMPTY: Final = (
    "No batch yet.\n\n"
    "A batch asks every row of a CSV or JSONL file: its column prompt, or a kept prompt filled in with the "
    "columns. It stays within the endpoint's limit, keeps each answer as it comes, goes on after a quit or "
    "a kill, and asks nothing twice. Columns such as contains, matches or max_tokens check the answers.\n\n"
    "n begins one."
)


class BatchesScreen(KeptListScreen[None]):
    """All batches; what runs goes on when the screen is left, until the app ends."""

    CSS_PATH = "../batches.tcss"
    HELP = """
    A batch runs in this terminal, whatever screen is shown. When inferterm is closed it stops, and goes
    on where it was with p. Nothing is asked twice: what was on its way when a process was killed is
    told as lost.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("batches")]

    def __init__(
        self,
        inference: Inference,
        prompts: Prompts,
        batches: Batches,
        about: str | None = None,
    ) -> None:
        super().__init__()
        self._inference, self._prompts, self._batches = inference, prompts, batches
        self._about = about
        self._found: Sequence[Batch] = ()
        self._told = False
        self._later: Timer | None = None
        self._tick: Timer | None = None

    def compose(self) -> ComposeResult:
        yield TitleBar("batches")
        yield Lines(markup=False, compact=True)
        yield Static(Content(_EMPTY), id="batches-empty")
        yield KeyBar()

    def on_mount(self) -> None:
        self.lines.focus()
        self._unsubscribe = self._batches.subscribe(self._changed)
        self.read()

    def on_unmount(self) -> None:
        self._unsubscribe()

    def on_screen_resume(self) -> None:
        self.read()

    def on_resize(self) -> None:
        self._show()

    def _changed(self, batch_id: int, position: int) -> None:
        if not self._told:
            self._told = True
            self.call_later(self._notice)

    def _notice(self) -> None:
        """Read anew soon, in the app's own time: whoever tells a change may know of no app."""
        self._told = False
        if self._later is None:
            self._later = self.set_timer(CALM_S, self.read)

    def _count_down(self) -> None:
        """Show it anew each second while something runs, here or in another terminal."""
        if self._tick is not None:
            self._tick.stop()
        begun = self._batches.begun
        elsewhere = any(each.busy and each.id not in begun for each in self._found)
        again = self.read if elsewhere else self._show
        self._tick = self.set_timer(TICK_S, again) if elsewhere or begun else None

    @work(group="read", exclusive=True)
    async def read(self, wanted: int | None = None) -> None:
        """Read the list anew; the cursor goes to `wanted`."""
        try:
            self._found = await self._batches.all()
        except InfertermError as error:
            self.complain(error)
        finally:
            self._later = None
        self._show(wanted)

    @property
    def selected(self) -> Batch | None:
        """The batch under the cursor."""
        return next((each for each in self._found if str(each.id) == self.selected_id), None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is possible."""
        batch = self.selected
        if action in {"open", "delete"}:
            return batch is not None
        if action == "pause":
            elsewhere = batch is not None and batch.busy and batch.id not in self._batches.begun
            return batch is not None and batch.ended < batch.total and not elsewhere
        return True

    def _show(self, wanted: int | None = None) -> None:
        self._count_down()
        name = "" if wanted is None else str(wanted)
        self.fill([(str(each.id), self._line(each)) for each in self._found], name)
        running = len(self._batches.running)
        here = f", {running} at work here" if running else ""
        self.query_one(TitleBar).about = f"{len(self._found)}{here}"

    def _line(self, batch: Batch) -> Content:
        width = (self.lines.scrollable_content_region.width or self.size.width) - _PADDING
        run = self._batches.running.get(batch.id)
        title = one_line(batch.head.title.rpartition("/")[2], limit=200)
        age = ago(max(0.0, time.time() - batch.created_at))
        first = Content.assemble((title, "bold"), (f"  {batch.head.endpoint}", "$text-muted"))
        room = max(20, width - len(age) - 2)
        head = first.truncate(room, ellipsis=True, pad=True)
        stands = run.progress.words if run else self._standing(batch)
        ended, total = (run.progress.ended, run.progress.total) if run else (batch.ended, batch.total)
        below = Content.assemble(bar(ended, total, 16), "  ", stands).truncate(width, ellipsis=True)
        return Content.assemble(head, "  ", (age, "$text-muted"), "\n", below)

    def _standing(self, batch: Batch) -> str:
        begun = batch.id in self._batches.begun
        return state_words(batch, self._batches.errors.get(batch.id), beginning=begun)

    def on_option_list_option_highlighted(self) -> None:
        self.refresh_bindings()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.action_open()

    def action_open(self) -> None:
        """Show the rows of the batch."""
        from tui_app.ui.screens.batch import BatchScreen

        if self.selected is not None:
            self.app.push_screen(BatchScreen(self._batches, self.selected))

    @work(group="new", exclusive=True)
    async def action_new(self) -> None:
        """Begin a batch."""
        from tui_app.ui.batch_flows import begin

        begun = None
        try:
            begun = await begin(self.app, self._inference, self._prompts, self._batches, self._about)
        except InfertermError as error:
            self.complain(error)
        self.read(begun)

    def action_pause(self) -> None:
        """Pause what runs; let go on what does not."""
        if self.selected is None:
            return
        if self.selected.id in self._batches.running:
            self._batches.pause(self.selected.id)
        else:
            self._batches.start(self.selected.id)

    @work(group="delete", exclusive=True)
    async def action_delete(self) -> None:
        """Delete the batch with its answers, if that is meant."""
        batch = self.selected
        if batch is None:
            return
        running = " It runs now; what is on the way is given up." if batch.id in self._batches.begun else ""
        about = f"{batch.head.title}, {batch.ended:,} of {batch.total:,} rows have ended.{running}"
        consequence = "Its answers cannot be brought back."
        if not await self.sure("Delete this batch?", about, "Delete", consequence):
            return
        try:
            await self._batches.delete(batch.id)
        except InfertermError as error:
            self.complain(error)
        self.read()
