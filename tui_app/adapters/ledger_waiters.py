"""The ledger's table of who waits: what each process lets the others know of its lanes."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tui_app.adapters.ledger_memory import Memory, Published
from tui_app.core.claims import Lane, Rival
from tui_app.core.quota import Pacing, Source
from tui_app.core.turns import Contender

SHOWN = 32
"""Of how many of a lane the others know when each came: so many slots they share without asking again."""


class PublishedWaiters:
    """The table as one connection sees it, within a transaction. Raises sqlite3.Error."""

    def __init__(self, connection: sqlite3.Connection, process: str, memory: Memory) -> None:
        self._run = connection.execute
        self._process, self._memory = process, memory

    def contenders(self, grp: int) -> list[Contender]:
        """Tell who is first in the other processes, less those that were passed over."""
        known = self._memory.contenders.get(grp)
        if known is None:
            rows = self._run(
                "SELECT process, pid, member, n, pacing, arrival, count, seen_at, coalesce(arrivals, x'')"
                " FROM waiters LEFT JOIN firsts USING (grp, process, member)"
                " WHERE grp = ? AND process <> ? AND stalled = 0",
                (grp, self._process),
            )
            known = self._memory.contenders[grp] = [
                Contender(process, pid, member, n, Pacing(pacing), arrival, waiting, at, unpacked(arrivals))
                for process, pid, member, n, pacing, arrival, waiting, at, arrivals in rows
            ]
        return known

    def pass_over(self, grp: int, contender: Contender, now: float) -> None:
        """Wait no longer for a process, until it writes again; the next one gets time of its own."""
        self._memory.contenders.pop(grp, None)
        self._run("UPDATE waiters SET stalled = 1 WHERE grp = ? AND process = ?", (grp, contender.process))
        self._run("UPDATE groups SET changed_at = ? WHERE id = ?", (now, grp))

    def forget(self, process: str) -> None:
        """Remove what a process published."""
        self._memory.contenders.clear()
        self._memory.published.clear()
        for table in ("waiters", "firsts"):
            self._run(f"DELETE FROM {table} WHERE process = ?", (process,))

    def bury(self, alive: Callable[[int], bool]) -> None:
        """Remove what processes published that are gone."""
        for process, pid in self._run("SELECT DISTINCT process, pid FROM waiters").fetchall():
            if not alive(pid):
                self.forget(process)

    def publish(self, grp: int, pid: int, lanes: Iterable[Lane], now: float) -> None:
        """Let other processes know who is first in each lane, in the place of what they knew."""
        wanted = {lane.member: _published(pid, lane) for lane in lanes}
        known = self._memory.published.get(grp)
        if known is None:
            known = self._known(grp)
        self._memory.published[grp] = wanted
        if wanted == known:
            return
        for member in known.keys() - wanted.keys():
            for table in ("waiters", "firsts"):
                self._run(
                    f"DELETE FROM {table} WHERE grp = ? AND process = ? AND member = ?",
                    (grp, self._process, member),
                )
        for member, row in wanted.items():
            if known.get(member) != row:
                self._run(
                    "INSERT OR REPLACE INTO waiters VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (grp, self._process, member, *row[:-3], now, row[-3]),
                )
                self._run(
                    "INSERT OR REPLACE INTO firsts VALUES (?, ?, ?, ?, ?)",
                    (grp, self._process, member, *row[-2:]),
                )

    def _known(self, grp: int) -> Published:
        rows = self._run(
            "SELECT member, pid, source, n, pacing, arrival, last, count, stalled,"
            " coalesce(arrivals, x''), coalesce(sources, '')"
            " FROM waiters LEFT JOIN firsts USING (grp, process, member)"
            " WHERE grp = ? AND process = ?",
            (grp, self._process),
        )
        return {row[0]: row[1:] for row in rows}


def _published(pid: int, lane: Lane) -> tuple[object, ...]:
    head = lane.bids[0]
    firsts = lane.bids[:SHOWN]
    arrivals = array("d", [bid.arrival for bid in firsts]).tobytes()
    shape = lane.limit, str(lane.pacing), head.arrival, lane.last, lane.count
    return pid, str(head.source), *shape, 0, arrivals, ",".join([bid.source for bid in firsts])


def unpacked(arrivals: bytes) -> tuple[float, ...]:
    """Read the arrivals that a process let the others know. Raises ValueError."""
    return tuple(array("d", arrivals))


def rival(row: Sequence[Any]) -> Rival:
    """Read what a process let the others know of a lane. Raises ValueError."""
    member, source, limit, arrival, last, count, arrivals, sources = row
    asked_by = tuple(map(Source, sources.split(","))) if sources else ()
    return Rival(member, Source(source), limit, arrival, last, count, unpacked(arrivals), asked_by)
