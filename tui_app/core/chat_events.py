"""What a chat tells those who watch it, and how they watch."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from tui_app.core.conversation import Turn
from tui_app.core.errors import InfertermError
from tui_app.core.events import Event, Queued, Retrying, Sent
from tui_app.core.user_messages import UserMessage


@dataclass(frozen=True, slots=True)
class TurnChanged:
    """A turn came, or ended: `turn` is it as it stands now."""

    turn: Turn


@dataclass(frozen=True, slots=True)
class TurnRemoved:
    """A turn is gone."""

    turn_id: int


@dataclass(frozen=True, slots=True)
class PathChanged:
    """The conversation stands elsewhere in its tree: `turns` lead there, all of them ended."""

    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class DraftReturned:
    """A prompt that was never sent is a draft again."""

    draft: UserMessage


@dataclass(frozen=True, slots=True)
class ReplyFailed:
    """A reply failed with this; the TurnChanged that follows says it in words."""

    error: InfertermError


@dataclass(frozen=True, slots=True)
class Readied:
    """A prompt `waits` for the service to say whether its model takes images, or does no more."""

    waits: bool


ChatEvent: TypeAlias = TurnChanged | TurnRemoved | PathChanged | DraftReturned | ReplyFailed | Readied | Event
"""Reply events come between the TurnChanged that begins and the one that ends their turn."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a reply is before its answer begins: `news` as of `at`, seconds of the loop's clock."""

    news: Queued | Retrying | Sent
    at: float

    @property
    def retrying(self) -> bool:
        """Whether an attempt failed and the next one waits, here or at the head of the queue."""
        waits = isinstance(self.news, Queued) and self.news.attempt > 1
        return waits or isinstance(self.news, Retrying)

    def remaining_s(self, now: float) -> float:
        """Seconds left of what is counted down, never negative."""
        match self.news:
            case Queued(expected_in_s=seconds) | Retrying(delay_s=seconds):
                return max(0.0, seconds - (now - self.at))
            case Sent():
                return 0.0


class Watch:
    """Everything that happens to a chat from a moment on; each step gives all that came since the last."""

    def __init__(self) -> None:
        self._events: list[ChatEvent] = []
        self._news = asyncio.Event()

    def tell(self, event: ChatEvent) -> None:
        """Add an event."""
        self._events.append(event)
        self._news.set()

    @property
    def pending(self) -> bool:
        """Whether something came that the next step gives."""
        return bool(self._events)

    def __aiter__(self) -> Watch:
        return self

    async def __anext__(self) -> tuple[ChatEvent, ...]:
        await self._news.wait()
        return self.taken()

    def taken(self) -> tuple[ChatEvent, ...]:
        """All that came since the last step, at once."""
        self._news.clear()
        events = tuple(self._events)
        self._events.clear()
        return events


class Watched:
    """What can be watched by any number of others."""

    def __init__(self) -> None:
        self._watches: set[Watch] = set()

    @contextmanager
    def watch(self) -> Iterator[Watch]:
        """Everything that happens from now on; nothing comes between this and a look at the rest."""
        watch = Watch()
        self._watches.add(watch)
        try:
            yield watch
        finally:
            self._watches.discard(watch)

    def _tell(self, event: ChatEvent) -> None:
        for watch in self._watches:
            watch.tell(event)
