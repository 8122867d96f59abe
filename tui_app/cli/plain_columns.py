"""One prompt asked of several endpoints at once in a plain chat: each answer is said whole, as it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tui_app.cli.plain_ways import Way
from tui_app.core.chat import Chat
from tui_app.core.chat_events import TurnChanged, Watch
from tui_app.core.comparison_column import Column
from tui_app.core.comparisons import Comparison
from tui_app.core.conversation import Outcome, Turn
from tui_app.core.errors import InvalidRequest
from tui_app.core.events import Queued, Retrying
from tui_app.core.inference import Inference
from tui_app.core.spoken import Telling, ending
from tui_app.core.user_messages import UserMessage
from tui_app.core.variations import MOST, Setup, Variation

if TYPE_CHECKING:
    from tui_app.cli.plain_voice import Voice


class PlainColumns:
    """Asking several at once; the first is the endpoint of the chat, with its settings."""

    inference: Inference
    voice: Voice
    chat: Chat
    _asking: asyncio.Task[None] | None = None

    def show(self, chat: Chat) -> None:
        """Go over to another conversation."""
        raise NotImplementedError

    def offer(self, ways: Sequence[Way], about: str) -> None:
        """Say what can be chosen by its number."""
        raise NotImplementedError

    def later(self, run: Callable[[], None]) -> None:
        """Do something when it is its turn."""
        raise NotImplementedError

    async def introduce(self) -> None:
        """Say who answers, in which conversation."""
        raise NotImplementedError

    @property
    def busy(self) -> bool:
        """Whether an answer is on its way."""
        return self.chat.busy or (self._asking is not None and not self._asking.done())

    async def halt(self) -> None:
        """Stop all answers, keeping what came."""
        await self.chat.stop()
        if self._asking is not None and self.inference.comparisons.current:
            await self.inference.comparisons.current.stop()
            await self._asking

    async def do_side_by_side(self, rest: str) -> None:
        """Ask the prompt that waits, or the last one, of the chat's endpoint and of others."""
        talk, comparisons = self.chat.conversation, self.inference.comparisons
        message = (talk.unsent or (talk.turns[-1].message if talk.turns else UserMessage())).check()
        first = Variation(talk.endpoint, settings=replace(talk.settings, system=""))
        if len(names := rest.split()) >= MOST:
            raise InvalidRequest(
                f"at most {MOST} are asked at once", f"Name {MOST - 1} besides {talk.endpoint}."
            )
        endpoints = self.inference.endpoints
        for name in names:
            await endpoints.get(name)
        comparison = await comparisons.open(first, message, talk.settings.system)
        if names:
            setup = Setup((first, *map(Variation, names)), talk.settings.system)
            await comparisons.arrange(comparison, setup)
        free = [(await endpoints.get(each.variation.endpoint)).local.sandbox for each in comparison.columns]
        self.voice.say(*(f"{_label(number, each)}: asked" for number, each in _numbered(comparison)))
        self._asking = asyncio.create_task(self._ask(comparison, message, free))

    async def _ask(self, comparison: Comparison, message: UserMessage, free: Sequence[bool]) -> None:
        with ExitStack() as stack:
            watches = [stack.enter_context(each.watch()) for each in comparison.columns]
            comparison.ask(message)
            async with asyncio.TaskGroup() as group:
                for (number, column), watch, unpaid in zip(_numbered(comparison), watches, free, strict=True):
                    group.create_task(self._follow_column(_label(number, column), watch, free=unpaid))
        self.later(partial(self._offer, comparison))

    async def _follow_column(self, words: str, watch: Watch, *, free: bool) -> None:
        telling = Telling()
        async for events in watch:
            for event in events:
                match event:
                    case TurnChanged(turn) if turn.answer.outcome is not Outcome.RUNNING:
                        self.later(partial(self._say, words, turn, free=free))
                        return
                    case Queued() | Retrying():
                        lines = tuple(f"{words}: {line}" for line in telling.of(event))
                        self.later(partial(self.voice.say, *lines))
                    case _:
                        pass

    def _say(self, words: str, turn: Turn, *, free: bool) -> None:
        self.voice.say(f"{words} answers:")
        self.voice.answer(turn.answer.text)
        self.voice.say(*ending(turn, free=free))

    def _offer(self, comparison: Comparison) -> None:
        ways = [
            Way(f"go on with {_label(number, each)}", partial(self._go_on_with, each))
            for number, each in _numbered(comparison)
            if each.text
        ]
        self.offer(ways, "Ways on")

    async def _go_on_with(self, column: Column) -> None:
        chat = await self.inference.comparisons.keep(column, column.variation.endpoint)
        if chat is not None:
            self.show(chat)
            await self.introduce()


def _numbered(comparison: Comparison) -> enumerate[Column]:
    return enumerate(comparison.columns, 1)


def _label(number: int, column: Column) -> str:
    return ", ".join((f"column {number}, {column.variation.endpoint}", *column.variation.words()))
