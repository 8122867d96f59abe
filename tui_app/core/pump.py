"""The worker between the waiting requests of a process and the ledger; it never waits itself."""

from __future__ import annotations

import random
from collections.abc import Callable

from tui_app.core.claims import Verdict
from tui_app.core.errors import LedgerBusy, LedgerFailed
from tui_app.core.outbox import Outbox
from tui_app.core.place import Place, Stage
from tui_app.core.ports import Clock, Ledger, Timer
from tui_app.core.quota import Group, Pacing
from tui_app.core.readings import Readings
from tui_app.core.waiters import Waiters

POLL_S = 0.1
"""How often a process whose turn may come within the next second looks whether another one wrote.

Those that know how will call it when something is freed; an older version does not.
"""

LONG_POLL_S = 1.0
"""How often it looks while its turn is further away."""

WATCH_POLL_S = 0.25
"""How often a process in which somebody only watches looks, while something goes on."""

QUIET_S = 5.0
"""How long nothing has changed when it waits to be called, or looks as seldom as those far away."""

HELD_POLLS_S = (0.001, 0.004)
"""How often, at first and at last, it looks whether an earlier waiter elsewhere has gone."""

YIELDS = 4
"""How often a locked ledger is tried again at once, letting the event loop run in between."""

BACK_OFF_S = (0.0005, 0.002)
"""The shortest and the longest pause between later tries; the longest while it stays locked."""

STUCK_S = 0.5
"""How long the ledger is locked before those who wait are told."""


class Pump:
    """Tries at the ledger what may go now, with one timer on the next that may.

    `waiters` are all that wait, `places` all requests that are not over, by claim. `changed` is
    called when anything about a group has changed, here or in another process; who makes the pump
    sets it.
    """

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self.waiters: dict[Group, Waiters] = {}
        self.places: dict[int, Place] = {}
        self.outbox = Outbox()
        self.readings = Readings(ledger, clock)
        self.pacing = Pacing.BURST
        self.paused = False
        self.watched = False
        self.stuck = False
        self.changed: Callable[[], None] = lambda: None
        self._ledger = ledger
        self._clock = clock
        self._timer: Timer | None = None
        self._soon = False
        self._held_pause = HELD_POLLS_S[0]
        self._tries = 0
        self._busy_since = 0.0
        self._changed_at = 0.0
        self._hears: bool | None = None

    @property
    def settled(self) -> bool:
        """Tell whether the ledger knows everything that this process has to say."""
        return not self.outbox and not any(waiters.due for waiters in self.waiters.values())

    def soon(self) -> None:
        """Try as soon as the event loop comes round, once for all that happens until then."""
        if not self._soon and not self._tries:
            self._arm(self._clock.now())
            self._soon = True

    def run(self) -> None:
        """Try what is due, and set the timer on what comes next."""
        self._soon = False
        now = self._clock.now()
        try:
            changed = self._look(now)
            due = [waiters for waiters in self.waiters.values() if waiters.due]
            if due or self.outbox:
                lines = tuple(waiters.line(self.pacing, withdrawn=self.paused) for waiters in due)
                verdicts = self._ledger.settle(self.outbox.order(now, lines))
                self._apply(verdicts, now)
                changed = True
        except LedgerBusy:
            self._try_again(now)
            return
        except LedgerFailed as failure:
            self._fail(failure)
            changed = True
        changed = changed or self.stuck
        self._tries, self.stuck = 0, False
        if changed:
            self._changed_at = now
        self.rearm()
        if changed:
            self.changed()

    def stop(self) -> None:
        """Set no timer any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def rearm(self) -> None:
        """Set the timer on the next moment at which something can happen, if there is any."""
        if self._soon or self._tries:
            return
        now = self._clock.now()
        times = [waiters.wake_at for waiters in self.waiters.values() if waiters.wake_at is not None]
        if any(waiters.held_until is not None for waiters in self.waiters.values()):
            times.append(now + self._held_pause)
            self._held_pause = min(2 * self._held_pause, HELD_POLLS_S[1])
        else:
            self._held_pause = HELD_POLLS_S[0]
        pause = self._pause(now, near=min(times, default=now) - now < 1.0)
        if pause is not None:
            times.append(now + pause)
        if self._soon:
            return
        if times:
            self._arm(min(times))
        else:
            self.stop()

    def _pause(self, now: float, *, near: bool) -> float | None:
        """How long until it looks whether another process wrote; None if it is called or need not know."""
        if self.waiters and not self.paused:
            self._listen(everything=False)
            return POLL_S if near else LONG_POLL_S
        quiet = self.watched and now - self._changed_at > QUIET_S
        called = (quiet or self._hears is not None) and self._listen(everything=quiet)
        if quiet:
            return None if called else LONG_POLL_S
        return WATCH_POLL_S if self.watched else None

    def _listen(self, *, everything: bool) -> bool:
        """Be called by processes that write from now on, if that is possible, and look once more."""
        if self._hears is not everything:
            listening = self._ledger.listen(self.soon, everything=everything)
            self._hears = everything if listening else None
            if listening:
                self.soon()
        return self._hears is everything

    def _arm(self, when: float) -> None:
        self.stop()
        self._timer = self._clock.call_at(when, self.run)

    def _look(self, now: float) -> bool:
        changed = self.readings.look()
        for waiters in self.waiters.values():
            if (changed and not self.paused) or waiters.has_come(now):
                waiters.due = True
        return changed

    def _apply(self, verdicts: tuple[Verdict, ...], now: float) -> None:
        self.readings.heed(self.outbox.closures)
        self.outbox.clear()
        self.readings.forget()
        for verdict in verdicts:
            waiters = self.waiters[verdict.group]
            for claim in verdict.granted:
                place = self.places[claim]
                waiters.remove(place)
                place.stage, place.claimed_at = Stage.CLAIMED, now
                place.tell()
            waiters.answer(verdict, now)
            if not waiters:
                del self.waiters[verdict.group]

    def _try_again(self, now: float) -> None:
        if self._tries == 0:
            self._busy_since = now
        self._tries += 1
        late = self._tries - YIELDS
        shortest, longest = BACK_OFF_S
        pause = min(shortest * 2.0 ** min(late, 9), longest) if late > 0 else 0.0
        self._arm(now + pause * random.uniform(0.5, 1.0))
        if not self.stuck and now - self._busy_since > STUCK_S:
            self.stuck = True
            for waiters in self.waiters.values():
                waiters.let_know()
            self.changed()

    def _fail(self, failure: LedgerFailed) -> None:
        waiting = [place for waiters in self.waiters.values() for place in waiters.ordered()]
        self.waiters.clear()
        for place in waiting:
            del self.places[place.bid.id]
            place.end(LedgerFailed(str(failure), failure.advice))
