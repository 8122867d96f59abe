"""What stands below the last turn: how its reply stands, and the ways on from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from textual.containers import HorizontalGroup, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button

from tui_app.core.chat_events import Progress
from tui_app.core.conversation import Turn
from tui_app.core.remedies import Remedy, blamed, remedies
from tui_app.ui.commands import BY_ID
from tui_app.ui.widgets.standing import Standing

_COMMANDS: Final = {
    Remedy.RETRY: "reply.again",
    Remedy.WITHOUT: "reply.without",
    Remedy.PROCEED: "reply.go_on",
    Remedy.RAISE: "reply.raise_limit",
}


@dataclass(frozen=True, slots=True)
class Way:
    """A way on, as a button: its words, and the command that it runs."""

    words: str
    command: str

    def button(self, screen: Screen[object]) -> Button:
        """The button; its command's key, as a keymap has left it, stands in it."""
        active = (each.binding for each in screen.active_bindings.values())
        declared = BY_ID[self.command].binding()
        first = replace(declared, key=declared.key.partition(",")[0])
        binding = next((each for each in active if each.id == self.command), first)
        label = Content.assemble(self.words, (f" {screen.app.get_key_display(binding)}", "$text-muted"))
        return Button(label, compact=True, action=f"screen.{BY_ID[self.command].action}")


SKIP: Final = Way("Skip the wait", "reply.go_on")
GIVE_UP: Final = Way("Give up", "reply.stop")
_WORDS: Final = {Remedy.RETRY: "Ask again", Remedy.PROCEED: "Continue", Remedy.RAISE: "Raise the limit"}


def ways_of(turn: Turn) -> tuple[Way, ...]:
    """The ways on from a turn that has ended."""
    without = f"Ask again without {' and '.join(blamed(turn.answer))}"
    return tuple(Way(_WORDS.get(each, without), _COMMANDS[each]) for each in remedies(turn.answer))


class TurnFoot(Vertical):
    """Shows what is to be done and what is waited for; nothing where all is said."""

    @dataclass
    class Resized(Message):
        """It needs another number of lines."""

    def __init__(self) -> None:
        super().__init__()
        self._turn: Turn | None = None
        self._live = False
        self._progress: Progress | None = None

    async def show(self, turn: Turn | None, *, live: bool, progress: Progress | None = None) -> None:
        """Stand below this turn; `live` while its reply comes in this process."""
        self._turn, self._live, self._progress = turn, live, progress
        widgets = [*self._widgets()]
        if widgets or self.children:
            with self.app.batch_update():
                await self.remove_children()
                await self.mount_all(widgets)

    async def note(self, progress: Progress | None) -> None:
        """Show how the reply stands now."""
        if _retrying(progress) is not _retrying(self._progress):
            await self.show(self._turn, live=self._live, progress=progress)
            return
        self._progress = progress
        for standing in self.query_children(Standing):
            standing.progress = progress

    def on_resize(self) -> None:
        self.post_message(self.Resized())

    def _widgets(self) -> Iterator[Widget]:
        if self._live:
            yield Standing(self._progress)
            if _retrying(self._progress):
                yield self._row((SKIP, GIVE_UP)).add_class("-waiting")
        elif self._turn is not None and (ways := ways_of(self._turn)):
            yield self._row(ways)

    def _row(self, ways: Iterable[Way]) -> HorizontalGroup:
        return HorizontalGroup(*(way.button(self.screen) for way in ways), classes="ways")


def _retrying(progress: Progress | None) -> bool:
    return progress is not None and progress.retrying
