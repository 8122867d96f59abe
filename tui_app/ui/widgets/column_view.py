"""One of the columns that stand side by side: who answers, the answer, and what it took."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual import events, work
from textual.app import ComposeResult
from textual.containers import HorizontalGroup, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.scrollbar import ScrollTo
from textual.widget import Widget
from textual.widgets import Static

from tui_app.core.chat_events import ChatEvent, TurnChanged
from tui_app.core.comparison_column import Column
from tui_app.core.conversation import Answer, Outcome, Turn
from tui_app.core.text import one_line
from tui_app.ui.widgets.marked_text import MarkedAnswer
from tui_app.ui.widgets.measured import Measured
from tui_app.ui.widgets.standing import Standing
from tui_app.ui.widgets.turn_foot import Way
from tui_app.ui.widgets.verdict import verdict

FRAME_S: Final = 1 / 20
_WHEEL: Final = 3
_WAYS: Final = (Way("Ask again", "beside.again"), Way("Change", "beside.columns"))
"""Ways on from an answer that ended otherwise than hoped."""


class ColumnBody(VerticalScroll, can_focus=True):
    """Scrolls an answer, and says so when a person does; follows the end while that is in sight."""

    @dataclass
    class Scrolled(Message):
        """A person wants to go to line `y`, or `by` lines further where that is None."""

        body: ColumnBody
        by: int
        y: int | None = None

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, _WHEEL)

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, -_WHEEL)

    def _wheel(self, event: events.MouseEvent, by: int) -> None:
        event.stop()
        event.prevent_default()
        self.post_message(self.Scrolled(self, by))

    def _on_scroll_to(self, message: ScrollTo) -> None:
        message.prevent_default()
        message.stop()
        if message.y is not None:
            self.post_message(self.Scrolled(self, 0, round(message.y)))

    def action_scroll_down(self) -> None:
        self.post_message(self.Scrolled(self, 1))

    def action_scroll_up(self) -> None:
        self.post_message(self.Scrolled(self, -1))

    def action_scroll_home(self) -> None:
        self.post_message(self.Scrolled(self, 0, 0))

    def action_scroll_end(self) -> None:
        self.post_message(self.Scrolled(self, 0, self.max_scroll_y))

    _following = True

    def watch_virtual_size(self) -> None:
        self._follow()

    def on_resize(self) -> None:
        self._follow()

    def _follow(self) -> None:
        """Keep the end in sight; an anchor would push what is shorter than the body down."""
        if self._following:
            self.scroll_end(animate=False, immediate=True)

    def go(self, by: int, y: int | None = None) -> None:
        """Go there."""
        wanted = self.scroll_y + by if y is None else y
        self._following = wanted >= self.max_scroll_y > 0
        self.scroll_to(y=wanted, animate=False)

    def to_start(self) -> None:
        """Show the beginning, also of what comes."""
        self._following = False
        self.scroll_home(animate=False)

    def to_end(self) -> None:
        """Follow the end."""
        self._following = True
        self._follow()


class ColumnView(Vertical):
    """Shows a column and everything that happens in it. It is `chosen` when commands are for it."""

    chosen: reactive[bool] = reactive(False, init=False)
    base: reactive[bool] = reactive(False, init=False)
    """Whether the others are compared with it."""

    @dataclass
    class Chosen(Message):
        """A person turned to this column."""

        view: ColumnView

    @dataclass
    class Moved(Message):
        """What the column does is another thing than before."""

        view: ColumnView

    def __init__(self, column: Column, number: int, *, free: bool, model: str) -> None:
        super().__init__()
        self.column, self.number, self._free, self._model = column, number, free, model
        self.answer = MarkedAnswer(Answer())
        self.body, self._head = ColumnBody(), Static(classes="column-head")
        self._foot = Vertical(classes="column-foot")

    @property
    def label(self) -> str:
        """Number and endpoint."""
        return f"{self.number} {one_line(self.column.variation.endpoint)}"

    def compose(self) -> ComposeResult:
        yield self._head
        with self.body:
            yield self.answer
        yield self._foot

    def on_mount(self) -> None:
        self._show_head()
        self.follow()

    def watch_chosen(self) -> None:
        self.set_class(self.chosen, "-chosen")
        self._show_head()

    def watch_base(self) -> None:
        self._show_head()

    def on_descendant_focus(self) -> None:
        self.post_message(self.Chosen(self))

    def on_click(self) -> None:
        self.post_message(self.Chosen(self))

    @work(group="follow", exclusive=True)
    async def follow(self) -> None:
        """Show what there is and everything that comes, several events at a time."""
        clock = asyncio.get_running_loop().time
        with self.column.watch() as watch:
            if self.column.turn is not None:
                await self._begin(self.column.turn)
            async for events_ in watch:
                began = clock()
                await self._take(events_)
                await asyncio.sleep(max(FRAME_S, clock() - began))

    async def _take(self, news: Sequence[ChatEvent]) -> None:
        grown: list[ChatEvent] = []
        for event in news:
            if isinstance(event, TurnChanged):
                await self.answer.grow(grown)
                grown = []
                await self._begin(event.turn) if _begins(event.turn) else await self._settle(event.turn)
            else:
                grown.append(event)
        for standing in self.query(Standing):
            standing.progress = self.column.progress
        await self.answer.grow(grown)

    async def _begin(self, turn: Turn) -> None:
        """Show a turn from its beginning."""
        with self.app.batch_update():
            await self.body.remove_children()
            self.answer = MarkedAnswer(turn.answer)
            await self.body.mount(self.answer)
        if self.column.busy:
            self.body.to_end()
            await self._refoot(Standing(self.column.progress, hints=False))
        else:
            self.body.to_start()
            await self._settle(turn)
        self.post_message(self.Moved(self))

    async def _settle(self, turn: Turn) -> None:
        self.answer.settle(turn.answer)
        words = verdict(turn.answer)
        said: list[Widget] = []
        if words:
            ways = HorizontalGroup(*(way.button(self.screen) for way in _WAYS), classes="ways")
            said = [Static(words, classes="verdict"), ways]
        await self._refoot(*said, Measured(turn.answer, free=self._free))
        self.post_message(self.Moved(self))

    async def _refoot(self, *widgets: Widget) -> None:
        with self.app.batch_update():
            await self._foot.remove_children()
            await self._foot.mount_all(widgets)

    def _show_head(self) -> None:
        words = self.column.variation.words()
        about = " · ".join(words if self.column.variation.model else (self._model, *words))
        sign = "▸ " if self.chosen else "  "
        base = (" · base", "$text-muted") if self.base else ""
        name = Content.assemble((f"{sign}{self.label}", "bold $accent" if self.chosen else "bold"), base)
        self._head.update(Content.assemble(name, "\n", (f"  {one_line(about)}", "$text-muted")))


def _begins(turn: Turn) -> bool:
    return turn.answer.outcome is Outcome.RUNNING
