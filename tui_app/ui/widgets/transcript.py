"""The conversation of a chat: its turns, and below the last how its reply stands and the ways on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Container
from textual.geometry import Offset
from textual.message import Message
from textual.reactive import reactive

from tui_app.core.chat_events import ChatEvent, Progress
from tui_app.core.conversation import Turn
from tui_app.ui.widgets.turn import TurnView
from tui_app.ui.widgets.turn_foot import TurnFoot


class Transcript(Container):
    """Shows turns; follows the end until the person scrolls up, and again when they are back there.

    The foot lies over the lines that the turns leave free below the last of them, and moves with them.
    """

    more_below: reactive[bool] = reactive(False)

    @dataclass
    class EndHidden(Message):
        """The end went out of sight, or came back."""

        hidden: bool

    def __init__(self) -> None:
        super().__init__()
        self.view, self.foot = TurnView(), TurnFoot()

    @property
    def following(self) -> bool:
        """Whether the end stays in sight by itself."""
        return self.view.following

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns that are shown, or would be on scrolling."""
        return self.view.shelf.turns

    def compose(self) -> ComposeResult:
        yield self.view
        yield self.foot

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
        await self.view.show(turns, free=free, live=live, at=at)
        await self.foot.show(turns[-1] if turns else None, live=live, progress=progress)

    def look_for(self, words: str) -> None:
        """Have the turn at which a conversation is shown next begin where these words are, and mark them."""
        self.view.look_for(words)

    def go_beside(self, turn_id: int, step: int) -> bool:
        """Go to the turn before (-1) or after (1); False where there is none."""
        place = self.view.shelf.place(turn_id)
        wanted = 0 if place is None else max(0, place + step)
        if wanted >= len(self.turns):
            return False
        self.view.choose(wanted)
        return True

    def choose_last(self) -> None:
        """Put the cursor on the last turn."""
        if self.turns:
            self.view.choose(len(self.turns) - 1, top=False)
            self.screen.set_focus(self.view, scroll_visible=False)

    async def begin(self, turn: Turn) -> None:
        """Add a turn whose answer is on its way, in place of the last if that is asked again."""
        self.view.begin(turn)
        await self.foot.show(turn, live=True)

    async def grow(self, events: Iterable[ChatEvent], progress: Progress | None) -> None:
        """Give the last turn what came of its reply."""
        await self.foot.note(progress)
        await self.view.grow(events)

    async def settle(self, turn: Turn) -> None:
        """Show how the last turn ended."""
        if self.turns and self.turns[-1].id == turn.id:
            self.view.settle(turn)
            await self.foot.show(turn, live=False)

    async def forget(self, turn_id: int) -> None:
        """Take a turn away."""
        self.view.forget(turn_id)
        await self.foot.show(self.turns[-1] if self.turns else None, live=self.view.shelf.live)

    def to_end(self) -> None:
        """Follow the end again."""
        self.view.to_end()

    def to_start(self) -> None:
        """Show the first turn."""
        self.view.scroll_home(animate=False)

    def by_page(self, direction: int) -> None:
        """Scroll by nearly a page, up for -1 and down for 1."""
        self.view.scroll_relative(y=direction * max(1, self.size.height - 2), animate=False)

    def on_turn_canvas_moved(self, event: TurnView.Moved) -> None:
        """Move the foot along, and notice whether the end is in sight."""
        event.stop()
        sight = self.view.shelf.sight
        self.foot.offset = Offset(0, min(sight.below, sight.foot))
        self.more_below = bool(sight.below) and not sight.following

    def on_turn_foot_resized(self, event: TurnFoot.Resized) -> None:
        """Leave room for it."""
        event.stop()
        self.view.fit(self.foot.outer_size.height)

    def on_mouse_scroll_up(self) -> None:
        """Scroll also where the foot is under the pointer."""
        self.view.scroll_relative(y=-self.app.scroll_sensitivity_y, animate=False)

    def on_mouse_scroll_down(self) -> None:
        self.view.scroll_relative(y=self.app.scroll_sensitivity_y, animate=False)

    def on_descendant_focus(self) -> None:
        """Show the foot where a button of it is to be pressed."""
        if self.foot.has_focus_within:
            self.to_end()

    def watch_more_below(self, hidden: bool) -> None:
        self.post_message(self.EndHidden(hidden))
