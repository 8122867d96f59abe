"""A quota in words: what every gauge says beside its bar, so that no colour has to say it."""

from __future__ import annotations

from collections.abc import Sequence

from tui_app.core.counts import counted
from tui_app.core.durations import span
from tui_app.core.forecast import clock_time
from tui_app.core.quota import Pacing, Quota
from tui_app.core.text import one_line

_SHOWN_WAITING = 3
_SHOWN_SHARES = 6


def counting(quota: Quota, now: float) -> bool:
    """Tell whether the quota looks different a moment later although nothing happens."""
    return quota.full_in(now) > 0 or quota.is_closed(now) or bool(quota.waiting)


def headline(quota: Quota, now: float) -> str:
    """Say what is left, or that the service closed the group: `47 of 50 left`."""
    if quota.is_closed(now):
        return "closed by the service"
    left = quota.left(now)
    return f"{left or 'none'} of {quota.limit} left"


def outlook(quota: Quota, now: float) -> tuple[str, ...]:
    """Say in pieces, the weightiest first, what comes: the next slot, when all is free, how much is used."""
    if quota.is_closed(now):
        return (f"opens in {span(quota.next_slot_in(now))}", f"{quota.used(now)} used")
    pieces = []
    full = quota.full_in(now)
    if not quota.left(now):
        pieces.append(f"next in {span(quota.next_slot_in(now))}")
    elif full > 0 and quota.pacing is Pacing.BURST:
        pieces.append(f"+1 in {span(_next_free(quota, now))}")
    if full > 0:
        pieces.append(f"full in {span(full)}")
    pieces.append(f"{quota.used(now)} used in the last {quota.cooldown_s:.0f} s")
    if quota.pacing is Pacing.EVEN:
        pieces.append(step_words(quota))
    return tuple(pieces)


def step_words(quota: Quota) -> str:
    """Say how far apart starts are that are spread evenly."""
    step = quota.cooldown_s / quota.limit
    return f"evenly, one each {step:.3g} s"


def queue_words(quota: Quota, now: float) -> str:
    """Say who waits and, unless all is paused, when each should start; nothing where nobody waits."""
    here, others = quota.waiting, quota.others_waiting
    if not here:
        return f"{_requests(others)} in other terminals" if others else ""
    starts = (f"no. {w.position} in about {span(quota.wait_of(w, now))}" for w in here[:_SHOWN_WAITING])
    more = f" and {len(here) - _SHOWN_WAITING} more" if len(here) > _SHOWN_WAITING else ""
    how = ", paused in this terminal" if quota.paused else f": {', '.join(starts)}{more}"
    elsewhere = f"; {others} in other terminals" if others else ""
    return f"{_requests(len(here))}{how}{elsewhere}"


def closure_words(quota: Quota, now: float, wall: float) -> str:
    """Say until when (local time, `wall` being the wall clock's `now`) and why a group is closed."""
    if quota.closure is None or not quota.is_closed(now):
        return ""
    left = quota.closure.until - now
    reason = one_line(quota.closure.reason, limit=200)
    return f"closed until {clock_time(wall, left)}, in {span(left)}: {reason}"


def shared_words(shares: Sequence[str]) -> str:
    """Say which other endpoints draw on the same budget; nothing where none does."""
    more = len(shares) - _SHOWN_SHARES
    named = ", ".join(shares[:_SHOWN_SHARES]) + (f" and {more} more" if more > 0 else "")
    return f"shared with {named}" if shares else ""


def alone_words(quota: Quota) -> str:
    """Say that only this process is counted, and why; nothing where all processes are."""
    why = one_line(quota.alone, limit=200)
    return f"this process's own limit, others are not counted: {why}" if why else ""


def trouble_words(failure: str) -> str:
    """Say that there is no telling the quota, and why, `failure` being a LedgerFailed's words."""
    return f"no request starts, the quota is not known: {one_line(failure, limit=200)}" if failure else ""


def _next_free(quota: Quota, now: float) -> float:
    """Seconds until one slot more than now is free."""
    coming = [at for at in quota.slots(now) if at > now]
    taken = len(coming)
    return max(coming[max(0, taken - quota.limit)] if coming else now, quota.paced_until) - now


def _requests(count: int) -> str:
    return counted(count, "request waits", "requests wait")
