"""The arithmetic of the comparison: what a log of starts tells. Times are seconds of one clock."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.quota_worker import violations


@dataclass(frozen=True, slots=True, order=True)
class Start:
    """One line of the log: when a request started, in which process, since when it had waited."""

    at: float
    pid: int
    joined: float


def starts(log: Path) -> list[Start]:
    """Read a log, by time; a line that a kill cut short is no start."""
    lines = log.read_text("ascii").split("\n")[:-1] if log.exists() else []
    return sorted(
        Start(float(at), int(pid), float(joined)) for at, pid, joined in (line.split() for line in lines)
    )


def jain(shares: Iterable[int], processes: int) -> float:
    """Jain's index of fairness: 1 when all processes got the same, 1/processes when one got all.

    A process that is missing in `shares` got nothing. Of no starts at all it is 1.
    """
    counts = list(shares)
    squares = sum(count * count for count in counts)
    return sum(counts) ** 2 / (processes * squares) if squares else 1.0


def lateness(times: Sequence[float], limit: int, window: float, until: float) -> list[float]:
    """Tell how much later each slot was used again than it could have been, ascending.

    Start k frees its slot a window later, for start k + limit; a negative lateness is a start that
    came too early. The slots of the last `limit` starts count as late as they lay idle at `until`,
    those that were not free by then not at all.
    """
    used = [after - before - window for before, after in zip(times, times[limit:], strict=False)]
    idle = [until - window - at for at in times[-limit:] if at + window < until]
    return sorted(used + idle)


def utilisation(late: Sequence[float], window: float) -> float:
    """Tell the share of the allowed starts that happened, from the lateness of slots.

    A slot allows a start each window and gave one each window and its mean lateness. Above 1, more
    happened than was allowed; 0 when no slot was ever free again.
    """
    return window / (window + statistics.fmean(late)) if late else 0.0


def percentile(ascending: Sequence[float], share: float) -> float:
    """Give the value below which `share` of all lie; 0 of none."""
    return ascending[min(int(share * len(ascending)), len(ascending) - 1)] if ascending else 0.0


def overtaken(joined: Sequence[float]) -> int:
    """Count those, given when each joined in the order of their starts, that a later comer overtook."""
    latest, count = float("-inf"), 0
    for at in joined:
        count += at < latest
        latest = max(latest, at)
    return count


def schedule(times: Sequence[float], limit: int, window: float, count: int) -> list[float]:
    """Tell when the `count` starts after the first `limit` of `times` should ideally happen."""
    return [times[nth % limit] + window * (1 + nth // limit) for nth in range(count)]


@dataclass(frozen=True, slots=True)
class Figures:
    """What one round told.

    `fair` is Jain's index over the round, `steady` the same from the second window on, over an even
    number of windows: the first quota lies free, and who comes a millisecond earlier has all of it,
    and so has it again whenever those slots are free again. Starts after the round's end, of processes
    that did not notice it, only count as violations. Times in seconds.
    """

    starts: int
    utilisation: float
    violations: int
    fair: float
    steady: float
    late_p50: float
    late_p99: float
    longest_wait: float
    cpu: float

    @classmethod
    def of(
        cls,
        found: Sequence[Start],
        *,
        limit: int,
        window: float,
        processes: int,
        begin: float,
        until: float,
        cpu: float,
        in_vain: float = 0.0,
        cooldown: float | None = None,
    ) -> Figures:
        """Work out the figures of a log; `cooldown` is the window and a margin.

        `cpu` is that of all processes, `in_vain` the longest wait of those that never started.
        """
        in_time = [start for start in found if start.at < until]
        times = [start.at for start in in_time]
        cooldown = cooldown or window
        late = lateness(times, limit, cooldown, until)
        warm = begin + 2 * window
        end = warm + 2 * window * max(1, int((until - warm) / (2 * window)))
        return cls(
            starts=len(times),
            utilisation=utilisation(late, cooldown),
            violations=len(violations([start.at for start in found], limit, window)),
            fair=jain(shares(found, begin, until), processes),
            steady=jain(shares(found, warm, end), processes),
            late_p50=percentile(late, 0.5),
            late_p99=percentile(late, 0.99),
            longest_wait=max(in_vain, *(start.at - start.joined for start in in_time), 0.0),
            cpu=cpu / max(len(times), 1),
        )


def shares(found: Sequence[Start], since: float, until: float) -> list[int]:
    """Count the starts of each process within a span."""
    return list(Counter(start.pid for start in found if since <= start.at < until).values())


def share_over(rounds: Sequence[Figures]) -> float:
    """The share of all starts of several rounds that were too many in a window."""
    return sum(each.violations for each in rounds) / max(sum(each.starts for each in rounds), 1)


def middle(rounds: Sequence[Figures]) -> Figures:
    """The medians of several rounds; the violations of all of them."""

    def median(name: str) -> float:
        return float(statistics.median(getattr(each, name) for each in rounds))

    return Figures(
        starts=int(median("starts")),
        violations=sum(each.violations for each in rounds),
        **{
            name: median(name)
            for name in ("utilisation", "fair", "steady", "late_p50", "late_p99", "longest_wait", "cpu")
        },
    )
