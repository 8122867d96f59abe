"""The ledger that all processes share, and what stands in for it while it cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from tui_app.adapters.ledger import SqliteLedger
from tui_app.adapters.ledger_file import MEMORY
from tui_app.adapters.own_starts import OwnStarts
from tui_app.core.claims import Order, Reading, Rules, Terms, Verdict
from tui_app.core.errors import LedgerBusy, LedgerFailed
from tui_app.core.outbox import Outbox
from tui_app.core.quota import Closure, Group

if TYPE_CHECKING:
    from tui_app.core.activity import Activity

T = TypeVar("T")

RETRY_S: Final = 3.0
"""How often the shared ledger is tried again while something stands in for it, in seconds."""

LOCKED_S: Final = 0.1
"""How soon it is tried again when it could be used but for another process's lock."""


class StandbyLedger:
    """See `ports.Ledger`: the shared one, or where that fails and `own_limit` says so, one in memory.

    The one in memory knows what this process itself started within the last cooldown and which
    closures it had heard of, so that this process alone never starts more than a limit allows; what
    others start it cannot know. As soon as the shared ledger can be written again, it gets what this
    process did meanwhile before anything else is asked of it. That is so without `own_limit` too,
    where the time between is one of refusals: a ledger that was deleted learns what still counts.
    """

    def __init__(self, shared: SqliteLedger, *, own_limit: bool = False) -> None:
        self._shared = shared
        self._allowed = own_limit
        self._starts = OwnStarts(shared.terms, shared.process)
        self._missed = Outbox()
        self._closures: dict[Group, Closure] = {}
        self._own: SqliteLedger | None = None
        self._failure: LedgerFailed | None = None
        self._try_at = 0.0
        self._now = 0.0

    @property
    def terms(self) -> Terms:
        """How long things last."""
        return self._shared.terms

    @property
    def path(self) -> str:
        """Where the shared ledger lies."""
        return str(self._shared.path)

    @property
    def own_limit(self) -> bool:
        """Whether this process may go on under a limit of its own; holds from the next call on."""
        return self._allowed

    @own_limit.setter
    def own_limit(self, allowed: bool) -> None:
        self._allowed = allowed
        self._try_at = self._now

    @property
    def alone(self) -> str:
        """Why this process goes on under a limit of its own; empty while it does not."""
        standing_in = self._allowed and self._own is not None
        return str(self._failure) if self._failure is not None and standing_in else ""

    def settle(self, order: Order) -> tuple[Verdict, ...]:
        """See `ports.Ledger`."""
        verdicts = self._ask(lambda ledger: ledger.settle(order), order.now)
        self._starts.note(order, verdicts)
        self._heed(order)
        return verdicts

    def read(self, group: Group, now: float) -> Reading:
        """See `ports.Ledger`."""
        reading = self._ask(lambda ledger: ledger.read(group, now), now)
        if reading.closure is not None:
            self._closures[group] = reading.closure
        else:
            self._closures.pop(group, None)
        return replace(reading, alone=self.alone)

    def activity(self, group: Group, now: float) -> Activity:
        """See `ports.Ledger`."""
        return self._ask(lambda ledger: ledger.activity(group, now), now)

    def groups(self, now: float) -> tuple[Group, ...]:
        """See `ports.Ledger`."""
        return self._ask(lambda ledger: ledger.groups(now), now)

    def rules(self, group: Group, member: str) -> Rules:
        """See `ports.Ledger`."""
        return self._ask(lambda ledger: ledger.rules(group, member))

    def version(self, now: float) -> int:
        """See `ports.Ledger`; another number also when one ledger takes the other's place."""
        return self._ask(lambda ledger: ledger.version(now), now)

    def listen(self, heard: Callable[[], None], *, everything: bool) -> bool:
        """See `ports.Ledger`; while something stands in, it is looked whether the shared one is back."""
        return self._failure is None and self._shared.listen(heard, everything=everything)

    def trouble(self, now: float) -> LedgerFailed | None:
        """Tell what is wrong with the shared ledger, trying to write; None also while it is locked."""
        try:
            self._shared.adopt((), Order(now))
        except LedgerBusy:
            return None
        except LedgerFailed as failure:
            return failure
        return None

    def close(self) -> None:
        """See `ports.Ledger`; what this process did alone is written down if that is possible by now."""
        if self._failure is not None:
            with suppress(LedgerFailed):
                self._return(self._now)
        if self._own is not None:
            self._own.close()
        self._shared.close()

    def _ask(self, question: Callable[[SqliteLedger], T], now: float | None = None) -> T:
        """Put a question to the shared ledger, or to the one that stands in."""
        self._now = self._now if now is None else now
        if self._failure is None or not self._allowed or self._now >= self._try_at:
            try:
                if self._failure is not None:
                    self._return(self._now)
                return question(self._shared)
            except LedgerBusy:
                if not self.alone:
                    raise
                self._try_at = self._now + LOCKED_S
            except LedgerFailed as failure:
                self._failure = failure
                self._try_at = self._now + RETRY_S
                if not self._allowed:
                    raise
        return question(self._stand_in())

    def _return(self, now: float) -> None:
        """Write into the shared ledger what it missed; raises LedgerBusy, LedgerFailed."""
        order = replace(self._missed.order(now, ()), sent=self._starts.sent, refunds=self._starts.refunds)
        self._shared.adopt(self._starts.taken(), order)
        self._missed.clear()
        self._failure = None
        if self._own is not None:
            self._own.close()
            self._own = None

    def _stand_in(self) -> SqliteLedger:
        if self._own is None:
            self._own = SqliteLedger(MEMORY, self.terms, lambda: "this-process")
            known = {group: each for group, each in self._closures.items() if each.until > self._now}
            self._own.adopt(self._starts.taken(), Order(self._now, closures=known))
        return self._own

    def _heed(self, order: Order) -> None:
        """Remember what is closed, and what the shared ledger did not hear."""
        missed = self._failure is not None
        for group, closure in order.closures.items():
            if closure is None:
                self._closures.pop(group, None)
                self._missed.reopen(group) if missed else None
            else:
                self._closures[group] = closure
                self._missed.close(group, closure) if missed else None
        for member, limit in order.limits.items() if missed else ():
            self._missed.limit(member, limit)
