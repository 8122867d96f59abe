"""What this process knows of the ledger without asking it again."""

from __future__ import annotations

from tui_app.core.claims import Reading
from tui_app.core.ports import Clock, Ledger
from tui_app.core.quota import Closure, Group

LOOK_S = 0.2
"""How long a reading is taken for fresh without looking whether another process wrote."""


class Readings:
    """The latest reading of each group, asked for again only when the ledger has changed."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._known: dict[Group, Reading] = {}
        self._version: int | None = None
        self._looked_at = 0.0

    def look(self) -> bool:
        """Tell whether another process wrote since the last look; what is known is forgotten then.

        Raises LedgerBusy and LedgerFailed.
        """
        version = self._ledger.version()
        self._looked_at = self._clock.now()
        if version == self._version:
            return False
        self._version = version
        self._known.clear()
        return True

    def forget(self, group: Group) -> None:
        """Ask anew next time: this process wrote."""
        self._known.pop(group, None)

    def of(self, group: Group) -> Reading:
        """Tell what the ledger holds of a group; raises LedgerBusy and LedgerFailed."""
        now = self._clock.now()
        if now - self._looked_at > LOOK_S:
            self.look()
        reading = self._known.get(group)
        if reading is None:
            reading = self._known[group] = self._ledger.read(group, now)
        return reading

    def last(self, group: Group) -> Reading:
        """Tell what was last known of a group, nothing if nothing; never raises."""
        return self._known.get(group, Reading())

    def closure(self, group: Group) -> Closure | None:
        """Tell the closure last known of a group."""
        return self.last(group).closure
