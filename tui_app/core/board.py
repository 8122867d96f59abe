"""What is told about the quota and those who wait for it: how each stands, and that something changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tui_app.core.errors import LedgerFailed
from tui_app.core.place import Place
from tui_app.core.ports import Clock, Timer
from tui_app.core.pump import Pump
from tui_app.core.quota import Closure, Group, Quota, Standing, Waiting
from tui_app.core.quota_words import alone_words
from tui_app.core.waiters import Waiters

CALM_S = 0.25
"""The least time between two announcements of changes."""


PAUSED = "all that waits in this terminal is paused"
"""Why nothing goes while the queue is paused."""


class Board:
    """Tells places how they stand and subscribers that something changed, a few times a second at most."""

    def __init__(self, pump: Pump, clock: Clock) -> None:
        self._pump = pump
        self._clock = clock
        self._subscribers: list[Callable[[], None]] = []
        self._announced_at = float("-inf")
        self._announcement: Timer | None = None
        self._lapse: Timer | None = None

    def quota(self, group: Group, limit: int) -> Quota:
        """Tell what `limit` leaves of a group and who waits; raises LedgerFailed."""
        quota = self._bare(group, limit)
        waiters = self._pump.waiters.get(group) if self._pump.waiters else None
        if not waiters:
            return quota
        self._rank(waiters)
        now = self._clock.now()
        bare: dict[int, Quota] = {limit: quota}
        entries = (self._entry(place, bare, now) for place in waiters.ordered())
        return replace(quota, at=now, waiting=tuple(entries))

    def closure(self, group: Group) -> Closure | None:
        """Tell the closure of a group as far as known, over or not."""
        return self._pump.outbox.closure(group, self._pump.readings.closure(group))

    def fresh_standing(self, place: Place) -> Standing | None:
        """See `place.Keeper`."""
        self._rank(self._pump.waiters[place.group])
        standing, now = self._standing(place), self._clock.now()
        if not place.matters(standing, now):
            return None
        place.shown, place.shown_at = standing, now
        return standing

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` after changes, here or elsewhere; returns what ends it."""
        self._subscribers.append(changed)
        self._watch()

        def unsubscribe() -> None:
            if changed in self._subscribers:
                self._subscribers.remove(changed)
                self._watch()

        return unsubscribe

    def announce(self) -> None:
        """Let everybody know that something changed, as soon as the last time is long enough ago."""
        if self._announcement is None:
            when = max(self._clock.now(), self._announced_at + CALM_S)
            self._announcement = self._clock.call_at(when, self._say)

    def stop(self) -> None:
        """Tell nobody any more."""
        self._subscribers.clear()
        self._pump.changed = lambda: None
        for timer in (self._announcement, self._lapse):
            if timer is not None:
                timer.cancel()

    def _say(self) -> None:
        self._announcement = None
        self._announced_at = now = self._clock.now()
        for waiters in self._pump.waiters.values():
            if waiters.watched:
                self._rank(waiters)
                for place in waiters.ordered():
                    if place.watched and place.matters(self._standing(place), now):
                        place.tell()
        for changed in tuple(self._subscribers):
            changed()

    def _watch(self) -> None:
        self._pump.watched = bool(self._subscribers)
        self._pump.rearm()

    def _bare(self, group: Group, limit: int) -> Quota:
        quota = self._pump.readings.quota(group, limit, self._pump.pacing)
        self._await_lapse(quota)
        closure = self._pump.outbox.closure(group, quota.closure)
        paused = self._pump.paused
        if closure == quota.closure and paused == quota.paused:
            return quota
        return replace(quota, closure=closure, paused=paused)

    def _await_lapse(self, quota: Quota) -> None:
        """Announce when the lease of a claim is over: of one not sent by then the slot is free later."""
        if self._lapse is None and quota.claims:
            now = self._clock.now()
            lapses = (at - quota.cooldown_s + quota.lease_s for at in quota.claims)
            when = next((at for at in lapses if at > now), None)
            if when is not None:
                self._lapse = self._clock.call_at(when, self._lapsed)

    def _lapsed(self) -> None:
        self._lapse = None
        self.announce()

    def _standing(self, place: Place) -> Standing:
        now = self._clock.now()
        closure = self.closure(place.group)
        reason = None
        if self._pump.paused:
            reason = PAUSED
        elif self._pump.stuck:
            reason = "another inferterm process holds the quota's ledger"
        elif closure is not None and closure.until > now:
            reason = closure.reason
        try:
            quota = self._bare(place.group, place.limit)
            expected = quota.start_in(place.position, now)
            reason = reason or alone_words(quota) or None
        except LedgerFailed:
            expected = 0.0
        return Standing(place.position, expected, reason)

    def _entry(self, place: Place, bare: dict[int, Quota], now: float) -> Waiting:
        quota = bare.get(place.limit)
        if quota is None:
            quota = bare[place.limit] = self._bare(place.group, place.limit)
        bid, position = place.bid, place.position
        expected = quota.start_in(position, now)
        return Waiting(place.id, position, bid.member, bid.source, expected, bid.arrival)

    def _rank(self, waiters: Waiters) -> None:
        if waiters.ranked:
            return
        waiters.ranked = True
        try:
            rivals = self._pump.readings.of(waiters.group).rivals
        except LedgerFailed:
            rivals = ()
        for position, place in enumerate(waiters.ordered(), 1):
            before = sum(rival.ahead_of(place.bid.arrival) for rival in rivals)
            place.position = position + before
