"""What this process itself claimed and started, remembered outside of any ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tui_app.core.claims import Bid, Line, Order, Terms, Verdict
from tui_app.core.quota import Group

PRUNE_EVERY = 64
"""After how many orders slots are forgotten that are free again."""


@dataclass(frozen=True, slots=True)
class _Slot:
    group: Group
    member: str
    source: str
    started: float
    free_at: float
    sent: bool = False


class OwnStarts:
    """The slots that this process holds, by claim; `process` is its name in the ledger."""

    def __init__(self, terms: Terms, process: str) -> None:
        self._terms, self._process = terms, process
        self._slots: dict[int, _Slot] = {}
        self._refunds: dict[int, float] = {}
        self._orders = 0

    def note(self, order: Order, verdicts: Iterable[Verdict]) -> None:
        """Take in what an order said that a ledger carried out, and what it granted.

        A claim that was given back may be made again under the same number.
        """
        for claim, at in order.sent.items():
            slot = self._slots.get(claim)
            if slot is not None and not slot.sent:
                free_at = self._terms.free_after_start(at)
                self._slots[claim] = _Slot(slot.group, slot.member, slot.source, at, free_at, sent=True)
        for claim in order.refunds:
            if claim in self._slots and not self._slots[claim].sent:
                self._refunds[claim] = self._slots.pop(claim).free_at
        for line, verdict in zip(order.lines, verdicts, strict=True):
            self._claim(line, verdict, order.now)
        self._orders += 1
        if self._orders % PRUNE_EVERY == 0:
            self._slots = {claim: slot for claim, slot in self._slots.items() if slot.free_at > order.now}
            self._refunds = {claim: until for claim, until in self._refunds.items() if until > order.now}

    @property
    def sent(self) -> dict[int, float]:
        """When each claim was sent that was."""
        return {claim: slot.started for claim, slot in self._slots.items() if slot.sent}

    @property
    def refunds(self) -> tuple[int, ...]:
        """Claims that were never sent, as long as a ledger that did not hear of it counts them."""
        return tuple(self._refunds)

    def taken(self) -> list[tuple[Group, tuple[Any, ...]]]:
        """Copy all of them, as `Book.restore` takes them."""
        return [
            (
                slot.group,
                (
                    *(claim, slot.member, slot.source, self._process),
                    *(slot.started, slot.free_at, int(slot.sent)),
                ),
            )
            for claim, slot in self._slots.items()
        ]

    def _claim(self, line: Line, verdict: Verdict, now: float) -> None:
        if not verdict.granted:
            return
        granted = set(verdict.granted)
        bids: list[Bid] = [bid for lane in line.lanes for bid in lane.bids if bid.id in granted]
        free_at = self._terms.free_after_claim(now)
        for bid in bids:
            self._refunds.pop(bid.id, None)
            self._slots[bid.id] = _Slot(line.group, bid.member, str(bid.source), now, free_at)
