"""The turns of a conversation: its end is mounted and followed, earlier ones come when looked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from textual.containers import VerticalScroll
from textual.message import Message
from textual.reactive import reactive

from tui_app.core.chat_events import ChatEvent, Progress
from tui_app.core.conversation import Turn
from tui_app.ui.widgets.turn import TurnView

WINDOW_TURNS: Final = 12
WINDOW_LENGTH: Final = 40_000
"""How many turns are mounted at a time, and about how many characters."""


class Transcript(VerticalScroll):
    """Shows turns; follows the end until the person scrolls up, and again when they are back there."""

    more_below: reactive[bool] = reactive(False)

    @dataclass
    class EndHidden(Message):
        """The end went out of sight, or came back."""

        hidden: bool

    def __init__(self) -> None:
        super().__init__()
        self._turns: tuple[Turn, ...] = ()
        self._from = 0
        self._free = False
        self._growing_back = False

    @property
    def following(self) -> bool:
        """Whether the end stays in sight by itself."""
        return self.is_anchored and not self._anchor_released

    @property
    def last(self) -> TurnView | None:
        """The last turn."""
        views = self.query_children(TurnView)
        return views.last() if views else None

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns that are shown, or would be on scrolling up."""
        return self._turns

    async def show(
        self,
        turns: Sequence[Turn],
        *,
        free: bool,
        live: bool = False,
        progress: Progress | None = None,
        at: int | None = None,
    ) -> None:
        """Show a conversation from its end, or at a turn."""
        self._turns, self._free = tuple(turns), free
        place = next((index for index, turn in enumerate(turns) if turn.id == at), len(turns))
        self._from = min(_window(self._turns, len(turns)), max(0, place - 1))
        views = [self._view(turn) for turn in self._turns[self._from : -1]]
        if turns:
            views.append(TurnView(turns[-1], free=free, last=True, live=live, progress=progress))
        with self.app.batch_update():
            await self.remove_children()
            await self.mount_all(views)
        self.anchor()
        if at is not None:
            self.call_after_refresh(self.go_to, at)
        self._look()

    async def go_beside(self, turn_id: int, step: int) -> bool:
        """Go to the turn before (-1) or after (1); False where there is none."""
        ids = [turn.id for turn in self._turns]
        place = ids.index(turn_id) + step if turn_id in ids else -1
        if place >= len(ids):
            return False
        while 0 <= place < self._from and await self._mount_earlier():
            pass
        if place >= 0:
            self.call_after_refresh(self.go_to, ids[place])
        return True

    def go_to(self, turn_id: int) -> None:
        """Show a turn from its beginning, if it is mounted."""
        for view in self.query_children(TurnView):
            if view.turn.id == turn_id:
                self.release_anchor()
                self.scroll_to_widget(view, top=True, animate=False)
                view.focus(scroll_visible=False)

    async def begin(self, turn: Turn) -> None:
        """Add a turn whose answer is on its way, in place of the last if that is asked again."""
        last = self.last
        with self.app.batch_update():
            if last is not None and last.turn.id == turn.id:
                await last.remove()
                self._turns = self._turns[:-1]
            elif last is not None:
                await last.be_last(False)
            self._turns = (*self._turns, turn)
            await self.mount(TurnView(turn, free=self._free, last=True, live=True))
        self.to_end()

    async def grow(self, events: Iterable[ChatEvent], progress: Progress | None) -> None:
        """Give the last turn what came of its reply."""
        if self.last is not None:
            await self.last.grow(events, progress)
            self._look()

    async def settle(self, turn: Turn) -> None:
        """Show how the last turn ended."""
        last = self.last
        if last is not None and last.turn.id == turn.id:
            self._turns = (*self._turns[:-1], turn)
            await last.settle(turn)
            self._look()

    async def forget(self, turn_id: int) -> None:
        """Take a turn away."""
        self._turns = tuple(turn for turn in self._turns if turn.id != turn_id)
        for view in self.query_children(TurnView):
            if view.turn.id == turn_id:
                await view.remove()
        if self.last is not None:
            await self.last.be_last(True)

    def to_end(self) -> None:
        """Follow the end again."""
        self.anchor()
        self.scroll_end(animate=False)

    def to_start(self) -> None:
        """Show the first of what is mounted; what is before it comes by itself."""
        self.scroll_home(animate=False)

    def by_page(self, direction: int) -> None:
        """Scroll by nearly a page, up for -1 and down for 1."""
        self.scroll_relative(y=direction * max(1, self.size.height - 2), animate=False)

    def watch_scroll_y(self, old: float, new: float) -> None:
        super().watch_scroll_y(old, new)
        self._look()
        if new <= 0 and new < old and not self._growing_back:
            self.run_worker(self._grow_back(), group="earlier", exclusive=True)

    def watch_virtual_size(self) -> None:
        self._look()

    def watch_more_below(self, hidden: bool) -> None:
        self.post_message(self.EndHidden(hidden))

    def _look(self) -> None:
        self.more_below = not self.following and self.max_scroll_y - self.scroll_y >= 1

    async def _grow_back(self) -> None:
        """Mount what comes before, and keep what is looked at where it is."""
        self._growing_back = True
        try:
            height = self.virtual_size.height
            if not await self._mount_earlier():
                return
            self.call_after_refresh(self._stay, height)
        finally:
            self._growing_back = False

    async def _mount_earlier(self) -> bool:
        if not self._from:
            return False
        begin = _window(self._turns[: self._from], self._from)
        fresh = [self._view(turn) for turn in self._turns[begin : self._from]]
        self._from = begin
        await self.mount_all(fresh, before=0)
        return True

    def _stay(self, height: int) -> None:
        self.scroll_relative(y=self.virtual_size.height - height, animate=False)

    def _view(self, turn: Turn) -> TurnView:
        return TurnView(turn, free=self._free, last=False)


def _window(turns: Sequence[Turn], end: int) -> int:
    """Where the turns before `end` begin that are mounted together."""
    begin, length = end, 0
    while begin and end - begin < WINDOW_TURNS and length < WINDOW_LENGTH:
        begin -= 1
        length += len(turns[begin].answer.text)
    return begin
