"""What this process knows of the ledger without asking it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from tui_app.core.activity import Activity
from tui_app.core.claims import Reading
from tui_app.core.errors import LedgerBusy, LedgerFailed
from tui_app.core.ports import Clock, Ledger
from tui_app.core.quota import Closure, Group, Pacing, Quota

T = TypeVar("T")

READ_TRIES = 20
"""How often a locked ledger is read again at once; only its opening and closing lock out readers."""

LOOK_S = 0.2
"""How long a reading is taken for fresh without looking whether another process wrote."""


class Readings:
    """The latest reading of each group, asked for again only when the ledger has changed."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._known: dict[Group, Reading] = {}
        self._fresh: set[Group] = set()
        self._quotas: dict[tuple[Group, int, Pacing], Quota] = {}
        self._activities: dict[Group, Activity] = {}
        self._groups: tuple[Group, ...] | None = None
        self._version: int | None = None
        self._news = False
        self._looked_at = 0.0

    def look(self) -> bool:
        """Tell whether another process wrote since this was last asked; what was known is forgotten then.

        Raises LedgerBusy and LedgerFailed.
        """
        self._refresh()
        news, self._news = self._news, False
        return news

    def forget(self) -> None:
        """Ask anew next time: this process wrote."""
        self._fresh.clear()
        self._quotas.clear()
        self._activities.clear()
        self._groups = None

    def heed(self, closures: Mapping[Group, Closure | None]) -> None:
        """Remember what this process closed or reopened, also of groups that were never read."""
        for group, closure in closures.items():
            known = self._known.get(group, Reading())
            if closure is None or known.closure is None or known.closure.until < closure.until:
                self._known[group] = replace(known, closure=closure)

    def of(self, group: Group) -> Reading:
        """Tell what the ledger holds of a group; raises LedgerBusy and LedgerFailed."""
        now = self._soon()
        if group not in self._fresh:
            self._known[group] = self._read(lambda: self._ledger.read(group, now))
            self._fresh.add(group)
        return self._known[group]

    def activity(self, group: Group) -> Activity:
        """Tell what went on in a group lately, as of the last change; raises LedgerBusy and LedgerFailed."""
        now = self._soon()
        if group not in self._activities:
            self._activities[group] = self._read(lambda: self._ledger.activity(group, now))
        return self._activities[group]

    def groups(self) -> tuple[Group, ...]:
        """List the groups in which something goes on, as of the last change; raises as `activity`."""
        now = self._soon()
        if self._groups is None:
            self._groups = self._read(lambda: self._ledger.groups(now))
        return self._groups

    def closure(self, group: Group) -> Closure | None:
        """Tell the closure last known of a group, asking anew whether it still holds; never raises."""
        reading = self._known.get(group)
        closure = reading.closure if reading else None
        if closure is not None and closure.until > self._clock.now() and group not in self._fresh:
            with suppress(LedgerFailed):
                closure = self.of(group).closure
        return closure

    def quota(self, group: Group, limit: int, pacing: Pacing) -> Quota:
        """Tell what a limit leaves of a group, without who waits; raises LedgerBusy and LedgerFailed."""
        self._soon()
        quota = self._quotas.get((group, limit, pacing))
        if quota is None:
            quota = self._count(self.of(group), group, limit, pacing)
            self._quotas[group, limit, pacing] = quota
        return quota

    def _count(self, reading: Reading, group: Group, limit: int, pacing: Pacing) -> Quota:
        now = self._clock.now()
        cooldown, last = self._ledger.terms.cooldown, reading.last_start
        return Quota(
            group=group,
            limit=limit,
            at=now,
            free_at=reading.free_at,
            claims=reading.claims,
            others_waiting=sum(rival.count for rival in reading.rivals),
            closure=reading.closure,
            pacing=pacing,
            paced_until=0.0 if last is None else last + cooldown / limit,
            cooldown_s=cooldown,
            lease_s=self._ledger.terms.lease,
            alone=reading.alone,
        )

    def _soon(self) -> float:
        """Look whether another process wrote, if that was not done just now; gives the time."""
        now = self._clock.now()
        if now - self._looked_at > LOOK_S:
            self._refresh()
        return now

    def _read(self, ask: Callable[[], T]) -> T:
        for _ in range(READ_TRIES - 1):
            with suppress(LedgerBusy):
                return ask()
        return ask()

    def _refresh(self) -> None:
        self._looked_at = self._clock.now()
        version = self._ledger.version(self._looked_at)
        if version != self._version:
            self._news = self._news or self._version is not None
            self._version = version
            self.forget()
