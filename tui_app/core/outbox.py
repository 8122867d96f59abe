"""What this process still has to write into the ledger."""

from __future__ import annotations

from collections.abc import Mapping

from tui_app.core.claims import Line, Order, Telling
from tui_app.core.quota import Closure, Group


class Outbox:
    """Starts, refunds, closures and limits, kept until the ledger has taken them."""

    def __init__(self) -> None:
        self._sent: dict[int, float] = {}
        self._refunds: set[int] = set()
        self._closures: dict[Group, Closure | None] = {}
        self._limits: dict[str, int] = {}
        self._told: list[Telling] = []
        self._withdrawn = False

    def __bool__(self) -> bool:
        return bool(self._sent or self._refunds or self._closures or self._limits or self._told)

    def sent(self, claim: int, at: float) -> None:
        """A claim was sent, at this time at the latest."""
        self._sent[claim] = at

    def refund(self, claim: int) -> None:
        """A claim was never sent."""
        self._refunds.add(claim)

    def close(self, group: Group, closure: Closure) -> None:
        """The service closed a group; of two closures the longer one holds."""
        known = self._closures.get(group)
        if known is None or known.until < closure.until:
            self._closures[group] = closure

    def reopen(self, group: Group) -> None:
        """A closure no longer holds."""
        self._closures[group] = None

    def limit(self, member: str, limit: int) -> None:
        """An endpoint's limit was changed."""
        self._limits[member] = limit

    def told(self, telling: Telling) -> None:
        """An answer told of the service's own limits."""
        self._told.append(telling)

    def withdraw(self) -> None:
        """One that waited does so no more; the order's lines say which are left."""
        self._withdrawn = True

    def closure(self, group: Group, known: Closure | None) -> Closure | None:
        """Tell what holds of a group, `known` being what the ledger holds."""
        if not self._closures or group not in self._closures:
            return known
        closure = self._closures[group]
        return known if known and closure and known.until > closure.until else closure

    @property
    def closures(self) -> Mapping[Group, Closure | None]:
        """The groups that were closed or reopened."""
        return self._closures

    def order(self, now: float, lines: tuple[Line, ...]) -> Order:
        """Put all of it into one order."""
        return Order(
            now=now,
            sent=dict(self._sent),
            refunds=tuple(self._refunds),
            closures=dict(self._closures),
            limits=dict(self._limits),
            told=tuple(self._told),
            withdrawn=self._withdrawn,
            lines=lines,
        )

    def clear(self) -> None:
        """The ledger has taken all of it."""
        self._sent.clear()
        self._refunds.clear()
        self._closures.clear()
        self._limits.clear()
        self._told.clear()
        self._withdrawn = False
