"""The turns of a conversation: those in sight and their neighbours are mounted, the others come and go."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from textual.containers import VerticalScroll
from textual.message import Message
from textual.reactive import reactive

from tui_app.core.chat_events import ChatEvent, Progress
from tui_app.core.conversation import Turn
from tui_app.ui.widgets.transcript_window import STEP_LENGTH, STEP_TURNS, WINDOW_TURNS, window
from tui_app.ui.widgets.turn import TurnView

FAR_PAGES: Final = 3
"""How far out of sight turns are that go."""


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
        self._from = self._to = 0
        self._free = self._live = self._reaching = False
        self._progress: Progress | None = None
        self._changing = asyncio.Lock()
        self._seen: tuple[TurnView, int] | None = None

    @property
    def following(self) -> bool:
        """Whether the end stays in sight by itself."""
        return self.is_anchored and not self._anchor_released

    @property
    def last(self) -> TurnView | None:
        """The last turn; None while it is far away."""
        if self._to < len(self._turns):
            return None
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
        async with self._changing:
            self._turns, self._free, self._live, self._progress = tuple(turns), free, live, progress
            await self._show(at)

    async def go_beside(self, turn_id: int, step: int) -> bool:
        """Go to the turn before (-1) or after (1); False where there is none."""
        ids = [turn.id for turn in self._turns]
        place = ids.index(turn_id) + step if turn_id in ids else -1
        if place >= len(ids):
            return False
        if place >= 0 and not self._from <= place < self._to:
            await self._show_again(ids[place])
        elif place >= 0:
            self.call_after_refresh(self.go_to, ids[place])
        return True

    def go_to(self, turn_id: int) -> None:
        """Show a turn from its beginning, if it is mounted."""
        for view in self.query_children(TurnView):
            if view.turn.id == turn_id:
                self.release_anchor()
                self.scroll_to_widget(view, top=True, animate=False, immediate=True)
                self._note_seen()
                view.focus(scroll_visible=False)
        self.call_after_refresh(self._rest)

    async def begin(self, turn: Turn) -> None:
        """Add a turn whose answer is on its way, in place of the last if that is asked again."""
        async with self._changing:
            if self._to < len(self._turns):
                await self._show(None)
            last, self._live, self._progress = self.last, True, None
            with self.app.batch_update():
                if last is not None and last.turn.id == turn.id:
                    await last.remove()
                    self._turns = self._turns[:-1]
                    self._to -= 1
                elif last is not None:
                    await last.be_last(False)
                self._turns = (*self._turns, turn)
                self._to += 1
                await self.mount(self._view(len(self._turns) - 1))
        self.to_end()

    async def grow(self, events: Iterable[ChatEvent], progress: Progress | None) -> None:
        """Give the last turn what came of its reply."""
        if self.last is not None:
            await self.last.grow(events, progress)
            self._look()

    async def settle(self, turn: Turn) -> None:
        """Show how the last turn ended."""
        if self._turns and self._turns[-1].id == turn.id:
            self._turns, self._live, self._progress = (*self._turns[:-1], turn), False, None
            if self.last is not None:
                await self.last.settle(turn)
            self._look()

    async def forget(self, turn_id: int) -> None:
        """Take a turn away."""
        async with self._changing:
            place = next((index for index, turn in enumerate(self._turns) if turn.id == turn_id), None)
            if place is None:
                return
            self._turns, self._live = (*self._turns[:place], *self._turns[place + 1 :]), False
            self._from, self._to = self._from - (place < self._from), self._to - (place < self._to)
            for view in self.query_children(TurnView):
                if view.turn.id == turn_id:
                    await view.remove()
            if self.last is not None:
                await self.last.be_last(True)

    def to_end(self) -> None:
        """Follow the end again."""
        if self._to < len(self._turns):
            self.run_worker(self._show_again(), group="reach", exclusive=True)
            return
        self.anchor()
        self.scroll_end(animate=False)

    def to_start(self) -> None:
        """Show the first turn; while an answer is on its way, the first that is mounted."""
        if self._from and not self._live:
            self.run_worker(self._show_again(self._turns[0].id), group="reach", exclusive=True)
            return
        self.scroll_home(animate=False)

    def by_page(self, direction: int) -> None:
        """Scroll by nearly a page, up for -1 and down for 1."""
        self.scroll_relative(y=direction * max(1, self.size.height - 2), animate=False)

    def watch_scroll_y(self, old: float, new: float) -> None:
        super().watch_scroll_y(old, new)
        self._look()
        if new != old:
            if not self._reaching:
                self._note_seen()
            self._reach()

    def watch_virtual_size(self) -> None:
        self._stay()
        self._look()
        self._reach()

    def watch_more_below(self, hidden: bool) -> None:
        self.post_message(self.EndHidden(hidden))

    def _look(self) -> None:
        more = self._to < len(self._turns) or self.max_scroll_y - self.scroll_y >= 1
        self.more_below = more and not self.following

    def _reach(self) -> None:
        """Mount what is a page or less away, and let go what is far."""
        if self._missing and not self._reaching:
            self._reaching = True
            self.run_worker(self._step(), group="step")

    @property
    def _missing(self) -> int:
        """Where turns are wanted: above (-1), below (1), or nowhere."""
        page = self.size.height
        if not page or not self._views():
            return 0
        if self._to < len(self._turns) and self.max_scroll_y - self.scroll_y < page:
            return 1
        return -1 if self._from > 0 and self.scroll_y < page else 0

    async def _step(self) -> None:
        """Mount the next turns and keep what is looked at where it is."""
        async with self._changing:
            direction = self._missing
            if not self.following:
                self._anchored = False
            # Turns that come and others that go leave the height as it was: they would shift unseen.
            if await self._let_go(direction):
                pass
            elif direction < 0:
                begin = window(self._turns, self._from, STEP_TURNS, STEP_LENGTH)
                await self._mount(range(begin, self._from), before=0)
            elif direction > 0:
                await self._mount(range(self._to, min(len(self._turns), self._to + STEP_TURNS)), before=None)
        self.call_after_refresh(self._rest)

    async def _mount(self, places: range, before: int | None) -> None:
        views = [self._view(place) for place in places]
        for view in views:
            await view.prepare()
        self._from, self._to = min(self._from, places.start), max(self._to, places.stop)
        await self.mount_all(views, before=before)

    async def _let_go(self, direction: int) -> bool:
        """Take far turns away at the other end, if there are; the one whose answer is on its way stays."""
        away, views = self.size.height * FAR_PAGES, self._views()
        if direction < 0 and not self._live:
            end = self.scroll_y + self.size.height + away
            far = [view for view in views if view.virtual_region.y > end]
            self._to -= len(far)
            await self.remove_children(far)
            return bool(far)
        if direction > 0:
            far = [view for view in views if 0 < view.virtual_region.bottom < self.scroll_y - away]
            return await self._let_go_above(far)
        return False

    async def _let_go_above(self, far: Sequence[TurnView]) -> bool:
        """Take the first turns away and scroll by as much before that is drawn."""
        views = self._views()
        if not far or self._seen is None or far[-1] is views[-1]:
            return False
        view, before = self._seen
        gone = views[len(far)].virtual_region.y - views[0].virtual_region.y
        self._from += len(far)
        with self.app.batch_update():
            self._seen = (view, before - gone)
            self.scroll_to(y=self.scroll_y - gone, animate=False, immediate=True, force=True)
            await self.remove_children(far)
        return True

    def _be_free(self) -> None:
        """Follow the end, when one comes there, only if it is mounted."""
        self.release_anchor()
        self._anchored = self._to == len(self._turns)

    def _rest(self) -> None:
        self._reaching = False
        self._stay()
        if not self.following:
            self._be_free()
            if self._anchored and self.scroll_y >= self.max_scroll_y:
                self.anchor()
        self._reach()

    def _note_seen(self) -> None:
        """Remember the first turn in sight and where it begins."""
        places = ((view, view.virtual_region) for view in self._views())
        seen = (each for each in places if each[1].height and each[1].bottom > self.scroll_y)
        view, place = next(seen, (None, None))
        self._seen = (view, place.y) if view is not None and place is not None else None

    def _stay(self) -> None:
        """Keep what is looked at where it is when something above it comes or goes."""
        if self._seen is None or self.following:
            return
        view, before = self._seen
        place = view.virtual_region
        if view.is_attached and place.height and place.y != before:
            self._seen = (view, place.y)
            self.scroll_to(y=self.scroll_y + place.y - before, animate=False, immediate=True, force=True)

    async def _show(self, at: int | None) -> None:
        turns, live = self._turns, self._live
        end = place = len(turns)
        if at is not None and not live:
            place = next((index for index, turn in enumerate(turns) if turn.id == at), place)
            end = min(end, place + WINDOW_TURNS)
        self._from, self._to = min(window(self._turns, end), max(0, place - 1)), end
        views = [self._view(index) for index in range(self._from, end)]
        for view in views:
            await view.prepare()
        with self.app.batch_update():
            await self.remove_children()
            await self.mount_all(views)
        if place < len(turns):
            self._reaching, self._seen = True, None
            self._be_free()
            self.call_after_refresh(self.go_to, turns[place].id)
        else:
            self.anchor()
        self._look()

    async def _show_again(self, at: int | None = None) -> None:
        async with self._changing:
            await self._show(at)

    def _views(self) -> list[TurnView]:
        return [*self.query_children(TurnView)]

    def _view(self, place: int) -> TurnView:
        last = place == len(self._turns) - 1
        return TurnView(
            self._turns[place],
            free=self._free,
            last=last,
            live=last and self._live,
            progress=self._progress if last else None,
        )
