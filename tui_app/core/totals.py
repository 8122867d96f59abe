"""Totals: what all requests of this user came to, by day, endpoint, model or chat."""

from __future__ import annotations

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from tui_app.core.days import Calendar, Unit, day_of, start_of
from tui_app.core.errors import InvalidRequest
from tui_app.core.receipt_books import EVERYTHING, ReceiptBook, Scope
from tui_app.core.receipts import Receipt
from tui_app.core.sums import Gathering, Parts, Sum, joined

_DAYS: Final = re.compile(r"(\d{1,4})\s*d(?:ays?)?")
SPANS: Final = ("today", "7d", "30d", "all")
"""The spans that are offered; any other number of days, and a date, are understood too."""

WHOLE_S: Final = 62 * 86_400.0
"""A span up to this long is shown whole, a longer one from its first request on."""


class By(StrEnum):
    """What requests are put together by."""

    DAY = "day"
    ENDPOINT = "endpoint"
    MODEL = "model"
    CHAT = "chat"


def since(span: str, now: float, zone: tzinfo | None = None) -> float | None:
    """Where a span begins: `today`, `7d` (today and the six days before), `2026-11-01`, `all` (None).

    Raises InvalidRequest for anything else.
    """
    words, today = span.strip().lower(), day_of(now, zone)
    if words == "all":
        return None
    days = _DAYS.fullmatch(words)
    try:
        if words == "today" or (days and int(days[1]) >= 1):
            first = today - timedelta(days=int(days[1]) - 1 if days else 0)
        else:
            first = date.fromisoformat(words)
        return start_of(first, zone)
    except (ValueError, OverflowError, OSError):
        raise InvalidRequest(
            f"{span} is no span of time",
            f"Say today, a number of days such as 7d, a date such as {today.isoformat()}, or all.",
        ) from None


@dataclass(frozen=True, slots=True)
class Group:
    """Requests that belong together; `title` is what a chat is called, None for one that is deleted."""

    key: str
    sum: Sum
    title: str | None = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The sum of all, of each group (the one that was asked last first), and of each stretch of the calendar.

    `chat` requests that belong to none, such as those of a batch, have the key "".
    """

    by: By
    total: Sum
    groups: tuple[Group, ...]
    calendar: Calendar
    course: tuple[Sum, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """What requests are seen in: all moments from `first` to `last`, in a time zone.

    `sandboxes` are endpoints that cost nothing, for receipts in which that was not written down.
    """

    first: float
    last: float
    sandboxes: Set[str] = frozenset()
    zone: tzinfo | None = None


class Tally:
    """Puts receipts together as they are read, in any order and any number at a time."""

    def __init__(self, by: By, frame: Frame) -> None:
        self._by, self._sandboxes = by, frame.sandboxes
        self._calendar = Calendar.over(frame.first, frame.last, zone=frame.zone)
        days = Calendar.over(frame.first, frame.last, Unit.DAY, frame.zone)
        self._key = _keys(by, days)
        self._course: list[Parts] = [defaultdict(Gathering) for _ in self._calendar.starts]
        self._groups: defaultdict[str, Parts] = defaultdict(lambda: defaultdict(Gathering))
        self._latest: dict[str, float] = {}

    def add(self, receipts: Iterable[Receipt]) -> None:
        """Take some more."""
        place, key_of, latest = self._calendar.place, self._key, self._latest
        for each in receipts:
            free = each.endpoint in self._sandboxes if each.sandbox is None else bool(each.sandbox)
            kind, key = (each.answered_by or each.model, free), key_of(each)
            self._course[place(each.at)][kind].add(each)
            self._groups[key][kind].add(each)
            if each.at >= latest.get(key, each.at):
                latest[key] = each.at

    def report(self) -> Report:
        """What they came to."""
        ordered = sorted(self._groups, key=lambda key: self._latest[key], reverse=True)
        return Report(
            self._by,
            joined(self._course),
            tuple(Group(key, joined([self._groups[key]])) for key in ordered),
            self._calendar,
            tuple(joined([each]) for each in self._course),
        )


def _keys(by: By, days: Calendar) -> Callable[[Receipt], str]:
    names = [days.name(place) for place in range(len(days.starts))] if by is By.DAY else []
    keys: Mapping[By, Callable[[Receipt], str]] = {
        By.DAY: lambda each: names[days.place(each.at)],
        By.ENDPOINT: lambda each: each.endpoint,
        By.MODEL: lambda each: each.model,
        By.CHAT: lambda each: str(each.conversation_id or ""),
    }
    return keys[by]


class Totals:
    """Reads and counts what was written down, off the event loop. All raise StoreFailed.

    `sandboxes` tells which endpoints cost nothing.
    """

    def __init__(
        self,
        book: ReceiptBook,
        sandboxes: Callable[[], Awaitable[Set[str]]],
        clock: Callable[[], float] = time.time,
        zone: tzinfo | None = None,
    ) -> None:
        self.book, self._sandboxes, self._clock, self._zone = book, sandboxes, clock, zone
        self._heard: list[Callable[[], None]] = []

    def note(self, receipt: Receipt) -> None:
        """Count one more request; returns at once."""
        self.book.note(receipt)
        for noted in tuple(self._heard):
            noted()

    def subscribe(self, noted: Callable[[], None]) -> Callable[[], None]:
        """Call `noted` whenever a request of this process has ended; returns what ends that."""
        self._heard.append(noted)
        return lambda: self._heard.remove(noted)

    async def aclose(self) -> None:
        """Wait until all is kept that was noted."""
        await self.book.aclose()

    @property
    def trouble(self) -> str:
        """Why the latest requests are not among the counted ones in other terminals; else empty."""
        return self.book.trouble

    @property
    def advice(self) -> str:
        """What can be done about the trouble."""
        return self.book.advice

    async def report(self, by: By, span: str = "all", scope: Scope = EVERYTHING) -> Report:
        """The requests of a span, put together. Raises InvalidRequest where it is none."""
        now = self._clock()
        scope = replace(scope, since=since(span, now, self._zone))
        first, last = await self.book.reach(scope) or (now, now)
        if scope.since is not None and now - scope.since <= WHOLE_S:
            first = scope.since
        frame = Frame(first, max(last, now), await self._sandboxes(), self._zone)
        tally = Tally(by, frame)
        async for receipts in self.book.read(scope):
            await asyncio.to_thread(tally.add, receipts)
        made = await asyncio.to_thread(tally.report)
        return replace(made, groups=await self._titled(made.groups)) if by is By.CHAT else made

    async def chat(self, conversation_id: int) -> Sum:
        """All requests of one chat, those of versions that were replaced and of deleted turns too."""
        if not conversation_id:
            return Sum()
        return (await self.report(By.DAY, "all", Scope(conversation_id=conversation_id))).total

    async def _titled(self, groups: Iterable[Group]) -> tuple[Group, ...]:
        groups = tuple(groups)
        titles = await self.book.titles(int(each.key) for each in groups if each.key)
        return tuple(replace(each, title=titles.get(int(each.key))) if each.key else each for each in groups)
