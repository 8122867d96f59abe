"""A chat in lines: what is typed, what happens and what was answered, one after the other."""

from __future__ import annotations

import asyncio
import signal
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui_app.cli.exits import Exit, code_of, sentences
from tui_app.cli.plain_actions import PlainActions
from tui_app.cli.plain_commands import command_of, unknown_words
from tui_app.cli.plain_input import Ended, LineReader, Typed
from tui_app.cli.plain_voice import Voice
from tui_app.cli.plain_ways import Way
from tui_app.core.chat import Chat
from tui_app.core.chat_events import ChatEvent, DraftReturned, ReplyFailed, TurnChanged, Watch
from tui_app.core.conversation import Outcome, Turn
from tui_app.core.errors import InfertermError
from tui_app.core.spoken import Telling, ending, text_of

if TYPE_CHECKING:
    from tui_app.wiring import Workbench

_SIGNALS: Final = ("SIGINT", "SIGTERM", "SIGHUP")


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A signal came, with this number."""

    number: int


@dataclass(frozen=True, slots=True)
class News:
    """What happened to the chat."""

    events: Sequence[ChatEvent]


@dataclass(frozen=True, slots=True)
class Later:
    """Something that is to be said."""

    run: Callable[[], None]


class PlainChat(PlainActions):
    """One session; `interactive` where a person types and hears, else a program writes all lines at once.

    A person's commands work while an answer comes. A program's lines wait for it, Ctrl-C ends the
    session, and its exit code is that of the last prompt that failed and did not come right.
    """

    def __init__(self, bench: Workbench, reader: int, *, interactive: bool) -> None:
        super().__init__(bench, Voice(by_sentences=interactive))
        self._interactive = interactive
        self._items: deque[Typed | Ended | Interrupted | News | Later] = deque()
        self._stir = asyncio.Event()
        self._held: deque[Typed | Ended] = deque()
        self.reader = LineReader(reader, self._put)
        self._watch, self._watching = Watch(), ExitStack()
        self._following: asyncio.Task[None] | None = None
        self._telling = Telling()
        self._failures: dict[int, int] = {}
        self._code, self._asked_twice = int(Exit.DONE), False

    async def run(self, inference_id: str, *, fresh: bool) -> int:
        """Talk until the lines end, and tell the exit code. Raises as `Endpoints.get`; OutputFailed."""
        await self.begin(inference_id, fresh=fresh)
        loop = asyncio.get_running_loop()
        for name in _SIGNALS:
            with suppress(NotImplementedError, AttributeError):
                number = getattr(signal, name)
                loop.add_signal_handler(number, self._put, Interrupted(number))
        self.reader.start()
        try:
            return await self._converse()
        finally:
            self.voice.end()
            self.reader.pause()
            self._watching.close()
            if self._following is not None:
                self._following.cancel()

    async def _converse(self) -> int:
        while True:
            if self._interactive and self._idle and not self._items and not self._held:
                self.voice.ask()
            await self._stir.wait()
            self._stir.clear()
            while self._items or (self._held and self._idle):
                left = await self._step()
                if left is not None:
                    return left

    async def _step(self) -> int | None:
        """Take the next thing; an exit code when it ends the session."""
        if self._held and self._idle:
            return await self._take(self._held.popleft())
        item = self._items.popleft()
        match item:
            case News(events):
                await self._hear(events)
            case Later(run):
                run()
                self._stir.set()
            case Interrupted(number):
                return await self._interrupted(number)
            case Typed(text) if self._interactive:
                self.voice.heard()
                self._asked_twice = False
                command, _ = command_of(text) if text.startswith("/") else (None, "")
                if command is not None and command.at_once:
                    await self._obey(text)
                else:
                    self._held.append(item)
            case Typed() | Ended():
                self._held.append(item)
        return None

    @property
    def _idle(self) -> bool:
        """Whether all is said of the last reply."""
        news = any(isinstance(item, News | Later) for item in self._items)
        return not (self.busy or self._watch.pending or news)

    async def _take(self, item: Typed | Ended) -> int | None:
        if isinstance(item, Ended):
            self.voice.heard()
            return Exit.DONE if self._interactive else self._verdict
        text = item.text
        if not text.strip():
            return None
        if text.strip() == "/quit":
            return Exit.DONE if self._interactive else self._verdict
        await self._obey(text)
        return None

    @property
    def _verdict(self) -> int:
        return next(reversed(self._failures.values()), self._code)

    async def _obey(self, text: str) -> None:
        """Do what was typed; what hinders it is said, and counts where nobody hears it."""
        try:
            command, rest = command_of(text)
            if self.ways and text.strip().isdecimal():
                await self.choose(text.strip())
            elif not text.startswith("/"):
                self.ways = ()
                await self.send(text)
            elif command is None:
                self._complain(unknown_words(text), Exit.BAD_INPUT)
            else:
                await self.run_command(command.name, rest)
        except InfertermError as error:
            self._complain(sentences(str(error), error.advice), code_of(error))

    def _complain(self, words: str, code: int) -> None:
        self.voice.say(words)
        self._code = code

    async def _interrupted(self, number: int) -> int | None:
        ends = number != signal.SIGINT or not self._interactive or (self._idle and self._asked_twice)
        if not self._idle:
            unsent = [item.text for item in self._held if isinstance(item, Typed) and item.text.strip()]
            self._held.clear()
            await self.halt()
            news = [item for item in self._items if isinstance(item, News | Later)]
            self._items.clear()
            for item in (*news, News(self._watch.taken())):
                if isinstance(item, Later):
                    item.run()
                else:
                    await self._hear(item.events)
            if self._interactive:
                self.voice.say(*(f"Not sent: {text}" for text in unsent))
        elif not ends:
            self._asked_twice = True
            self.voice.heard()
            self.voice.say("", "There is nothing to stop. Ctrl-C again, Ctrl-D or /quit leaves.")
        return 128 + number if ends else None

    def show(self, chat: Chat) -> None:
        """Follow a conversation from now on."""
        self._watching.close()
        if self._following is not None:
            self._following.cancel()
        self.chat, self.ways = chat, ()
        self._watch = self._watching.enter_context(chat.watch())
        self._following = asyncio.create_task(self._follow(self._watch))

    async def _follow(self, watch: Watch) -> None:
        async for events in watch:
            self._put(News(events))

    def later(self, run: Callable[[], None]) -> None:
        """Do something when it is its turn."""
        self._put(Later(run))

    def _put(self, item: Typed | Ended | Interrupted | News | Later) -> None:
        self._items.append(item)
        self._stir.set()

    async def _hear(self, events: Sequence[ChatEvent]) -> None:
        for event in events:
            match event:
                case TurnChanged(turn) if turn.answer.outcome is Outcome.RUNNING:
                    self._telling = Telling(lambda: self.bench.ledger.alone)
                case TurnChanged(turn):
                    await self._ended(turn)
                case ReplyFailed(error) if self.chat.conversation.turns:
                    self._failures[self.chat.conversation.turns[-1].id] = code_of(error)
                case DraftReturned():
                    self.voice.say("Stopped before it was sent. /send sends it, /edit changes it.")
                case _ if text := text_of(event):
                    self.voice.answer(text)
                case _:
                    for line in self._telling.of(event):
                        self.voice.say(line)
        if self._over(events):
            await self.chat.settled()
        self._stir.set()

    @staticmethod
    def _over(events: Sequence[ChatEvent]) -> bool:
        last = events[-1] if events else None
        return isinstance(last, TurnChanged) and last.turn.answer.outcome is not Outcome.RUNNING

    async def _ended(self, turn: Turn) -> None:
        if turn.answer.outcome is Outcome.COMPLETE:
            self._failures.pop(turn.id, None)
        self.voice.say(*ending(turn, free=self.free))
        await self.say_left()
        self.offer(self.ways_on(turn.answer), "Ways on")

    def offer(self, ways: Sequence[Way], about: str) -> None:
        """Say what there is to choose, by numbers."""
        self.ways = tuple(ways)
        if ways:
            self.voice.say(
                f"{about}, a number chooses:", *(f"{n}. {way.words}" for n, way in enumerate(ways, 1))
            )
