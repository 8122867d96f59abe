"""A request's place in the queue, and the claim on a slot that it becomes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from enum import StrEnum
from types import TracebackType
from typing import Final, Protocol

from tui_app.core.claims import Bid
from tui_app.core.errors import QuotaError, TakenOut
from tui_app.core.quota import Group, Standing


class Stage(StrEnum):
    """How far a request has come: it waits, may go, went, its going is written down, it is over.

    One that was set aside waits without a place in the queue.
    """

    WAITING = "waiting"
    ASIDE = "aside"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    OVER = "over"


_UNDECIDED: Final = {Stage.WAITING, Stage.ASIDE}


class Keeper(Protocol):
    """The queue as its places see it."""

    def fresh_standing(self, place: Place) -> Standing | None:
        """Tell how a waiting place stands now, if that differs enough from what was told last."""

    def start(self, place: Place) -> bool:
        """Tell whether a claimed place may be sent this moment; if not, it waits again, first in line."""

    def leave(self, place: Place) -> None:
        """Write down a start, refund a claim or forget a waiting place, whichever it is."""


class Place:
    """One request from joining the queue until it is over; use it as an async context manager.

    Leaving the context gives back whatever it still has: a waiting place costs nothing, a claim that
    was never sent is refunded, a request that was sent has used its slot.
    """

    __slots__ = (
        "_ears",
        "_keeper",
        "answered",
        "bid",
        "claimed_at",
        "failure",
        "group",
        "limit",
        "limit_since",
        "position",
        "shown",
        "shown_at",
        "stage",
        "watched",
    )

    def __init__(self, keeper: Keeper, group: Group, bid: Bid, limit: int, now: float) -> None:
        self._keeper = keeper
        self.group = group
        self.bid = bid
        self.limit = limit
        self.limit_since = now
        self.stage = Stage.WAITING
        self.claimed_at = 0.0
        self.position = 1
        self.answered = False
        self.failure: QuotaError | None = None
        self.watched = False
        self.shown: Standing | None = None
        self.shown_at = 0.0
        self._ears: list[asyncio.Future[None]] = []

    @property
    def id(self) -> str:
        """Its name, as in `Waiting.id`."""
        return f"{self.bid.id:x}"

    async def __aenter__(self) -> Place:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cancel()

    async def standings(self) -> AsyncGenerator[Standing, None]:
        """Tell how it stands: at once if it must wait, then whenever that changes enough to matter.

        Ends when its turn has come. Raises LedgerFailed, or TakenOut.
        """
        self.shown, self.watched = None, True
        try:
            while self.stage in _UNDECIDED:
                if self.answered and (standing := self._keeper.fresh_standing(self)) is not None:
                    yield standing
                else:
                    await self.news()
        finally:
            self.watched = False
        self.check()

    async def turn(self) -> None:
        """Wait until its turn has come, hearing nothing in between; raises as `standings` does."""
        while self.stage in _UNDECIDED:
            await self.news()
        self.check()

    async def sent(self) -> None:
        """Wait for leave to send this very moment, then note the start; call it before the first byte.

        Returns at once while the claim is fresh. A claim that is older than its lease, or whose group
        was closed or limit lowered since, is claimed anew, first in line, which may take its time.
        The start is stamped a few milliseconds after this returns, or by `cancel`: send without delay.
        """
        while True:
            await self.turn()
            if self._keeper.start(self):
                return

    def cancel(self) -> None:
        """Give back whatever it still has; harmless when repeated."""
        self._keeper.leave(self)

    async def news(self) -> None:
        """Wait until something about it changes."""
        ear: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._ears.append(ear)
        try:
            await ear
        finally:
            self._ears.remove(ear)

    def tell(self) -> None:
        """Let those know who wait for news."""
        for ear in self._ears:
            if not ear.done():
                ear.set_result(None)

    def end(self, failure: QuotaError | None = None) -> None:
        """Make it over; those who wait for it get `failure`, or hear that it was taken out."""
        self.stage, self.failure = Stage.OVER, failure
        self.tell()

    def check(self) -> None:
        """Raise what put an end to waiting, if it was not the turn."""
        if self.failure is not None:
            raise self.failure
        if self.stage is Stage.OVER:
            raise TakenOut

    def matters(self, standing: Standing, now: float) -> bool:
        """Tell whether `standing` differs enough from what was told last to be worth telling."""
        shown = self.shown
        if shown is None or shown.reason != standing.reason:
            return True
        moved = abs(shown.position - standing.position)
        if moved and (standing.position <= 10 or 10 * moved >= standing.position):
            return True
        drift = abs(max(0.0, shown.expected_in_s - (now - self.shown_at)) - standing.expected_in_s)
        return drift > max(0.5, standing.expected_in_s / 10)
