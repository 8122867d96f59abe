"""What must not break the limit: delays, kills, a wall clock that is set, services that count otherwise."""

from __future__ import annotations

import random
import tempfile
import time
from dataclasses import dataclass, replace

from tests.benchmarks.quota.contest import LIMIT, WINDOW_S, Job, Round, compete, job, work
from tests.benchmarks.quota.crew import Crew
from tests.benchmarks.quota.figures import Figures, Start, starts
from tests.benchmarks.quota.limiters import OURS, Allowance
from tui_app.adapters.clock import SystemClock

MARGIN_S = 0.5 / 60 * WINDOW_S
"""The half second that the app adds to its minute, scaled to the window."""

LATENCY_S = 0.4 / 60 * WINDOW_S
"""Journeys of up to 400 ms, scaled to the window."""

DELAY_S = 0.05
KILLERS_PAUSE_S = 0.06
KILLS = 160
"""How many are killed at least, however long that takes on a busy machine."""

KILLED = 4
"""How many processes run while one after the other is killed."""


@dataclass(frozen=True, slots=True)
class Massacre:
    """Processes that were killed, and what all of them started."""

    kills: int
    figures: Figures


def delayed(seconds: float, processes: int = 8) -> Round:
    """Wait up to 50 ms between leave and start."""
    return compete(replace(job(OURS, seconds, processes), delay_s=DELAY_S), processes)


def killed(seconds: float) -> Massacre:
    """Kill a process each 60 ms, wherever it is, and put a new one in its place."""
    with tempfile.TemporaryDirectory() as folder, Crew() as crew:
        asked = Job(OURS, Allowance(folder, LIMIT, WINDOW_S), 5 * seconds, at_once=2 * LIMIT // KILLED)
        for _ in range(KILLED):
            crew.hire(work, asked)
        begin, kills = crew.begin(), 0
        clock = SystemClock()
        while clock.now() < begin + seconds or kills < KILLS:
            time.sleep(KILLERS_PAUSE_S)
            crew.dismiss(random.choice(crew.members))
            kills += 1
            newcomer = crew.hire(work, asked)
            newcomer.pipe.send(begin)
        until, found = clock.now(), starts(asked.log)
    return Massacre(kills, _figures(found, begin, until))


def _figures(found: list[Start], begin: float, until: float) -> Figures:
    return Figures.of(
        found, limit=LIMIT, window=WINDOW_S, processes=KILLED, begin=begin, until=until, cpu=0.0
    )


def clock_set(kind: str, seconds: float, processes: int = 2) -> tuple[Round, Round]:
    """The same round twice: with the wall clock left alone, and set an hour back and forward."""
    asked = job(kind, seconds, processes)
    return compete(asked, processes), compete(replace(asked, wall_steps=True), processes)


def served(seconds: float, processes: int) -> Round:
    """A round of ours with the margin that the app adds, for services that count what arrives."""
    return compete(job(OURS, seconds, processes, margin=MARGIN_S), processes)
