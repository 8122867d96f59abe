"""Where places of a queue get leave to go: what becomes of a claim, and of whoever leaves."""

from __future__ import annotations

from collections import deque
from contextlib import suppress

from tui_app.core.board import Board
from tui_app.core.errors import LedgerBusy
from tui_app.core.place import Place, Stage
from tui_app.core.ports import Clock, Ledger
from tui_app.core.pump import Pump
from tui_app.core.quota import Group, Standing
from tui_app.core.waiters import Waiters

FRESH_S = 0.05
"""How old a claim may be to be sent without asking whether the rules have changed since."""

SEND_S = 0.005
"""How long after leave to send the start is stamped: a stamp must not be earlier than the start."""


class Gate:
    """See `place.Keeper`: the side of a queue that its places see."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._pump = Pump(ledger, clock)
        self._board = Board(self._pump, clock)
        self._pump.changed = self._board.announce
        self._limits: dict[str, tuple[int, float]] = {}
        self._sending: deque[tuple[float, Place]] = deque()

    def fresh_standing(self, place: Place) -> Standing | None:
        """See `Keeper`."""
        return self._board.fresh_standing(place)

    def start(self, place: Place) -> bool:
        """See `Keeper`."""
        now = self._clock.now()
        if not self._may_send(place, now):
            self._claim_anew(place)
            return False
        place.stage = Stage.SENDING
        if not self._sending:
            self._clock.call_at(now + SEND_S, self._note_starts)
        self._sending.append((now + SEND_S, place))
        return True

    def leave(self, place: Place) -> None:
        """See `Keeper`."""
        if place.stage is Stage.WAITING:
            self._withdraw(place)
        elif place.stage is Stage.CLAIMED:
            self._pump.outbox.refund(place.bid.id)
            self._try(place.group)
        else:
            self._note_start(place)
        self._pump.places.pop(place.bid.id, None)
        if place.stage is not Stage.OVER:
            place.end()

    def _withdraw(self, place: Place) -> None:
        """Take a waiting place out of those of its group."""
        waiters = self._pump.waiters[place.group]
        waiters.remove(place)
        waiters.due = True
        self._pump.outbox.withdraw()
        self._pump.soon()

    def _may_send(self, place: Place, now: float) -> bool:
        age = now - place.claimed_at
        closure = self._board.closure(place.group)
        limit, since = self._limits.get(place.bid.member, (place.limit, 0.0))
        closed_until = closure.until if closure is not None else 0.0
        if FRESH_S < age <= self._ledger.terms.lease:
            with suppress(LedgerBusy):
                rules = self._ledger.rules(place.group, place.bid.member)
                closed_until = max(closed_until, rules.closed_until)
                if rules.limit is not None and rules.limit_since > since:
                    limit, since = rules.limit, rules.limit_since
        if since > place.limit_since:
            place.limit, place.limit_since = limit, since
        if self._pump.paused:
            return False
        return age <= self._ledger.terms.lease and since <= place.claimed_at and closed_until <= now

    def _note_starts(self) -> None:
        """Stamp those whose time has come, with one timer for all."""
        now = self._clock.now()
        while self._sending and (
            self._sending[0][0] <= now or self._sending[0][1].stage is not Stage.SENDING
        ):
            self._note_start(self._sending.popleft()[1])
        if self._sending:
            self._clock.call_at(self._sending[0][0], self._note_starts)

    def _note_start(self, place: Place) -> None:
        if place.stage is Stage.SENDING:
            place.stage = Stage.SENT
            self._pump.outbox.sent(place.bid.id, self._clock.now())
            self._pump.soon()

    def _claim_anew(self, place: Place) -> None:
        self._pump.outbox.refund(place.bid.id)
        self._enter(place)

    def _enter(self, place: Place) -> None:
        """Let a place wait among those of its group, by its arrival."""
        waiters = self._pump.waiters.get(place.group)
        if waiters is None:
            waiters = self._pump.waiters[place.group] = Waiters(place.group)
        place.stage, place.answered = Stage.WAITING, False
        self._pump.places[place.bid.id] = place
        waiters.add(place)
        waiters.due = True
        waiters.unanswered.append(place)
        place.position = len(waiters)
        self._pump.soon()

    def _try(self, group: Group) -> None:
        if group in self._pump.waiters:
            self._pump.waiters[group].due = True
        self._pump.soon()
