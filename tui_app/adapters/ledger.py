"""The ledger of the quota: one SQLite file for all processes of a user on a machine.

The file's name carries the boot id: a crash loses nothing that still counts, nothing has to be
flushed to the disk, and no file of another boot is ever opened.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import compress
from pathlib import Path
from typing import Any

from tui_app.adapters.bell import SocketBell
from tui_app.adapters.clock import boot_id
from tui_app.adapters.ledger_book import Book
from tui_app.adapters.ledger_file import UNKNOWN_BOOT, LedgerFile
from tui_app.adapters.ledger_schema import prove
from tui_app.core.activity import Activity
from tui_app.core.claims import Bid, Lane, Line, Order, Reading, Rules, Terms, Verdict
from tui_app.core.errors import LedgerFailed
from tui_app.core.ports import Bell
from tui_app.core.quota import Group, Pacing
from tui_app.core.turns import Contender, decide

TERMS = Terms()
"""A window of 60 s, half a second for the way to the service, a lease of 6 s."""

PRUNE_EVERY = 64
"""After how many orders old slots are forgotten."""


def is_alive(pid: int) -> bool:
    """Tell whether a process runs or is stopped; where that cannot be told, it does."""
    if sys.platform == "win32":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class SqliteLedger:
    """See `ports.Ledger`. `folder` is where the file lies, or MEMORY for a limit of this process alone.

    The file is made, mode 0600 in a folder of mode 0700, by the first call that needs it.
    """

    def __init__(
        self,
        folder: Path,
        terms: Terms = TERMS,
        boot: Callable[[], str | None] = boot_id,
        alive: Callable[[int], bool] = is_alive,
        bell: Bell | None = None,
    ) -> None:
        self._terms = terms
        self._alive = alive
        self._pid = os.getpid()
        self._process = f"{self._pid}-{secrets.token_hex(4)}"
        this_boot = boot()
        self._file = LedgerFile(folder, terms, self._process, this_boot)
        self._bell = bell or SocketBell(folder / f"bells-{(this_boot or UNKNOWN_BOOT)[:8]}")
        self._orders = 0
        self._rivals: dict[Group, list[int]] = {}
        self._losses = 0

    @property
    def terms(self) -> Terms:
        """How long things last."""
        return self._terms

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return self._file.path

    @property
    def process(self) -> str:
        """What this process is called in the file."""
        return self._process

    def settle(self, order: Order) -> tuple[Verdict, ...]:
        """See `ports.Ledger`."""
        verdicts = self._file.write(order.now, lambda _, book: self._written(book, order))
        if self._file.is_shared:
            self._bell.ring(freed=order.frees)
        return verdicts

    def adopt(self, taken: Iterable[tuple[Group, tuple[Any, ...]]], order: Order) -> None:
        """Write down slots that another ledger held, then an order, in one go; see `Book.taken`.

        The file is looked through first, and written to also where there is nothing new. Raises
        LedgerBusy, LedgerFailed.
        """

        def write(connection: sqlite3.Connection, book: Book) -> None:
            prove(connection)
            book.restore(taken, newer=True)
            self._written(book, order)

        self._file.write(order.now, write)
        if self._file.is_shared:
            self._bell.ring(freed=True)

    def read(self, group: Group, now: float) -> Reading:
        """See `ports.Ledger`."""
        reading, pids = self._file.ask(now, lambda _, book: book.read(group, now))
        return replace(reading, rivals=tuple(compress(reading.rivals, map(self._alive, pids))))

    def activity(self, group: Group, now: float) -> Activity:
        """See `ports.Ledger`."""
        rivals = self.read(group, now).rivals
        return replace(
            self._file.ask(now, lambda _, book: book.sightings.activity(group, now)), rivals=rivals
        )

    def groups(self, now: float) -> tuple[Group, ...]:
        """See `ports.Ledger`."""
        return self._file.ask(now, lambda _, book: book.sightings.groups(now, self._alive))

    def rules(self, group: Group, member: str) -> Rules:
        """See `ports.Ledger`."""
        return self._file.ask(0.0, lambda _, book: book.rules(group, member))

    def version(self, now: float) -> int:
        """See `ports.Ledger`."""
        if any(not self._alive(pid) for pids in self._rivals.values() for pid in pids):
            self._rivals.clear()
            self._losses += 1
        return self._file.ask(now, lambda _, book: book.version()) + (self._losses << 64)

    def listen(self, heard: Callable[[], None], *, everything: bool) -> bool:
        """See `ports.Ledger`."""
        return not self._file.is_shared or self._bell.listen(heard, everything=everything)

    def close(self) -> None:
        """See `ports.Ledger`."""
        self._bell.close()
        if self._file.is_open:
            with suppress(LedgerFailed):
                self._file.ask(0.0, lambda _, book: book.waiters.forget(self._process))
        self._file.let_go()

    def _written(self, book: Book, order: Order) -> tuple[Verdict, ...]:
        if self._orders % PRUNE_EVERY == 0:
            book.prune(order.now)
            book.waiters.bury(self._alive)
        self._orders += 1
        book.note_sent(order.sent)
        book.refund(order.refunds, order.now)
        book.set_limits(order.limits, order.now)
        for group, closure in order.closures.items():
            book.close(book.number(group), closure, order.now)
        for telling in order.told:
            book.sightings.tell(book.number(telling.group), telling, order.now)
        return tuple(self._try(book, line, order.now) for line in order.lines)

    def _try(self, book: Book, line: Line, now: float) -> Verdict:
        grp = book.number(line.group)
        lanes = book.newest(line.lanes)
        contenders = self._living(book, grp) if lanes else []
        self._rivals[line.group] = [contender.pid for contender in contenders]
        pacings = [*(lane.pacing for lane in lanes), *(contender.pacing for contender in contenders)]
        count = book.count(grp, now, even=Pacing.EVEN in pacings)

        def patience(contender: Contender) -> float | None:
            until = book.able_since(grp, contender, count) + self._terms.grace
            if until > now:
                return until
            book.waiters.pass_over(grp, contender, now)
            return None

        decision = decide(count, lanes, contenders, patience)
        book.claim(grp, decision.granted, now)
        book.sightings.note_members(grp, lanes, now)
        left = tuple(_left(lanes, decision.granted)) if decision.granted else lanes
        book.waiters.publish(grp, self._pid, left, now)
        more = decision.held_until is None and any(count.may_go(lane.limit, lane.pacing) for lane in left)
        return Verdict(
            group=line.group,
            granted=tuple(bid.id for bid in decision.granted),
            wake_at=now if more else book.wake_at(grp, left, contenders, count),
            held_until=decision.held_until,
            limits={lane.member: lane.limit for lane in lanes if lane not in line.lanes},
        )

    def _living(self, book: Book, grp: int) -> list[Contender]:
        """Tell who is first in the other processes, removing what those published that are gone."""
        living = []
        for contender in book.waiters.contenders(grp):
            if self._alive(contender.pid):
                living.append(contender)
            else:
                book.waiters.forget(contender.process)
        return living


def _left(lanes: Sequence[Lane], granted: Sequence[Bid]) -> Iterator[Lane]:
    """What still waits."""
    gone = {bid.id for bid in granted}
    for lane in lanes:
        bids = tuple(bid for bid in lane.bids if bid.id not in gone)
        count = lane.count - len(lane.bids) + len(bids)
        if count:
            yield replace(lane, bids=bids, count=count)
