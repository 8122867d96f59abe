"""A turn: the prompt, its answer, and what there is to say and to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from textual.app import ComposeResult
from textual.containers import HorizontalGroup, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, Static

from tui_app.core.answer_words import facts
from tui_app.core.chat_events import ChatEvent, Progress
from tui_app.core.conversation import Outcome, Turn
from tui_app.core.remedies import Remedy, blamed, remedies
from tui_app.ui.commands import BY_ID
from tui_app.ui.widgets.answer import AnswerView
from tui_app.ui.widgets.answer_facts import AnswerFacts
from tui_app.ui.widgets.markdown_pieces import shown
from tui_app.ui.widgets.standing import Standing
from tui_app.ui.widgets.verdict import verdict

PROMPT_LINES: Final = 40
"""A longer prompt is shown in part."""
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


def prompt_of(text: str) -> str:
    """A prompt as the transcript shows it."""
    rows = shown(text).rstrip().split("\n")
    more = len(rows) - PROMPT_LINES
    return "\n".join(rows if more <= 0 else [*rows[:PROMPT_LINES], f"… {more:,} lines more"])


class TurnView(Vertical):
    """Shows one turn; `live` while its reply comes in this process, `last` when ways on are offered."""

    def __init__(
        self, turn: Turn, *, free: bool, last: bool, live: bool = False, progress: Progress | None = None
    ) -> None:
        super().__init__()
        self.turn = turn
        self._free, self._last, self._live, self._progress = free, last, live, progress
        self._answer, self._standing = AnswerView(turn.answer), Standing(progress)
        self._bottom = Vertical(classes="foot")

    def compose(self) -> ComposeResult:
        yield Static(prompt_of(self.turn.prompt), markup=False, classes="prompt-text")
        yield self._answer
        with self._bottom:
            yield from self._foot()

    async def grow(self, events: Iterable[ChatEvent], progress: Progress | None) -> None:
        """Take what came of the reply."""
        changed = _retrying(progress) is not _retrying(self._progress)
        self._progress = progress
        self._standing.progress = progress
        if changed:
            await self._refoot()
        await self._answer.grow(events)

    async def settle(self, turn: Turn) -> None:
        """Show how the turn ended."""
        self.turn, self._live, self._progress = turn, False, None
        self._answer.settle(turn.answer)
        await self._refoot()

    async def be_last(self, last: bool) -> None:
        """Offer ways on if this is the last turn, and none if another came."""
        if self._last is not last:
            self._last = last
            await self._refoot()

    async def _refoot(self) -> None:
        with self.app.batch_update():
            await self._bottom.remove_children()
            await self._bottom.mount_all(self._foot())

    def _foot(self) -> Iterator[Widget]:
        if self._live:
            self._standing = Standing(self._progress)
            yield self._standing
            if _retrying(self._progress):
                yield self._row((SKIP, GIVE_UP)).add_class("-waiting")
            return
        if self.turn.answer.outcome is Outcome.RUNNING:
            yield Static("○ this answer comes in another terminal", markup=False, classes="verdict")
            return
        words = verdict(self.turn.answer)
        if words:
            yield Static(words, classes="verdict")
        ways = ways_of(self.turn) if self._last else ()
        if ways:
            yield self._row(ways)
        yield AnswerFacts(facts(self.turn, free=self._free))

    def _row(self, ways: Iterable[Way]) -> HorizontalGroup:
        return HorizontalGroup(*(way.button(self.screen) for way in ways), classes="ways")


def _retrying(progress: Progress | None) -> bool:
    return progress is not None and progress.retrying
