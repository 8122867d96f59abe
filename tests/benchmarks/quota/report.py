"""The findings as Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from tests.benchmarks.quota.crowd import BARE
from tests.benchmarks.quota.figures import Figures, middle
from tests.benchmarks.quota.findings import Findings
from tests.benchmarks.quota.limiters import AIO, COUNTER, KINDS, LOCKED, MOVING, OURS, PLAIN
from tests.benchmarks.quota.targets import targets

CONTEST = (
    "limiter",
    "processes",
    "utilisation %",
    "over the limit, all rounds",
    "fairness: round / once all wait",
    "late p50 / p99 ms",
    "longest wait s",
    "CPU µs per start",
)

ALONE = "within one process only"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A Markdown table, and an empty line."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def report(found: Findings) -> Iterator[str]:
    """All tables, line by line."""
    yield from table(
        CONTEST,
        _contest(found),
    )
    yield from table(
        ("refused by a service that counts in", "bucket %", "sliding %", "fixed %"), _served(found)
    )
    yield from table(("hardship", "starts", "utilisation %", "over the limit"), _hardships(found))
    yield from table(("act", "µs", "over the peer"), _acts(found))
    yield from table(
        (
            "1,000 wait",
            "CPU %",
            "bytes for each",
            "half of 350 give up: worst ms late",
            "over the limit",
            "overtaken",
        ),
        _crowds(found),
    )
    yield from table(
        (
            "event loop",
            "stall among 7 ms",
            "idle beside them ms",
            "stall, holder stopped ms",
            "next start, holder killed ms",
        ),
        _stalls(found),
    )
    yield from table(("to be reached", "found", "bound", ""), _targets(found))


def row(title: str, processes: int, figures: Figures) -> list[str]:
    """One line of the comparison."""
    fair = f"{figures.fair:.3f} / {figures.steady:.3f}" if processes > 1 else ""
    return [
        title,
        str(processes),
        f"{100 * figures.utilisation:.2f}",
        str(figures.violations),
        fair,
        f"{1000 * figures.late_p50:.1f} / {1000 * figures.late_p99:.1f}",
        f"{figures.longest_wait:.2f}",
        f"{1e6 * figures.cpu:.0f}",
    ]


def _contest(found: Findings) -> Iterator[list[str]]:
    for kind, known in KINDS.items():
        for processes in (1, 2, 8):
            if processes in known.processes:
                yield row(known.title, processes, middle(found.contest[kind, processes]))
        if known.processes == (1,):
            yield [known.title, "2, 8", ALONE, *[""] * 5]


def _served(found: Findings) -> Iterator[list[str]]:
    for kind, known in KINDS.items():
        processes = max(known.processes)
        rounds = found.refused[kind, processes]
        title = f"{known.title}, {processes}" + (", with its margin" if kind == OURS else "")
        yield [
            title,
            *(f"{100 * median(each[name] for each in rounds):.2f}" for name in rounds[0]),
        ]


def _hardships(found: Findings) -> Iterator[list[str]]:
    def line(name: str, figures: Figures) -> list[str]:
        return [name, str(figures.starts), f"{100 * figures.utilisation:.2f}", str(figures.violations)]

    yield line("delays of up to 50 ms, 8 processes", middle(found.delayed))
    yield line("the margin for services that count otherwise, 8 processes", middle(found.served))
    for massacre in found.killed:
        yield line(f"{massacre.kills} processes killed, 4 at a time", massacre.figures)
    for kind, (right, wrong) in found.clocks.items():
        looks = sum(account.wall_reads for account in wrong.accounts)
        yield line(f"{KINDS[kind].title}, 2 processes", right.figures)
        yield line(f"… wall clock an hour back, then ahead ({looks} looks at it)", wrong.figures)


def _acts(found: Findings) -> Iterator[list[str]]:
    def lines(rounds: list[dict[str, float]], peer: str, names: dict[str, str]) -> Iterator[list[str]]:
        for key, name in names.items():
            value = median(each[key] for each in rounds)
            yield [name, f"{value:.1f}", f"{median(each[key] / each[peer] for each in rounds):.2f}"]

    yield from lines(
        found.claiming,
        LOCKED,
        {
            OURS: "claim, then confirm: two transactions",
            LOCKED: "pyrate-limiter, SQLite + file lock: acquire",
            PLAIN: "pyrate-limiter, SQLite: acquire",
        },
    )
    yield from lines(
        found.reading,
        "count",
        {
            "kept": "a reading, as the gauge takes it",
            "looked": "a reading that looks for changes",
            "read": "a reading after a change",
            "count": "pyrate-limiter, SQLite: count",
            "count, file lock": "pyrate-limiter, SQLite + file lock: count",
        },
    )
    for way in ("one by one", "at once"):
        names = {"memory": "a ledger in memory", "file": "a ledger on disk", "aiolimiter": "aiolimiter"}
        yield from lines(
            found.in_process,
            f"aiolimiter, {way}",
            {f"{key}, {way}": f"a start far from the limit, {way}: {name}" for key, name in names.items()},
        )


def _crowds(found: Findings) -> Iterator[list[str]]:
    for kind in (OURS, LOCKED, AIO, MOVING, COUNTER, BARE):
        title = KINDS[kind].title if kind != BARE else "tasks that wait for nothing"
        cpu = median(100 * each[kind].cpu for each in found.crowds)
        size = median(each[kind].size for each in found.crowds)
        quitting = found.quitters.get(kind)
        rest = ["", "", ""]
        if quitting:
            rest = [
                f"{1000 * max(each.worst for each in quitting):.0f}",
                str(sum(each.violations for each in quitting)),
                str(sum(each.overtaken for each in quitting)),
            ]
        yield [title, f"{cpu:.3f}", f"{size:.0f}", *rest]


def _stalls(found: Findings) -> Iterator[list[str]]:
    for kind in (OURS, LOCKED):
        rounds, stopped = found.stalled[kind], found.stopped[kind]
        values = (
            median(each.contending for each in rounds),
            median(each.idle for each in rounds),
            median(each.stall for each in stopped),
            median(each.next_start for each in stopped),
        )
        yield [KINDS[kind].title, *(f"{1000 * value:.1f}" for value in values)]


def _targets(found: Findings) -> Iterator[list[str]]:
    for target in targets(found):
        sign = "≥" if target.least else "≤"
        yield [
            target.name,
            f"{target.value:.4g} {target.unit}".strip(),
            f"{sign} {target.bound:g} {target.unit}".strip(),
            "reached" if target.reached else "**not reached**",
        ]


def errors(found: Findings) -> Iterator[str]:
    """What went wrong in limiters, other than the limit."""
    for (kind, processes), number in found.errors.items():
        if number:
            yield f"{KINDS[kind].title}, {processes}: {number} times 'database is locked'."
