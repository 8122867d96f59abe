"""What goes on in a group: who started what, who waits where, and what the service says of its own limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui_app.core.claims import Rival
from tui_app.core.quota import Source

if TYPE_CHECKING:
    from tui_app.core.service import ServerLimit

MOST_TOLD: Final = 2**53
"""A figure in headers above this is nonsense."""


@dataclass(frozen=True, slots=True)
class Start:
    """One request that takes a slot: when it went (shared clock), for which endpoint, who asked.

    `ours` tells that this process started it; `sent` is False while it is only about to be sent.
    """

    at: float
    member: str
    source: Source
    ours: bool
    sent: bool = True


@dataclass(frozen=True, slots=True)
class ToldLimit:
    """One of the service's own limits as its headers told it; figures that it did not tell are None.

    `name` is `requests`, `input-tokens`, `output-tokens`, `tokens`, …; `full_at` is when its bucket is
    full again, `told_at` when it was told (both shared clock).
    """

    name: str
    limit: int | None
    remaining: int | None
    full_at: float | None
    told_at: float


def told(limit: ServerLimit, now: float) -> ToldLimit:
    """Keep what an answer that came at `now` tells of a limit."""
    figures = (limit.limit, limit.remaining)
    most, left = (figure if figure is not None and figure <= MOST_TOLD else None for figure in figures)
    return ToldLimit(limit.name, most, left, None if limit.reset is None else now + limit.reset, now)


@dataclass(frozen=True, slots=True)
class Stranger:
    """Requests with the same key that did not start here: at least `count`, noticed last `at`."""

    count: int
    at: float


@dataclass(frozen=True, slots=True)
class Seen:
    """An endpoint of which the ledger holds starts or waiting requests; `limit` is the last one known."""

    member: str
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """What the ledger of all processes holds of a group, beside what a `Quota` tells.

    `starts` are those of the last window, ascending; `rivals` are those who wait in other processes,
    by arrival; `told` are the service's own limits, the weightiest first; `members` are all
    whose requests took a slot lately or wait, by name.
    """

    starts: tuple[Start, ...] = ()
    rivals: tuple[Rival, ...] = ()
    told: tuple[ToldLimit, ...] = ()
    stranger: Stranger | None = None
    members: tuple[Seen, ...] = ()
