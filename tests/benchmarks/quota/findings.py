"""Everything that a run measures, round by round, the limiters taking turns."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.benchmarks.quota import costs, crowd, hardships, servers, stalls
from tests.benchmarks.quota.contest import LIMIT, WINDOW_S, Round, compete, job
from tests.benchmarks.quota.figures import Figures
from tests.benchmarks.quota.limiters import AIO, COUNTER, KINDS, LOCKED, MOVING, OURS

KILLING_S = 12.0
CLOCK_S = 4.5
MANY = 8

Key = tuple[str, int]
"""A limiter and a number of processes."""


@dataclass(slots=True)
class Findings:
    """Lists have an item for each round."""

    seconds: float
    contest: dict[Key, list[Figures]] = field(default_factory=lambda: defaultdict(list))
    refused: dict[Key, list[dict[str, float]]] = field(default_factory=lambda: defaultdict(list))
    served: list[Figures] = field(default_factory=list)
    delayed: list[Figures] = field(default_factory=list)
    errors: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    claiming: list[dict[str, float]] = field(default_factory=list)
    reading: list[dict[str, float]] = field(default_factory=list)
    in_process: list[dict[str, float]] = field(default_factory=list)
    crowds: list[dict[str, crowd.Waiting]] = field(default_factory=list)
    quitters: dict[str, list[crowd.Quitting]] = field(default_factory=lambda: defaultdict(list))
    stalled: dict[str, list[stalls.Stall]] = field(default_factory=lambda: defaultdict(list))
    stopped: dict[str, list[stalls.Stopped]] = field(default_factory=lambda: defaultdict(list))
    dead_heads: list[float] = field(default_factory=list)
    killed: list[hardships.Massacre] = field(default_factory=list)
    clocks: dict[str, tuple[Round, Round]] = field(default_factory=dict)


def one_round(found: Findings, say: Callable[[str], None]) -> None:
    """Measure everything once more, the limiters in another order."""
    compared = [(kind, processes) for kind in KINDS for processes in KINDS[kind].processes]
    random.shuffle(compared)
    for kind, processes in compared:
        say(f"{KINDS[kind].title}, {processes}")
        result = compete(job(kind, found.seconds, processes), processes)
        found.contest[kind, processes].append(result.figures)
        found.errors[kind, processes] += sum(account.errors for account in result.accounts)
        if kind != OURS:
            found.refused[kind, processes].append(_refused(result))
    say("services that count otherwise")
    served = hardships.served(found.seconds, MANY)
    found.served.append(served.figures)
    found.refused[OURS, MANY].append(_refused(served))
    say("delays between leave and start")
    found.delayed.append(hardships.delayed(found.seconds, MANY).figures)
    _small(found, say)


def _small(found: Findings, say: Callable[[str], None]) -> None:
    say("single acts")
    acts = costs.costs()
    found.claiming.append(acts.claiming)
    found.reading.append(acts.reading)
    found.in_process.append(acts.in_process)
    say("1,000 wait")
    found.crowds.append(crowd.crowds([crowd.BARE, OURS, LOCKED, AIO, MOVING, COUNTER]))
    say("half of 350 give up")
    for kind in random.sample((OURS, AIO, MOVING, COUNTER), 4):
        found.quitters[kind].append(crowd.quitters(kind))
    say("stalls")
    for kind in random.sample((OURS, LOCKED), 2):
        found.stalled[kind].append(stalls.among_contenders(kind))
        found.stopped[kind].append(stalls.stopped_holder(kind))
    found.dead_heads.append(stalls.dead_head())


def once(found: Findings, say: Callable[[str], None]) -> None:
    """Measure what is long, or only right or wrong."""
    say("kills")
    found.killed.append(hardships.killed(KILLING_S))
    for kind in (OURS, LOCKED):
        say(f"a wall clock that is set: {KINDS[kind].title}")
        found.clocks[kind] = hardships.clock_set(kind, CLOCK_S)


def _refused(result: Round) -> dict[str, float]:
    times = [start.at for start in result.found]
    return servers.refused(times, LIMIT, WINDOW_S, hardships.LATENCY_S)
