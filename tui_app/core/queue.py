"""The queue of one process: who wants to send a request joins it, and goes when the quota allows."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from tui_app.core.activity import Activity, told
from tui_app.core.claims import Bid, Telling
from tui_app.core.errors import LedgerFailed, QueueFull, QuotaError
from tui_app.core.gate import Gate
from tui_app.core.place import Place, Stage
from tui_app.core.ports import Clock, Ledger
from tui_app.core.quota import Closure, Group, Pacing, Quota, Source
from tui_app.core.waiters import INSTANT_S

if TYPE_CHECKING:
    from tui_app.core.service import ServerLimit

CAPACITY = 2000
"""How many may wait for one group, as with Elasticsearch."""

ID_BITS = 62
"""The claims of a queue are numbered from a random number of so many bits, far from those of others."""

CLOSING_S = 1.0
"""How long closing the queue waits for a locked ledger."""


class RequestQueue(Gate):
    """Lets requests go first come first served, each within its limit, together with all processes.

    All calls belong to one event loop. It starts with the first call and has to be closed with
    `aclose`. `pacing` may be set at any time.

        async with queue.join(group, limit, inference_id, Source.CHAT) as place:
            async for standing in place.standings():
                ...                 # shown while it waits
            ...                     # connect
            await place.sent()      # immediately before the first byte
            ...                     # the reply
    """

    def __init__(
        self, ledger: Ledger, clock: Clock, capacity: int = CAPACITY, pacing: Pacing = Pacing.BURST
    ) -> None:
        super().__init__(ledger, clock)
        self._capacity = capacity
        self._pump.pacing = pacing
        self._last_arrival = 0.0
        self._closed = False
        self._ids = itertools.count(secrets.randbits(ID_BITS))

    @property
    def clock(self) -> Clock:
        """The clock on which every `Quota` counts down."""
        return self._clock

    @property
    def pacing(self) -> Pacing:
        """How starts are spread from now on, also those of requests that wait already."""
        return self._pump.pacing

    @pacing.setter
    def pacing(self, pacing: Pacing) -> None:
        self._pump.pacing = pacing
        self._pump.readings.forget()
        for waiters in self._pump.waiters.values():
            waiters.due = True
        self._pump.soon()

    def join(
        self,
        group: Group,
        limit: int,
        member: str,
        source: Source,
        *,
        head: bool = False,
        since: float | None = None,
    ) -> Place:
        """Take a place in the queue for a request of endpoint `member`, whose limit is `limit`.

        `head` is for retries: to the head of the queue, even when that is full; with `since`, the
        arrival of the first attempt, before all in any process that came later than that. Raises
        QueueFull; LedgerFailed comes from the first wait on the place.
        """
        if self._closed:
            raise QuotaError("The queue is closed.")
        waiters = self._pump.waiters.get(group)
        count = len(waiters) if waiters else 0
        if count >= self._capacity and not head:
            raise QueueFull(
                f"{count} requests wait already for {group.model}; the queue holds no more.",
                "Wait until some have gone, cancel some, or raise the endpoint's limit.",
            )
        arrival = self._last_arrival = max(self._clock.now(), self._last_arrival + INSTANT_S)
        first = waiters.earliest() if waiters else None
        if head and since is not None:
            arrival = since
        elif head and first is not None:
            arrival = first - INSTANT_S
        bid = Bid(next(self._ids), member, source, arrival)
        place = Place(self, group, bid, limit, self._clock.now())
        self._enter(place)
        return place

    @property
    def paused(self) -> bool:
        """Whether nothing of this process starts until `resume`."""
        return self._pump.paused

    def pause(self) -> None:
        """Let nothing of this process start; those who wait keep their places and hold up no other process.

        What may go already and was not sent waits again, first in line, and its slot is free.
        """
        if not self._pump.paused:
            self._pump.paused = True
            for place in list(self._pump.places.values()):
                if place.stage is Stage.CLAIMED:
                    self._claim_anew(place)
            if self._pump.waiters:
                self._pump.outbox.withdraw()
            self._try_all()

    def resume(self) -> None:
        """Let those who wait go again, in the order in which they came."""
        if self._pump.paused:
            self._pump.paused = False
            self._try_all()

    def note_told(self, group: Group, limits: tuple[ServerLimit, ...], sent_at: float) -> None:
        """Let all processes know what an answer told; its request was sent not before `sent_at`."""
        if limits:
            now = self._clock.now()
            self._pump.outbox.told(Telling(group, sent_at, tuple(told(limit, now) for limit in limits)))
            self._pump.soon()

    def close_group(self, group: Group, seconds: float, reason: str) -> None:
        """Let nothing of a group start for `seconds`, in any process; `reason` in the service's words."""
        self._pump.outbox.close(group, Closure(self._clock.now() + seconds, reason))
        self._try(group)

    def closed_for(self, group: Group) -> float:
        """Seconds until the service lets something of a group start; 0 if it does or nobody can tell."""
        with suppress(LedgerFailed):
            self._pump.readings.of(group)
        closure = self._board.closure(group)
        return max(0.0, closure.until - self._clock.now()) if closure is not None else 0.0

    def reopen_group(self, group: Group) -> None:
        """Let requests of a group start although the service closed it, in every process."""
        self._pump.outbox.reopen(group)
        self._try(group)

    def change_limit(self, member: str, limit: int) -> None:
        """Let another limit hold for an endpoint: at once, in every process, also for those who wait."""
        now = self._clock.now()
        self._limits[member] = limit, now
        for waiters in self._pump.waiters.values():
            waiters.limit(member, limit, now)
        self._pump.outbox.limit(member, limit)
        self._pump.soon()

    def cancel(self, waiting: str) -> None:
        """Take the request with this `Waiting.id`, waiting or set aside, out; its sender gets a TakenOut."""
        place = self._found(waiting, Stage.WAITING, Stage.ASIDE)
        if place is not None:
            self.leave(place)

    def set_aside(self, waiting: str) -> None:
        """Let the request with this `Waiting.id` neither go nor hold up others, its sender hearing nothing.

        What comes then is `put_back`, or `cancel`.
        """
        place = self._found(waiting, Stage.WAITING)
        if place is not None:
            self._withdraw(place)
            place.stage, place.answered = Stage.ASIDE, False

    def put_back(self, waiting: str) -> None:
        """Let a request that was set aside wait again in its old place, before all that came later."""
        place = self._found(waiting, Stage.ASIDE)
        if place is not None:
            self._enter(place)
            self._board.announce()

    def move(self, waiting: str, by: int) -> None:
        """Move the request with this `Waiting.id` back by so many places, forward if negative."""
        place = self._found(waiting, Stage.WAITING)
        if place is not None:
            self._pump.waiters[place.group].move(place, by)
            self._pump.soon()

    def quota(self, group: Group, limit: int) -> Quota:
        """Tell what `limit` leaves of a group and who waits, from what is known.

        The ledger is read only after a change. Raises LedgerFailed.
        """
        return self._board.quota(group, limit)

    def activity(self, group: Group) -> Activity:
        """Tell what went on in a group lately, in all processes, as of the last change.

        The ledger is read only after a change. Raises LedgerFailed.
        """
        return self._pump.readings.activity(group)

    def groups(self) -> tuple[Group, ...]:
        """List the groups in which something goes on, in any process. Raises LedgerFailed."""
        known = self._pump.readings.groups()
        return known + tuple(group for group in self._pump.waiters if group not in known)

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` when anything about a group changes, here or in another process.

        At most four times a second. Returns what ends it. Changes elsewhere are looked for as long
        as there is a subscriber.
        """
        return self._board.subscribe(changed)

    async def aclose(self) -> None:
        """End all waiting, give back what was not sent, and let go of the ledger."""
        self._closed = True
        self._board.stop()
        for place in list(self._pump.places.values()):
            self.leave(place)
        deadline = self._clock.now() + CLOSING_S
        while not self._pump.settled and self._clock.now() < deadline:
            self._pump.run()
            await asyncio.sleep(0)
        self._pump.stop()
        self._ledger.close()

    def _try_all(self) -> None:
        for waiters in self._pump.waiters.values():
            waiters.due = True
        self._pump.soon()
        self._board.announce()

    def _found(self, waiting: str, *stages: Stage) -> Place | None:
        place = self._pump.places.get(int(waiting, 16))
        return place if place is not None and place.stage in stages else None
