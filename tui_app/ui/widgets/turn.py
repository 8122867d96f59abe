"""A turn: the prompt, its answer, and what there is to say and to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import HorizontalGroup, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, Static

from tui_app.core.answer_words import facts
from tui_app.core.chat_events import ChatEvent, Progress
from tui_app.core.conversation import Outcome, Turn
from tui_app.core.remedies import Remedy, blamed, remedies
from tui_app.ui.commands import BY_ID, bindings
from tui_app.ui.widgets.answer import AnswerView
from tui_app.ui.widgets.answer_facts import AnswerFacts
from tui_app.ui.widgets.key_bar import key_of
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


class Versions(Static):
    """Says which of several versions of a turn is shown; a click shows the next."""

    @dataclass
    class Flipped(Message):
        """The person wants the next version."""

    def __init__(self, turn: Turn) -> None:
        place = turn.versions.index(turn.id) + 1
        self._words = Content.styled(f"◂ version {place} of {len(turn.versions)} ▸", "bold $accent")
        super().__init__(self._words)

    def on_mount(self) -> None:
        """Name the key that leads here."""
        key = key_of(self.screen, "chat.turns")
        hint = f"  {key}, then ← → flip" if key else ""
        self.update(Content.assemble(self._words, (hint, "$text-muted")))

    def on_click(self) -> None:
        """Show the next."""
        self.post_message(self.Flipped())


class TurnView(Vertical, can_focus=True):
    """Shows one turn; `live` while its reply comes in this process, `last` when ways on are offered."""

    FOCUS_ON_CLICK = False
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("turn")]

    @dataclass
    class Wanted(Message):
        """The person wants something to be done with this turn: a command of the place `turn`."""

        turn_id: int
        what: str

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
        if self.turn.id in self.turn.versions:
            yield Versions(self.turn)
        yield self._answer
        with self._bottom:
            yield from self._foot()

    async def prepare(self) -> None:
        """Do what takes time before it is mounted, letting others have their turn."""
        await self._answer.prepare()

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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer other versions only where there are some."""
        if parameters in {("earlier",), ("later",)}:
            return bool(self.turn.versions)
        return super().check_action(action, parameters)

    def action_ask(self, what: str) -> None:
        """Say what is wanted."""
        self.post_message(self.Wanted(self.turn.id, what))

    def on_versions_flipped(self) -> None:
        self.action_ask("later")

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
