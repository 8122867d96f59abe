"""Simulated services that count what arrives and refuse what is over a limit, as a 429 does."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator, Sequence

PHASES = 8
"""How many positions of the fixed window are tried."""

JOURNEYS = 10
"""How often the same starts are sent through the network."""


def bucket(arrivals: Sequence[float], limit: int, window: float) -> int:
    """Count what a bucket of `limit` that refills by `limit` in a window refuses."""
    level, last, refused = float(limit), float("-inf"), 0
    for at in arrivals:
        level, last = min(limit, level + (at - last) * limit / window), at
        if level >= 1:
            level -= 1
        else:
            refused += 1
    return refused


def sliding(arrivals: Sequence[float], limit: int, window: float) -> int:
    """Count what a service refuses that lets `limit` in during any window."""
    let_in: deque[float] = deque()
    refused = 0
    for at in arrivals:
        while let_in and let_in[0] <= at - window:
            let_in.popleft()
        if len(let_in) < limit:
            let_in.append(at)
        else:
            refused += 1
    return refused


def fixed(arrivals: Sequence[float], limit: int, window: float, phase: float = 0.0) -> int:
    """Count what a service refuses that lets `limit` in from one full window (and `phase`) to the next."""
    number, let_in, refused = -1, 0, 0
    for at in arrivals:
        current = int((at - phase) // window)
        if current != number:
            number, let_in = current, 0
        if let_in < limit:
            let_in += 1
        else:
            refused += 1
    return refused


def journeys(times: Sequence[float], latency: float, count: int = JOURNEYS) -> Iterator[list[float]]:
    """Tell when starts arrive if each takes up to `latency` to the service, several times anew."""
    for seed in range(count):
        dice = random.Random(seed)
        yield sorted(at + dice.uniform(0.0, latency) for at in times)


def refused(times: Sequence[float], limit: int, window: float, latency: float) -> dict[str, float]:
    """Tell the share of starts that each kind of service refuses, after journeys of up to `latency`."""
    counts = {"bucket": 0.0, "sliding": 0.0, "fixed": 0.0}
    for arrivals in journeys(times, latency):
        counts["bucket"] += bucket(arrivals, limit, window)
        counts["sliding"] += sliding(arrivals, limit, window)
        phases = (window * phase / PHASES for phase in range(PHASES))
        counts["fixed"] += sum(fixed(arrivals, limit, window, phase) for phase in phases) / PHASES
    asked = JOURNEYS * max(len(times), 1)
    return {kind: count / asked for kind, count in counts.items()}
