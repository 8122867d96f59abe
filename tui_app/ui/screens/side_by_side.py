"""Side by side: one prompt, two to four answers at once, and the words in which they differ."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tui_app.core.comparisons import Comparison
from tui_app.core.endpoint import Endpoint
from tui_app.core.endpoints import Entry
from tui_app.core.errors import InfertermError, LedgerBusy, LedgerFailed
from tui_app.core.inference import Inference
from tui_app.core.quota import Group
from tui_app.core.text import one_line
from tui_app.core.user_messages import UserMessage
from tui_app.core.variations import Variation
from tui_app.core.verdicts import verdict_of
from tui_app.core.word_marks import compared, open_ended
from tui_app.ui.commands import bindings
from tui_app.ui.side_actions import SideActions
from tui_app.ui.widgets.chips import Chips
from tui_app.ui.widgets.column_view import ColumnView
from tui_app.ui.widgets.gauge import Gauge
from tui_app.ui.widgets.key_bar import KeyBar
from tui_app.ui.widgets.marked_text import lines_of, spans_of
from tui_app.ui.widgets.prompt import Prompt
from tui_app.ui.widgets.title_bar import TitleBar

COLUMN_WIDTH: Final = 28
"""Cells below which a column is not squeezed; what does not fit is a tab."""
_SIGNS: Final = {"stopped": "■", "failed": "✗", "doubtful": "!"}
HINT: Final = "Ask all columns. Enter sends, Ctrl+J makes a line."


class SideBySideScreen(SideActions):
    """Shows the comparison that goes on, or a new one with `first` as column one."""

    CSS_PATH = "../side_by_side.tcss"
    HELP = """
    One prompt goes to two to four columns at once: each is an endpoint, or a variation of one in
    model, settings or system prompt. Every request waits for its own turn in its own quota, so
    that no limit is exceeded. Under each answer stand its times, tokens and cost.

    Words in which answers differ are marked once both have ended: against column one, or the
    column that you choose. Commands are for the column with the sign ▸.

    Answers run on when you leave, and are there when you come back. They go when another prompt is
    asked or inferterm ends; "keep this one" makes a conversation of one.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("column"), *bindings("beside")]

    marks: reactive[bool] = reactive(True, init=False)
    together: reactive[bool] = reactive(True, init=False)
    wide: reactive[bool] = reactive(False, init=False)

    def __init__(
        self,
        inference: Inference,
        first: Variation,
        prompt: UserMessage | str = "",
        system: str | None = None,
    ) -> None:
        super().__init__()
        self.inference = inference
        self._first = first, UserMessage.of(prompt), system
        self.comparison: Comparison | None = None
        self.title_bar, self.tabs = TitleBar("side by side"), Static(id="tabs")
        self.columns, self.prompt, self.chips = Horizontal(id="columns"), Prompt(), Chips()
        self.gauge = Gauge(inference.queue.clock.now)
        self._entries: dict[str, Entry] = {}
        self._ends: list[Callable[[], None]] = []
        self._unsubscribe: Callable[[], None] = lambda: None

    @property
    def asked(self) -> Sequence[Endpoint]:
        """What each column asks."""
        known, columns = self._entries, [view.column.variation for view in self.views]
        return [each.of(known[each.endpoint].endpoint) for each in columns if each.endpoint in known]

    @property
    def inference_id(self) -> str | None:
        """The endpoint of the column for which commands are."""
        return self.chosen.column.variation.endpoint if self.chosen else None

    def compose(self) -> ComposeResult:
        yield self.title_bar
        yield self.tabs
        yield self.columns
        yield self.gauge
        yield from self.compose_prompt()
        yield KeyBar()

    def on_mount(self) -> None:
        self.prompt.placeholder = HINT
        self.prompt.focus()
        self._open()

    def on_screen_resume(self) -> None:
        self._unsubscribe()
        self._unsubscribe = self.inference.queue.subscribe(self._show_quota)

    def on_screen_suspend(self) -> None:
        self._unsubscribe()
        self._unsubscribe = lambda: None

    def on_unmount(self) -> None:
        self._unsubscribe()
        for end in self._ends:
            end()

    @work(group="open", exclusive=True)
    async def _open(self) -> None:
        first, prompt, system = self._first
        try:
            self.comparison = await self.inference.comparisons.open(first, prompt, system)
        except InfertermError as error:
            self.complain(error)
            return
        self._ends.append(self.comparison.subscribe(self._ended))
        if not self.prompt.message:
            self.prompt.put(self.comparison.message)
        if prompt and prompt != self.comparison.message:
            self.notify("These answers are still on their way; leave them or stop them first.", markup=False)
        await self.show_columns()

    async def show_columns(self) -> None:
        """Show the columns as they stand now; those that stay are not touched."""
        comparison = self.comparison
        if comparison is None:
            return
        await self._learn(comparison)
        kept = self.chosen.column if self.chosen else None
        made = []
        for number, column in enumerate(comparison.columns, 1):
            entry = self._entries.get(column.variation.endpoint)
            free = entry is not None and entry.endpoint.local.sandbox
            model = entry.endpoint.model if entry else "not there"
            made.append(ColumnView(column, number, free=free, model=model))
        async with self.batch():
            await self.columns.remove_children()
            await self.columns.mount_all(made)
        for index, view in enumerate(made):
            view.base = index == comparison.against
        self.choose(next((view for view in made if view.column is kept), made[0]))
        self.mark_soon()

    async def _learn(self, comparison: Comparison) -> None:
        """Learn what is to be known of the endpoints; one that is not there says so in its column."""
        self._entries.clear()
        for name in {column.variation.endpoint for column in comparison.columns}:
            try:
                self._entries[name] = await self.inference.endpoints.entry(name)
            except InfertermError:
                continue

    def choose(self, view: ColumnView) -> None:
        """Turn to a column."""
        for each in self.views:
            each.chosen = each is view
        self._fit()
        self._show_quota()
        self.refresh_bindings()

    def _fit(self) -> None:
        """Show as many columns as there is room for, the chosen one among them."""
        views = self.views
        if not views:
            return
        room = 1 if self.wide else max(1, min(len(views), self.size.width // COLUMN_WIDTH))
        at = next((index for index, view in enumerate(views) if view.chosen), 0)
        first = min(at // room * room, len(views) - room)
        for index, view in enumerate(views):
            view.display = first <= index < first + room
        self.tabs.display = room < len(views)
        items = [self._tab(view) for view in views]
        self.tabs.update(Content("   ").join(items))
        self._show_head()
        self.mark_soon()

    def _tab(self, view: ColumnView) -> Content:
        style = "bold $accent" if view.chosen else ("" if view.display else "$text-muted")
        sign = _sign(view)
        return Content.styled(f"{'▸' if view.chosen else ' '}{sign} {view.label}", style)

    def _show_head(self) -> None:
        comparison = self.comparison
        self.title_bar.about = one_line(comparison.message.title) if comparison and comparison.asked else ""
        marks = "differences marked" if self.marks else "no marks"
        together = "scrolling together" if self.together else "scrolling apart"
        self.title_bar.aside = Content.styled(f"{marks} · {together}", "$text-muted")

    def on_resize(self) -> None:
        self._fit()

    def on_column_view_chosen(self, event: ColumnView.Chosen) -> None:
        if not event.view.chosen:
            self.choose(event.view)

    def on_column_view_moved(self) -> None:
        self._fit()
        self.refresh_bindings()

    def watch_marks(self) -> None:
        self._show_head()
        self.mark_soon()

    def watch_together(self) -> None:
        self._show_head()

    def watch_wide(self) -> None:
        self._fit()

    def _ended(self) -> None:
        self.refresh_bindings()
        self.mark_soon()

    def mark_soon(self) -> None:
        """Mark anew what differs, once all is drawn."""
        self.call_after_refresh(self._mark)

    @work(group="marks", exclusive=True)
    async def _mark(self) -> None:
        comparison, views = self.comparison, self.views
        if comparison is None or not views:
            return
        base = views[min(comparison.against, len(views) - 1)]
        others = [view for view in views if view is not base and view.display and view.column.text]
        if not self.marks or not base.column.text or not others:
            for view in views:
                view.answer.unmark()
            return
        first = await (base.answer.lines() if base.display else lines_of(base.column.text))
        for view in others:
            second = await view.answer.lines()
            ours, theirs = await asyncio.to_thread(compared, "\n".join(first), "\n".join(second))
            await view.answer.mark(spans_of(open_ended(theirs) if base.column.cut else theirs))
            if base.display:
                both = spans_of(open_ended(ours) if view.column.cut else ours)
                await base.answer.mark(both if len(views) == 2 else {})

    def _show_quota(self) -> None:
        column = self.chosen.column.variation if self.chosen else None
        entry = self._entries.get(column.endpoint) if column else None
        if entry is None or column is None:
            return
        limit = entry.endpoint.limit
        try:
            quota = self.inference.queue.quota(_group(entry, column), limit)
        except LedgerFailed as failure:
            self.gauge.trouble = "" if isinstance(failure, LedgerBusy) else str(failure)
            return
        self.gauge.trouble = ""
        self.gauge.shares = () if column.model else entry.shares
        self.gauge.hint = column.endpoint
        self.gauge.quota = quota


def _sign(view: ColumnView) -> str:
    """How a column stands, in one sign."""
    turn = view.column.turn
    if turn is None or view.column.busy:
        return "●" if view.column.busy else "○"
    found = verdict_of(turn.answer)
    return _SIGNS[found.kind] if found else "✓"


def _group(entry: Entry, column: Variation) -> Group:
    """The budget on which a column draws."""
    return replace(entry.group, model=column.model) if column.model else entry.group
