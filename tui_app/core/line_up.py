"""All who wait for a budget, in this process and in others, in one line."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tui_app.core.claims import Rival
from tui_app.core.quota import Quota, Source, Waiting


@dataclass(frozen=True, slots=True)
class Crowd:
    """Requests of an endpoint in another process behind those of which more is known.

    `arrival` is that of the last that is known, `source` who asked for the first of all.
    """

    member: str
    source: Source
    count: int
    arrival: float


def line_up(quota: Quota, rivals: Sequence[Rival]) -> tuple[Waiting | Crowd, ...]:
    """Put those of other processes among the waiting of a quota, by arrival, each with its place.

    When one should start is counted from `quota.at`, under the limit of its own endpoint.
    """
    ours = [each.arrival for each in quota.waiting]
    others = [each for rival in rivals for each in _told(quota, rival, ours, rivals)]
    return tuple(sorted((*quota.waiting, *others), key=lambda each: each.arrival))


def _told(
    quota: Quota, rival: Rival, ours: Sequence[float], rivals: Sequence[Rival]
) -> Iterator[Waiting | Crowd]:
    held = replace(quota, limit=rival.limit)
    known = rival.arrivals or (rival.arrival,)
    sources = rival.sources if len(rival.sources) == len(known) else (rival.source,) * len(known)
    for arrival, source in zip(known, sources, strict=True):
        position = 1 + bisect_left(ours, arrival) + sum(each.ahead_of(arrival) for each in rivals)
        expected = held.start_in(position, quota.at)
        name = f"{rival.member} {arrival}"
        yield Waiting(name, position, rival.member, source, expected, arrival, ours=False)
    if rival.count > len(known):
        yield Crowd(rival.member, rival.source, rival.count - len(known), known[-1])
