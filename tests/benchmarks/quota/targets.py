"""What is to be reached, and whether it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from tests.benchmarks.quota.crowd import BARE
from tests.benchmarks.quota.figures import middle
from tests.benchmarks.quota.findings import MANY, Findings
from tests.benchmarks.quota.limiters import AIO, LOCKED, OURS

WHOLE = 5_900
"""So many starts, those of 30 s, make a round whose first quota weighs little in its fairness."""


@dataclass(frozen=True, slots=True)
class Target:
    """A figure and its bound; `least` says that it is a lower one."""

    name: str
    value: float
    bound: float
    unit: str = ""
    least: bool = False

    @property
    def reached(self) -> bool:
        """Tell whether it is."""
        return self.value >= self.bound if self.least else self.value <= self.bound


def targets(found: Findings) -> Iterator[Target]:
    """Hold everything that was found against what is to be reached."""
    yield from _strict(found)
    yield from _used(found)
    yield from _cheap(found)
    yield from _alive(found)


def _strict(found: Findings) -> Iterator[Target]:
    own = sum(
        each.violations for (kind, _), rounds in found.contest.items() if kind == OURS for each in rounds
    )
    yield Target("windows over the limit, 1, 2 and 8 processes", own, 0)
    yield Target("… with delays of up to 50 ms", sum(each.violations for each in found.delayed), 0)
    for massacre in found.killed:
        yield Target("… with processes killed", massacre.figures.violations, 0)
        yield Target("processes killed", massacre.kills, 150, least=True)
    right, wrong = found.clocks[OURS]
    yield Target("… with the wall clock set", wrong.figures.violations, 0)
    yield Target("looks at the wall clock", sum(account.wall_reads for account in wrong.accounts), 0)
    change = abs(wrong.figures.starts / right.figures.starts - 1)
    yield Target("change of the starts by setting the wall clock", 100 * change, 1, "%")
    services = {"bucket": "a bucket", "sliding": "a sliding window", "fixed": "a fixed window"}
    for service, name in services.items():
        share = max(each[service] for each in found.refused[OURS, MANY])
        yield Target(f"refused by a service that counts in {name}", 100 * share, 0, "%")


def _used(found: Findings) -> Iterator[Target]:
    for processes, bound in ((1, 99.5), (2, 99.0), (8, 98.5)):
        ours = middle(found.contest[OURS, processes])
        peer = middle(found.contest[LOCKED, processes])
        yield Target(f"utilisation, {processes}", 100 * ours.utilisation, bound, "%", least=True)
        ratio = ours.late_p50 / peer.late_p50
        yield Target(f"late p50 over pyrate-limiter's file lock, {processes}", ratio, 0.25)
        if processes > 1:
            yield Target(f"fairness, {processes}, once all wait", ours.steady, 0.995, least=True)
            if ours.starts >= WHOLE:
                yield Target(f"fairness, {processes}, whole round", ours.fair, 0.995, least=True)


def _cheap(found: Findings) -> Iterator[Target]:
    ours, peer = middle(found.contest[OURS, 1]), middle(found.contest[LOCKED, 1])
    alone = median(each[OURS] / each[LOCKED] for each in found.claiming)
    yield Target("claim and confirm over pyrate-limiter's file lock, alone", alone, 0.4)
    yield Target("CPU of a start over pyrate-limiter's file lock, at the limit", ours.cpu / peer.cpu, 0.4)
    kept = median(each["kept"] / each["count"] for each in found.reading)
    yield Target("a reading as the gauge takes it over pyrate-limiter's count", kept, 0.4)
    aio = middle(found.contest[AIO, 1])
    yield Target("CPU of a start over aiolimiter, one process at the limit", ours.cpu / aio.cpu, 1.0)
    waiting = median(100 * each[OURS].cpu for each in found.crowds)
    size = median((each[OURS].size - each[BARE].size) / 1024 for each in found.crowds)
    yield Target("CPU while 1,000 wait", waiting, 0.05, "%")
    yield Target("memory of one of 1,000 that wait, beside its task", size, 1.5, "KiB")


def _alive(found: Findings) -> Iterator[Target]:
    more = median(1000 * (each.contending - each.idle) for each in found.stalled[OURS])
    yield Target("stall among 7 contenders, above an idle event loop", more, 10, "ms")
    stopped = found.stopped[OURS]
    yield Target(
        "stall while the lock's holder is stopped", 1000 * median(each.stall for each in stopped), 20, "ms"
    )
    after = 1000 * median(each.next_start for each in stopped)
    yield Target("next start after the lock's holder was killed", after, 5, "ms")
    head = 1000 * median(found.dead_heads)
    yield Target("next start after the first in the queue was killed", head, 5, "ms")
    worst = max(each.worst for each in found.quitters[OURS])
    yield Target("half of 350 give up: the worst of the others", 1000 * worst, 50, "ms")
    yield Target("… overtaken", sum(each.overtaken for each in found.quitters[OURS]), 0)
    yield Target("… windows over the limit", sum(each.violations for each in found.quitters[OURS]), 0)
