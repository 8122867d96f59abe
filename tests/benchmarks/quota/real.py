"""The limit as it is in use: 50 in 60 seconds, with the app's own terms, in real time."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from tests.benchmarks.quota.contest import Account, Job, Round, figures, work
from tests.benchmarks.quota.crew import Crew
from tests.benchmarks.quota.figures import middle, starts
from tests.benchmarks.quota.limiters import KINDS, LOCKED, OURS, Allowance
from tests.benchmarks.quota.report import row, table
from tui_app.adapters.ledger import TERMS

SECONDS = 190.0
PROCESSES = 2
LIMIT = 50


def real() -> Iterator[str]:
    """Let ours and pyrate-limiter's file lock fill three minutes at the same time; lines of a table."""
    with ThreadPoolExecutor() as both:
        rounds = dict(zip((OURS, LOCKED), both.map(_fill, (OURS, LOCKED)), strict=True))
    ours, peer = (middle([rounds[kind].figures]) for kind in (OURS, LOCKED))
    yield from table(
        (
            "50 in 60 s",
            "processes",
            "utilisation %",
            "over the limit",
            "fairness",
            "late ms",
            "wait s",
            "CPU µs",
        ),
        (row(KINDS[kind].title, PROCESSES, each.figures) for kind, each in rounds.items()),
    )
    yield f"utilisation of what the limit allows with its margin: {100 * ours.utilisation:.2f} % (≥ 99.9)"
    yield f"late p50 over pyrate-limiter's file lock: {ours.late_p50 / peer.late_p50:.3f} (≤ 0.1)"


def _fill(kind: str) -> Round:
    margin = TERMS.margin if kind == OURS else 0.0
    allowance = Allowance("", LIMIT, TERMS.window, margin, TERMS.lease, TERMS.grace)
    with tempfile.TemporaryDirectory() as folder, Crew() as crew:
        job = Job(kind, replace(allowance, folder=folder), SECONDS, 2 * LIMIT // PROCESSES)
        for _ in range(PROCESSES):
            crew.hire(work, job)
        begin = crew.begin()
        accounts = crew.results(Account, SECONDS)
        found = starts(job.log)
    return Round(found, figures(job, found, begin, PROCESSES, accounts), accounts)
