"""Those who wait as lines of a table: place, who asked, for which endpoint, when it should start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from tui_app.core.activity import Activity
from tui_app.core.claims import Rival
from tui_app.core.durations import span
from tui_app.core.forecast import clock_time
from tui_app.core.line_up import Crowd, line_up
from tui_app.core.quota import Quota, Waiting
from tui_app.core.text import one_line
from tui_app.ui.widgets.endpoint_rows import Moment

Waiter: TypeAlias = Waiting | Crowd
"""A request in the queue, or how many more there are in another process."""

_NUMBER, _SOURCE, _IN, _AT = 5, 8, 11, 8
_LEAST_MEMBER: Final = 10
GAP: Final = "  "
ELSEWHERE: Final = "·"
"""Marks who waits in another process."""


@dataclass(frozen=True, slots=True)
class WaitingColumns:
    """How wide each column is; `at` is 0 where there is no room for it."""

    member: int
    at: int = _AT

    @classmethod
    def of(cls, width: int) -> WaitingColumns:
        """Share a line out; the endpoint gets what is left, at most 30 cells."""
        rest = width - 2 - _NUMBER - _SOURCE - _IN - 3 * len(GAP)
        at = _AT if rest - _AT - len(GAP) >= _LEAST_MEMBER else 0
        return cls(max(4, min(30, rest - at - len(GAP) * bool(at))), at)


def waiters(quota: Quota, activity: Activity) -> tuple[Waiter, ...]:
    """All who wait, in all processes, by place."""
    return line_up(quota, activity.rivals)


def is_ours(waiter: Waiter) -> bool:
    """Tell whether it is a request of this process."""
    return isinstance(waiter, Waiting) and waiter.ours


def head_words(columns: WaitingColumns) -> str:
    """The names of the columns."""
    member = "endpoint"[: columns.member].ljust(columns.member)
    names = ["no.".rjust(_NUMBER), "asked by".ljust(_SOURCE), member, "starts in".rjust(_IN)]
    if columns.at:
        names.append("at".rjust(columns.at))
    return "  " + GAP.join(names)


def waiter_words(waiter: Waiter, quota: Quota, moment: Moment, columns: WaitingColumns) -> str:
    """One line, without the mark of the cursor."""
    member = one_line(waiter.member, limit=columns.member).ljust(columns.member)
    source = waiter.source.value.ljust(_SOURCE)
    if isinstance(waiter, Crowd):
        room = _IN + (len(GAP) + columns.at if columns.at else 0)
        return GAP.join([ELSEWHERE.rjust(_NUMBER), source, member, f"and {waiter.count:,} more".rjust(room)])
    left = quota.wait_of(waiter, moment.now)
    held = quota.paused and waiter.ours
    expected = "on resume" if held else one_line(span(left), limit=_IN)
    number = f"{waiter.position:,}" if waiter.ours else f"{ELSEWHERE}{waiter.position:,}"
    cells = [number.rjust(_NUMBER), source, member, expected.rjust(_IN)]
    if columns.at:
        cells.append(("" if held else _at(moment.wall, left)).rjust(columns.at))
    return GAP.join(cells)


def queue_head(quota: Quota, elsewhere: Sequence[Rival]) -> str:
    """How many wait, here and elsewhere."""
    here, others = len(quota.waiting), sum(rival.count for rival in elsewhere)
    if not here and not others:
        return "nobody waits"
    words = f"{here:,} {'waits' if here == 1 else 'wait'} here" if here else "nobody waits here"
    return words + (f", {others:,} in other processes ({ELSEWHERE})" if others else "")


def _at(wall: float, left: float) -> str:
    """The local time, or the day alone where it is told."""
    said = clock_time(wall, left)
    return said.rpartition(" ")[0] or said


def key_of(waiter: Waiter) -> str:
    """What tells waiters apart from one picture of the queue to the next."""
    return waiter.id if isinstance(waiter, Waiting) else f"more {waiter.member} {waiter.arrival}"
