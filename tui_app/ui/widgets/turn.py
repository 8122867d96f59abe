"""The turns of a conversation: what comes of them, and the one under the cursor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message

from tui_app.core.chat_events import ChatEvent
from tui_app.core.conversation import Turn
from tui_app.ui.commands import bindings
from tui_app.ui.widgets.key_bar import key_of
from tui_app.ui.widgets.prompt_words import standing_for
from tui_app.ui.widgets.turn_canvas import TurnCanvas
from tui_app.ui.widgets.turn_lines import Manner, VersionsPart
from tui_app.ui.widgets.turn_parts import FoldPart
from tui_app.ui.widgets.turn_selection import spans_of


class TurnView(TurnCanvas, can_focus=True):
    """Shows turns; while it has the focus, commands are for the one under the cursor, which is `turn`."""

    FOCUS_ON_CLICK = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("turn"),
        Binding("home", "first", "first", show=False),
        Binding("end", "last", "last", show=False),
    ]

    @dataclass
    class Wanted(Message):
        """The person wants something to be done with this turn: a command of the place `turn`."""

        turn_id: int
        what: str

    def __init__(self) -> None:
        super().__init__()
        self._chosen: int | None = None
        self._sought: tuple[str, ...] = ()
        self._standing: dict[str, int] = {}
        self._sought_in: int | None = None

    @property
    def turn(self) -> Turn | None:
        """The turn under the cursor; the last while none was chosen."""
        place = self._cursor
        return self.shelf.turns[place] if place is not None else None

    @property
    def length(self) -> int:
        """How many characters of the last answer were taken in."""
        return self.shelf.last.length if self.shelf.last is not None else 0

    @property
    def _cursor(self) -> int | None:
        turns = self.shelf.turns
        place = self.shelf.place(self._chosen) if self._chosen is not None else None
        return place if place is not None else len(turns) - 1 if turns else None

    def stands_out(self, turn: Turn) -> bool:
        if not self.has_focus:
            return False
        return turn.id == (self.shelf.turns[-1].id if self._chosen is None else self._chosen)

    def found_in(self, turn: Turn, text: str) -> Sequence[tuple[int, int]]:
        return self._spans(text) if turn.id == self._sought_in else ()

    def sought_in(self, turn_id: int) -> tuple[str, ...]:
        """The words that are marked in a turn, in small letters."""
        return self._sought if turn_id == self._sought_in else ()

    def _spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Where a line has what was looked for, or stands for a text that has it."""
        return spans_of((*self._sought, *self._standing), text)

    def look_for(self, words: str) -> None:
        """Have the turn at which a conversation is shown next begin where these are, and mark them."""
        self._sought, self._sought_in = tuple(re.findall(r"[^\W_]+", words.lower())), None
        self._standing = {}

    async def show(self, turns: Sequence[Turn], *, free: bool, live: bool, at: int | None) -> None:
        """Show a conversation from its end, or at a turn; a long answer lets others have their turn."""
        key = key_of(self.screen, "chat.turns")
        manner = Manner(free, f"  {key}, then ← → flip" if key else "")
        last = len(turns) - 1
        place = next((index for index, turn in enumerate(turns) if turn.id == at), None)
        made = {}
        for index in {last, last if place is None else place} if turns else ():
            made[index] = self.shelf.make(turns[index], manner, live=live and index == last)
            await self._take(made[index].take())
        if self.text_selection is not None:
            self.screen.clear_selection()
        self.shelf.show(turns, manner, live=live, made=made)
        self._chosen = self._chosen if self.shelf.place(self._chosen) is not None else None
        if place is not None:
            if self._sought_in is None:
                self._sought_in, self._standing = at, standing_for(turns[place], self._sought)
            self.choose(place)
            self.call_after_refresh(self._bring_found, place)  # a new screen's has no size before that
            self.screen.set_focus(self, scroll_visible=False)
        self._draw()

    def fit(self, foot: int) -> None:
        """Have the size that it has now; only with one is it known where something stands."""
        unknown = not self.shelf.width
        super().fit(foot)
        place = self.shelf.place(self._sought_in) if unknown and self._sought else None
        if place is not None:
            self._bring_found(place)
            self._draw()

    def _bring_found(self, place: int) -> None:
        """Have the first line in sight that has most of what was looked for."""
        turns = self.shelf.turns
        if not self._sought or place >= len(turns) or self._sought_in != turns[place].id:
            return
        texts = [text.lower() for text in self.shelf.texts(self.shelf.lines(place))]
        told = [self._told(text) for text in texts]
        line, sight = told.index(max(told)) if told else 0, self.shelf.sight
        if not 0 <= sight.row(place, line) < sight.rows:
            sight.bring(place, line)
            self._rest()
            self._draw()

    def _told(self, text: str) -> int:
        """How much of what was looked for a line in small letters has, or stands for."""
        stands_for = max((count for label, count in self._standing.items() if label in text), default=0)
        return max(stands_for, len({text[start:end] for start, end in spans_of(self._sought, text)}))

    def choose(self, place: int, *, top: bool = True) -> None:
        """Put the cursor on a turn and have it begin in sight, at the top if that is wanted."""
        sight = self.shelf.sight
        self._chosen = self.shelf.turns[place].id
        if top or not 0 <= sight.row(place, 1) < sight.rows:
            sight.go_to(place)
            self._rest()
        self._draw()
        self.refresh_bindings()

    def begin(self, turn: Turn) -> None:
        """Add a turn whose answer is on its way, in place of the last if that is asked again."""
        turns = self.shelf.turns
        if turns and turns[-1].id == turn.id:
            self.shelf.forget(len(turns) - 1)
        self._sought, self._standing = (), {}
        self.shelf.add(turn)
        self.to_end()

    async def grow(self, events: Iterable[ChatEvent]) -> None:
        """Give the last turn what came of its reply."""
        lines = self.shelf.last
        if lines is not None:
            settled = lines.settled
            await self._take(lines.grow(events), lambda: self._grown(settled))
            self._grown(settled)

    def settle(self, turn: Turn) -> None:
        """Show how the last turn ended."""
        self.shelf.settle(turn)
        self._draw()

    def forget(self, turn_id: int) -> None:
        """Take a turn away."""
        place = self.shelf.place(turn_id)
        if place is not None:
            self.shelf.forget(place)
            self._chosen = None if self._chosen == turn_id else self._chosen
            self._draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer other versions only where there are some, and to look only at what is there.

        To unfold is always its own command: its key means something else where no turn is.
        """
        turn = self.turn
        if turn is None:
            return False
        if action == "ask":
            return possible(turn, str(parameters[0]))
        return super().check_action(action, parameters)

    def action_ask(self, what: str) -> None:
        """Say what is wanted of the turn under the cursor."""
        if self.turn is not None:
            self.ask(self.turn.id, what)

    def ask(self, turn_id: int, what: str) -> None:
        """Say what is wanted of a turn; what is folded in it is unfolded here."""
        place = self.shelf.place(turn_id)
        if what == "unfold" and place is not None:
            self._unfold(place)
        else:
            self.post_message(self.Wanted(turn_id, what))

    def action_first(self) -> None:
        """Go to the first turn."""
        if self.shelf.turns:
            self.choose(0)

    def action_last(self) -> None:
        """Go to the last turn, and follow its end."""
        if self.shelf.turns:
            self.choose(len(self.shelf.turns) - 1, top=False)
            self.to_end()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Fold or unfold under a title, or show the next version; note what is to be selected."""
        at = self.shelf.at(event.y)
        if at is None or (lines := self.shelf.laid(at[0])) is None:
            return
        self._pressed = (*at, event.chain)
        part, line = lines.part_at(at[1])
        if isinstance(part, VersionsPart):
            self.post_message(self.Wanted(lines.turn.id, "later"))
        elif isinstance(part, FoldPart) and not line:
            number = next(number for number, each in lines.folds.items() if each is part)
            self.shelf.sight.stay(*at)
            self.shelf.turn_over(at[0], number)
            self._rest()
            self._draw()

    def _unfold(self, place: int) -> None:
        """Unfold all that is folded in a turn, or fold it; its prompt stays where it is."""
        if not self.shelf.lines(place).folds:
            self.notify("Nothing can be folded in this turn: it is all text.")
            return
        self.choose(place, top=False)
        self.shelf.sight.stay(place, 1)
        for number in self.shelf.lines(place).folds:
            self.shelf.turn_over(place, number)
        self._rest()
        self._draw()

    def _grown(self, settled: int) -> None:
        """Draw what of the last turn is below the lines that were settled."""
        sight = self.shelf.sight
        before = sight.total, sight.blank
        self.shelf.grew()
        if (sight.total, sight.blank) != before:
            self._place()
        first = 0 if sight.blank else max(0, sight.row(len(self.shelf.turns) - 1, settled))
        if first < sight.rows:
            self.refresh(Region(0, first, self.size.width, sight.rows - first))


def possible(turn: Turn, what: str) -> bool:
    """Whether a command makes sense for a turn: other versions only where there are some, and so on."""
    if what in {"earlier", "later"}:
        return bool(turn.versions)
    return what != "look" or bool(turn.attachments or turn.folds)
