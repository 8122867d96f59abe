"""The ledger's book: what is read from and written to its tables within one transaction."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain, count
from typing import Any, TypeVar

from tui_app.adapters.ledger_memory import Memory
from tui_app.adapters.ledger_sightings import Sightings
from tui_app.adapters.ledger_waiters import PublishedWaiters, rival
from tui_app.core.claims import Bid, Lane, Reading, Rules, Terms
from tui_app.core.quota import Closure, Group, Pacing
from tui_app.core.turns import Contender, Count

T = TypeVar("T")

YIELD_S = 0.03
"""How long a slot is left to those who came earlier before looking whether they are gone."""

INSTANT_S = 0.001
"""More than a sum of times is ever rounded by."""

_serials = count()


class Book:
    """The tables of one connection. `process` names who writes, before `floor` nothing may start.

    `sightings` are the tables beside the slots, `waiters` that of who waits. Raises sqlite3.Error.
    """

    def __init__(self, connection: sqlite3.Connection, terms: Terms, process: str, floor: float) -> None:
        self._run, self._run_many = connection.execute, connection.executemany
        self._terms, self._process, self._floor = terms, process, floor
        self._serial = next(_serials) << 32
        self._memory = Memory()
        self._remembers = False
        self.sightings = Sightings(connection, terms, process)
        self.waiters = PublishedWaiters(connection, process, self._memory)

    def transact(self, write: Callable[[], T]) -> T:
        """Let all that is written by `write` happen, or nothing."""
        self._run("BEGIN IMMEDIATE")
        self._remembers = False
        try:
            done = write()
            self._run("COMMIT")
        except BaseException:
            self._memory.clear()
            self.sightings.forget()
            with suppress(sqlite3.Error):
                self._run("ROLLBACK")
            raise
        return done

    def version(self) -> int:
        """Tell a number that no other connection has and that changes when another one writes."""
        (version,) = self._run("PRAGMA data_version").fetchone()
        return self._serial + int(version)

    def number(self, group: Group) -> int:
        """Tell the number of a group; one that has none gets one.

        What is remembered of groups is looked through here, once in each transaction.
        """
        if not self._remembers:
            self._memory.note(self.version())
            self._remembers = True
        known = self._memory.numbers.get(group)
        if known is not None:
            return known
        asked = "SELECT id FROM groups WHERE base_url = ? AND key = ? AND model = ?"
        row = self._run(asked, _parts(group)).fetchone()
        if row is None:
            self._run("INSERT INTO groups (base_url, key, model) VALUES (?, ?, ?)", _parts(group))
            row = self._run(asked, _parts(group)).fetchone()
        grp = self._memory.numbers[group] = int(row[0])
        return grp

    def note_sent(self, sent: Mapping[int, float]) -> None:
        """Turn claims into starts, each stamped with its time."""
        if sent:
            self._run_many(
                "UPDATE grants SET started = ?, free_at = ?, sent = 1 WHERE id = ? AND sent = 0",
                ((at, self._terms.free_after_start(at), claim) for claim, at in sent.items()),
            )

    def refund(self, claims: Iterable[int], now: float) -> None:
        """Free the slots of claims that were never sent."""
        for claim in claims:
            self._run(
                "UPDATE groups SET changed_at = ? WHERE id = (SELECT grp FROM grants WHERE id = ?)",
                (now, claim),
            )
            self._run("DELETE FROM grants WHERE id = ? AND sent = 0", (claim,))

    def close(self, grp: int, closure: Closure | None, now: float) -> None:
        """Close a group for longer, or reopen it."""
        self._memory.closed_until.pop(grp, None)
        if closure is None:
            self._run("UPDATE groups SET closed_until = 0, changed_at = ? WHERE id = ?", (now, grp))
        else:
            self._run(
                "UPDATE groups SET closed_until = ?, closed_why = ?, changed_at = ?"
                " WHERE id = ? AND closed_until < ?",
                (closure.until, closure.reason, now, grp, closure.until),
            )

    def set_limits(self, limits: Mapping[str, int], now: float) -> None:
        """Publish limits that were changed."""
        if limits:
            self._memory.limits = None
        for member, limit in limits.items():
            self._run("INSERT OR REPLACE INTO limits VALUES (?, ?, ?)", (member, limit, now))

    def newest(self, lanes: Iterable[Lane]) -> tuple[Lane, ...]:
        """Give lanes the limits that were published since they got theirs."""
        limits = self._memory.limits
        if limits is None:
            rows = self._run("SELECT member, n, changed_at FROM limits")
            limits = self._memory.limits = {member: (n, at) for member, n, at in rows}
        if not limits:
            return tuple(lanes)
        found = ((lane, *limits.get(lane.member, (lane.limit, 0.0))) for lane in lanes)
        return tuple(replace(lane, limit=n) if at >= lane.limit_since else lane for lane, n, at in found)

    def count(self, grp: int, now: float, *, even: bool) -> Count:
        """Count the slots of a group that are taken; the latest start only matters to an even pacing."""
        closed_until = self._memory.closed_until.get(grp)
        if closed_until is None:
            asked = "SELECT closed_until FROM groups WHERE id = ?"
            (closed_until,) = self._run(asked, (grp,)).fetchone()
            self._memory.closed_until[grp] = closed_until
        (used,) = self._run(
            "SELECT count(*) FROM grants WHERE grp = ? AND free_at > ?", (grp, now)
        ).fetchone()
        last_start = self.last_start(grp) if even else None
        return Count(
            now,
            used,
            max(closed_until, self._floor),
            float("-inf") if last_start is None else last_start,
            self._terms.cooldown,
        )

    def last_start(self, grp: int) -> float | None:
        """Tell when the latest request of a group started or was claimed, as far as known.

        None is free before a cooldown is over, so most slots cannot be later than the one free last.
        """
        (last_start,) = self._run(
            "SELECT max(started) FROM grants WHERE grp = ?1 AND free_at >="
            " (SELECT started FROM grants WHERE grp = ?1 ORDER BY free_at DESC LIMIT 1) + ?2",
            (grp, self._terms.cooldown - INSTANT_S),
        ).fetchone()
        return None if last_start is None else float(last_start)

    def able_since(self, grp: int, contender: Contender, count: Count) -> float:
        """Tell since when a contender could have gone, as far as it can have known."""
        freed = self._run(
            "SELECT free_at FROM grants WHERE grp = ? ORDER BY free_at DESC LIMIT 1 OFFSET ?",
            (grp, contender.limit - 1),
        ).fetchone()
        changed_at = self._run("SELECT changed_at FROM groups WHERE id = ?", (grp,)).fetchone()[0]
        even_from = count.even_from(contender.limit) if contender.pacing is Pacing.EVEN else 0.0
        free_at = freed[0] if freed else 0.0
        return float(max(contender.seen_at, changed_at, count.opens, even_from, free_at))

    def claim(self, grp: int, bids: Sequence[Bid], now: float) -> None:
        """Take a slot for each bid until the claim is sent or refunded, or its lease ends."""
        if not bids:
            return
        free_at = self._terms.free_after_claim(now)
        self._run_many(
            "INSERT INTO grants VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
            ((bid.id, grp, bid.member, str(bid.source), self._process, now, free_at) for bid in bids),
        )

    def next_free(self, grp: int, limit: int, count: Count, earlier: int) -> float:
        """Tell when to look for a slot under this limit, `count` saying that none is free.

        That is when there is one behind the slots of `earlier` ones in other processes, or a moment
        after the first is free: they may be gone. A claim within its lease is expected to have been
        sent at once; if it was not, looking then is in vain, and the next answer waits for the end of
        that lease. Only such a claim is free later than a cooldown from now.
        """
        now, terms = count.now, self._terms
        asked = "SELECT free_at FROM grants WHERE grp = ? AND free_at > ? ORDER BY free_at LIMIT 1 OFFSET ?"
        first = self._run(asked, (grp, now, count.used - limit)).fetchone()
        times = [first[0]] if first else []
        unsent = self._run(asked, (grp, terms.free_after_start(now), 0)).fetchone()
        if unsent is not None:
            times.append(unsent[0] - terms.lease)
        soon = min(times, default=now)
        if not earlier:
            return float(soon)
        own = self._run(asked, (grp, now, count.used - limit + earlier)).fetchone()
        return float(min([soon + YIELD_S] + ([max(own[0], soon)] if own else [])))

    def wake_at(
        self, grp: int, lanes: Iterable[Lane], contenders: Sequence[Contender], count: Count
    ) -> float | None:
        """Tell when the first of several lanes may go that may not go now; None if there is none."""
        times = []
        for lane in lanes:
            if not count.may_go(lane.limit, lane.pacing):
                arrival = lane.bids[0].arrival
                rivals = (each for each in contenders if each.arrival < arrival and each.limit >= lane.limit)
                earlier = sum(rival.before(arrival)[0] for rival in rivals)
                full = count.used >= lane.limit
                free = self.next_free(grp, lane.limit, count, earlier) if full else 0.0
                even_from = count.even_from(lane.limit) if lane.pacing is Pacing.EVEN else 0.0
                times.append(max(free, even_from, count.opens))
        return min(times, default=None)

    def read(self, group: Group, now: float) -> tuple[Reading, tuple[int, ...]]:
        """Tell what there is of a group, and whose processes the rivals are."""
        opens = Closure(self._floor, "the machine was restarted: earlier requests still count")
        row = self._run(
            "SELECT id, closed_until, closed_why FROM groups WHERE base_url = ? AND key = ? AND model = ?",
            _parts(group),
        ).fetchone()
        if row is None:
            return Reading(closure=opens if self._floor else None), ()
        grp, closed_until, why = row
        closures = [closure for closure in (opens, Closure(closed_until, why)) if closure.until > now]
        rivals = list(
            self._run(
                "SELECT pid, member, source, n, arrival, last, count, coalesce(arrivals, x''),"
                " coalesce(sources, '') FROM waiters LEFT JOIN firsts USING (grp, process, member)"
                " WHERE grp = ? AND process <> ? AND stalled = 0 ORDER BY arrival",
                (grp, self._process),
            )
        )
        taken = self._run("SELECT free_at FROM grants WHERE grp = ? AND free_at > ? ORDER BY 1", (grp, now))
        free_at = list(chain.from_iterable(taken))
        unsent = bisect_right(free_at, self._terms.free_after_start(now))
        claims = free_at[unsent:] = [at - self._terms.lease for at in free_at[unsent:]]
        free_at.sort()
        return Reading(
            free_at=tuple(free_at),
            claims=tuple(claims),
            last_start=self.last_start(grp) if free_at else None,
            rivals=tuple(rival(row) for _, *row in rivals),
            closure=max(closures, key=lambda closure: closure.until, default=None),
        ), tuple(pid for pid, *_ in rivals)

    def rules(self, group: Group, member: str) -> Rules:
        """Tell what holds for an endpoint in a group."""
        closed = self._run(
            "SELECT closed_until FROM groups WHERE base_url = ? AND key = ? AND model = ?", _parts(group)
        ).fetchone()
        limit = self._run("SELECT n, changed_at FROM limits WHERE member = ?", (member,)).fetchone()
        return Rules(closed[0] if closed else 0.0, *(limit or ()))

    def prune(self, now: float) -> None:
        """Forget slots that have been free for a window, and old sightings."""
        self._run("DELETE FROM grants WHERE free_at < ?", (now - self._terms.window,))
        self.sightings.prune(now)

    def distrust_future(self, now: float) -> None:
        """Take what is stamped in the future for what happened now: it is from another boot."""
        free_at = self._terms.free_after_start(now)
        self._run("UPDATE grants SET started = ?, free_at = ? WHERE started > ?", (now, free_at, now))
        self._run("UPDATE groups SET closed_until = 0, changed_at = ? WHERE changed_at > ?", (now, now))
        self.sightings.distrust_future(now)

    def taken(self, now: float) -> list[tuple[Group, tuple[Any, ...]]]:
        """Copy all slots that are taken."""
        rows = self._run(
            "SELECT base_url, key, model, grants.id, member, source, process, started, free_at, sent"
            " FROM grants JOIN groups ON grp = groups.id WHERE free_at > ?",
            (now,),
        )
        return [(Group(base_url, key, model), tuple(row)) for base_url, key, model, *row in rows]

    def restore(self, taken: Iterable[tuple[Group, tuple[Any, ...]]], *, newer: bool = False) -> None:
        """Write copied slots down: those that are missing, and all if they are `newer` than what is here."""
        known = "REPLACE" if newer else "IGNORE"
        for group, (claim, *row) in taken:
            grp = self.number(group)
            self._run(f"INSERT OR {known} INTO grants VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (claim, grp, *row))


def _parts(group: Group) -> tuple[str, str, str]:
    return group.base_url, group.key, group.model
