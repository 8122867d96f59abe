"""What the ledger keeps beside the slots: what services told, who drew on a group, who else uses a key."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Final

from tui_app.core.activity import Activity, Seen, Start, Stranger, ToldLimit
from tui_app.core.claims import Lane, Telling, Terms
from tui_app.core.endpoint import SANDBOX_URL
from tui_app.core.quota import Group, Source
from tui_app.core.strangers import (
    APART_S,
    COMPARED_S,
    FITS,
    KEPT_S,
    OVERTAKING_S,
    Sounding,
    fits_bucket,
    noticed,
)

LATELY_S: Final = 3600.0
"""How long a group is listed after its service told something."""

FORGOTTEN_S: Final = 86_400.0
"""How long what a service told is kept."""

_COMPARED: Final = 8
"""With how many earlier answers one is compared."""
_WEIGHT: Final = ("requests", "input-tokens", "output-tokens", "tokens")
_GROUP: Final = "SELECT id FROM groups WHERE base_url = ? AND key = ? AND model = ?"


class Sightings:
    """The tables of one connection that grant nothing. Raises sqlite3.Error."""

    def __init__(self, connection: sqlite3.Connection, terms: Terms, process: str) -> None:
        self._run = connection.execute
        self._terms, self._process = terms, process
        self._known: set[tuple[int, str, int]] = set()

    def forget(self) -> None:
        """Take nothing for written that was: it was rolled back."""
        self._known.clear()

    def note_members(self, grp: int, lanes: Iterable[Lane], now: float) -> None:
        """Remember under which limits endpoints draw on a group."""
        for lane in lanes:
            known = (grp, lane.member, lane.limit)
            if known not in self._known:
                self._run("INSERT OR REPLACE INTO members VALUES (?, ?, ?, ?)", (*known, now))
                self._known.add(known)

    def tell(self, grp: int, telling: Telling, now: float) -> None:
        """Keep what an answer told, and look whether somebody else has used the key meanwhile."""
        for limit in telling.limits:
            self._run(
                "INSERT INTO told VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (grp, name) DO UPDATE SET"
                " n = excluded.n, remaining = excluded.remaining, full_at = excluded.full_at,"
                " told_at = excluded.told_at, sent_at = excluded.sent_at"
                " WHERE excluded.sent_at >= told.sent_at",
                (grp, limit.name, *_figures(limit), limit.told_at, telling.sent_at),
            )
            figures = (limit.limit, limit.remaining)
            if limit.name == "requests" and figures[0] and figures[1] is not None:
                sounding = Sounding(telling.sent_at, limit.told_at, figures[0], figures[1], limit.full_at)
                self._sound(grp, telling.group, sounding, now)

    def _sound(self, grp: int, group: Group, latest: Sounding, now: float) -> None:
        """Compare an answer with earlier ones. Every process has a built-in sandbox of its own."""
        if group.base_url == SANDBOX_URL:
            return
        bucket = self._note_fit(grp, latest)
        count = max(
            (noticed(base, latest, ours, bucket=bucket) for base, ours in self._bases(grp, group, latest)),
            default=0,
        )
        if count:
            row = (grp, latest.sent_at, latest.told_at, count)
            self._run("INSERT OR REPLACE INTO strangers VALUES (?, ?, ?, ?)", row)
        self._run(
            "INSERT OR REPLACE INTO tellings VALUES (?, ?, ?, ?, ?, ?)",
            (grp, latest.sent_at, latest.told_at, latest.limit, latest.remaining, latest.full_at),
        )
        self._run("DELETE FROM tellings WHERE grp = ? AND sent_at < ?", (grp, now - COMPARED_S))

    def _note_fit(self, grp: int, sounding: Sounding) -> bool:
        """Remember whether an answer shows a bucket; tell whether enough have, and none spoke against it."""
        fits = fits_bucket(sounding)
        if fits is not None:
            self._run("INSERT OR IGNORE INTO buckets (grp) VALUES (?)", (grp,))
        if fits is False:
            self._run("UPDATE buckets SET refuted = 1 WHERE grp = ?", (grp,))
        elif fits:
            self._run(
                "UPDATE buckets SET fits = fits + 1, fitted_at = ? WHERE grp = ? AND fitted_at + ? <= ?",
                (sounding.told_at, grp, APART_S, sounding.told_at),
            )
        row = self._run("SELECT fits >= ? AND NOT refuted FROM buckets WHERE grp = ?", (FITS, grp)).fetchone()
        return row is not None and bool(row[0])

    def _bases(self, grp: int, group: Group, latest: Sounding) -> list[tuple[Sounding, int]]:
        """Give answers to compare with, and what started here since; none that would count strangers twice.

        Requests for all models and keys at the same service count, since limits are those of an
        organization. A claim of which nobody said that it was sent counts as late as it may be.
        """
        seen = self._run(
            "SELECT sent_at, told_at FROM strangers WHERE grp = ? ORDER BY sent_at DESC LIMIT 1", (grp,)
        ).fetchone() or (float("-inf"), float("-inf"))
        rows = self._run(
            "SELECT sent_at, told_at, n, remaining, full_at FROM tellings WHERE grp = ? AND told_at <= ?"
            " AND sent_at > ? AND (sent_at = ? OR sent_at >= ?) ORDER BY sent_at DESC LIMIT ?",
            (grp, latest.sent_at, latest.sent_at - COMPARED_S, *seen, _COMPARED),
        )
        bases = [Sounding(*row) for row in rows]
        if not bases or latest.sent_at <= seen[0]:
            return []
        cooldown = self._terms.cooldown
        since = [base.sent_at - OVERTAKING_S + cooldown for base in bases]
        taken = [
            free_at
            for (free_at,) in self._run(
                "SELECT free_at FROM groups JOIN grants ON grp = groups.id"
                " WHERE base_url = ? AND free_at > ? ORDER BY free_at",
                (group.base_url, min(since)),
            )
        ]
        return [(base, len(taken) - bisect_right(taken, at)) for base, at in zip(bases, since, strict=True)]

    def activity(self, group: Group, now: float) -> Activity:
        """Tell what went on in a group lately, but for who waits elsewhere."""
        row = self._run(_GROUP, (group.base_url, group.key, group.model)).fetchone()
        if row is None:
            return Activity()
        (grp,) = row
        starts = self._run(
            "SELECT started, member, source, process = ?, sent FROM grants"
            " WHERE grp = ? AND free_at > ? AND started > ? ORDER BY started",
            (self._process, grp, now - self._terms.window, now - self._terms.window),
        )
        return Activity(
            starts=tuple(
                Start(at, who, Source(by), bool(ours), bool(sent)) for at, who, by, ours, sent in starts
            ),
            told=self._told(grp, now),
            stranger=self._stranger(grp, now),
            members=self._members(grp, now),
        )

    def _told(self, grp: int, now: float) -> tuple[ToldLimit, ...]:
        rows = self._run(
            "SELECT name, n, remaining, full_at, told_at FROM told WHERE grp = ? AND told_at BETWEEN ? AND ?",
            (grp, now - FORGOTTEN_S, now),
        )
        return tuple(sorted((ToldLimit(*row) for row in rows), key=_weight))

    def _stranger(self, grp: int, now: float) -> Stranger | None:
        count, at = self._run(
            "SELECT sum(count), max(told_at) FROM strangers WHERE grp = ? AND told_at BETWEEN ? AND ?",
            (grp, now - KEPT_S, now),
        ).fetchone()
        return Stranger(count, at) if count else None

    def _members(self, grp: int, now: float) -> tuple[Seen, ...]:
        """Tell who drew on a group or waits for it, each with the limit that was written last."""
        rows = self._run(
            "WITH here(member) AS (SELECT member FROM grants WHERE grp = ?1 AND free_at > ?2"
            " UNION SELECT member FROM waiters WHERE grp = ?1)"
            " SELECT member, (SELECT n FROM (SELECT n, seen_at AS at FROM waiters"
            "  WHERE waiters.grp = ?1 AND waiters.member = here.member"
            "  UNION ALL SELECT n, seen_at FROM members"
            "  WHERE members.grp = ?1 AND members.member = here.member"
            "  UNION ALL SELECT n, changed_at FROM limits WHERE limits.member = here.member)"
            "  ORDER BY at DESC LIMIT 1) FROM here ORDER BY member",
            (grp, now - self._terms.window),
        )
        return tuple(Seen(*row) for row in rows)

    def groups(self, now: float, alive: Callable[[int], bool]) -> tuple[Group, ...]:
        """List the groups in which something is taken, waits, is closed or was told of lately."""
        busy = self._run(
            "SELECT id, base_url, key, model FROM groups WHERE closed_until > ?1"
            " OR EXISTS (SELECT 1 FROM grants WHERE grp = groups.id AND free_at > ?1)"
            " OR EXISTS (SELECT 1 FROM told WHERE grp = groups.id AND told_at BETWEEN ?2 AND ?1)",
            (now, now - LATELY_S),
        )
        found = {grp: Group(*parts) for grp, *parts in busy}
        waits = self._run(
            "SELECT DISTINCT pid, id, base_url, key, model FROM waiters JOIN groups ON grp = groups.id"
        )
        found.update((grp, Group(*parts)) for pid, grp, *parts in waits if alive(pid))
        return tuple(sorted(found.values(), key=lambda group: (group.base_url, group.model, group.key)))

    def prune(self, now: float) -> None:
        """Forget what nobody asks for any more."""
        self._run("DELETE FROM told WHERE told_at < ?", (now - FORGOTTEN_S,))
        self._run("DELETE FROM tellings WHERE sent_at < ?", (now - COMPARED_S,))
        self._run("DELETE FROM strangers WHERE told_at < ?", (now - KEPT_S,))

    def distrust_future(self, now: float) -> None:
        """Forget what is stamped in the future: it is from another boot."""
        for table in ("told", "tellings", "strangers"):
            self._run(f"DELETE FROM {table} WHERE told_at > ?", (now,))


def _figures(limit: ToldLimit) -> tuple[int | None, int | None, float | None]:
    return limit.limit, limit.remaining, limit.full_at


def _weight(told: ToldLimit) -> tuple[int, str]:
    return (_WEIGHT.index(told.name) if told.name in _WEIGHT else len(_WEIGHT), told.name)
