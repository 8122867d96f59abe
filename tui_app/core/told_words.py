"""What the service says of its own limits, in words: beside ours, with its age, and what follows from it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui_app.core.activity import Activity, Stranger, ToldLimit
from tui_app.core.counts import counted
from tui_app.core.durations import ago, span
from tui_app.core.errors import LedgerFailed

if TYPE_CHECKING:
    from tui_app.core.queue import RequestQueue
    from tui_app.core.quota import Group

REQUESTS: Final = "requests"
"""The name of the limit that ours stands beside."""


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One of the service's limits: its name, what of it was left when told, and what comes.

    `left` is from 0 to 1, None where the service told too little for that.
    """

    name: str
    left: float | None
    words: str
    outlook: str


def telling(told: Iterable[ToldLimit]) -> tuple[ToldLimit, ...]:
    """Those that tell something of their own: not `tokens`, where input and output are told apart."""
    known = tuple(told)
    names = {each.name for each in known}
    apart = {"input-tokens", "output-tokens"} <= names
    return tuple(each for each in known if not (apart and each.name == "tokens"))


def told_line(told: ToldLimit, now: float) -> ToldLine:
    """A limit in words: `12 of 40`, that is left of how much, and `full in 20 s`."""
    limit, remaining = told.limit, told.remaining
    if limit is not None and remaining is not None:
        words = f"{remaining:,} of {limit:,}"
    elif limit is not None:
        words = f"{limit:,} a minute"
    else:
        words = f"{remaining:,} left" if remaining is not None else "not told"
    share = min(1.0, remaining / limit) if limit and remaining is not None else None
    filling = told.full_at is not None and told.full_at > now
    outlook = f"full in {span(told.full_at - now)}" if filling and told.full_at else ""
    return ToldLine(told.name.replace("-", " "), share, words, outlook)


def told_age(told: Iterable[ToldLimit], now: float, wall: float) -> str:
    """When the service told its limits last: how long ago, and after a minute at which local time.

    That stays true without being said anew.
    """
    last = max((each.told_at for each in told), default=None)
    if last is None:
        return ""
    age = max(0.0, now - last)
    return f"told {ago(age)}" if age < 60 else f"told at {_local(wall - age)}"


def service_words(activity: Activity, now: float, wall: float) -> str:
    """All of the service's own limits in one sentence; nothing where it told none.

    `the service: requests 48 of 50, input tokens 39,000 of 50,000, full in 12 s; told 12 s ago`.
    """
    if not activity.told:
        return ""
    lines = [told_line(each, now) for each in activity.told]
    pieces = [", ".join(filter(None, (f"{line.name} {line.words}", line.outlook))) for line in lines]
    return f"the service: {', '.join(pieces)}, {told_age(activity.told, now, wall)}"


def _local(wall: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(wall))


def service_limit(activity: Activity) -> int | None:
    """The service's own limit of requests, if it told one."""
    return next((told.limit for told in activity.told if told.name == REQUESTS), None)


def excess_words(ours: int, activity: Activity) -> str:
    """Say that our limit is above the service's own, naming both; nothing where it is not."""
    theirs = service_limit(activity)
    if theirs is None or ours <= theirs:
        return ""
    return f"{ours} a minute is more than the service allows: {theirs}"


def excess_of(queue: RequestQueue, group: Group, limit: int) -> str:
    """The same of what a queue knows of a group; nothing where its ledger does not tell."""
    try:
        return excess_words(limit, queue.activity(group))
    except LedgerFailed:
        return ""


def stranger_words(stranger: Stranger | None, now: float, wall: float) -> str:
    """Say that somebody else uses the same key; nothing where nobody was noticed."""
    if stranger is None:
        return ""
    requests = counted(stranger.count, "request")
    at = _local(wall - max(0.0, now - stranger.at))
    return f"somebody else uses this key: at least {requests} not from here, seen at {at}"
