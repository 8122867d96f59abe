"""How well the quota is used when 1, 2 and 8 processes want more than it allows.

.venv/bin/python -m tests.benchmarks.quota [SECONDS]

A limit of 200 is scaled down to a window of one second. A violation is a window with more starts than
the limit, by brute force over a log of all starts; fairness is Jain's index over the processes;
lateness is how long a start came after the moment at which it could have (median / 99th percentile);
CPU is that of a start, with everything that the workers do.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.quota_worker import Job, starts, violations
from tui_app.adapters.clock import SystemClock

LIMIT = 200
SECONDS = 30.0


def measure(processes: int, seconds: float, delay_s: float = 0.0) -> str:
    """One round: a row of the table."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        job = Job(str(Path(folder, "ledger")), str(log), LIMIT, seconds, delay_s=delay_s, at_once=50)
        cpu = run(job, processes)
        found = starts(log)
    times = [at for at, _ in found]
    late = sorted(after - before - job.window for before, after in zip(times, times[LIMIT:], strict=False))
    shares = list(Counter(pid for _, pid in found).values()) + [0] * processes
    jain = sum(shares) ** 2 / processes / sum(share * share for share in shares)
    cells = [
        str(processes),
        f"{delay_s * 1000:.0f}",
        str(len(times)),
        f"{100 * job.window / (job.window + statistics.mean(late)):.2f}",
        str(len(violations(times, LIMIT, job.window))),
        f"{jain:.4f}",
        f"{1000 * statistics.median(late):.1f} / {1000 * late[len(late) * 99 // 100]:.1f}",
        f"{1e6 * cpu / len(times):.0f}",
    ]
    return f"| {' | '.join(cells)} |"


def run(job: Job, processes: int) -> float:
    """Let several processes do a job from one moment on; the CPU seconds of all."""
    workers = [
        subprocess.Popen(job.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(processes)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    begin = SystemClock().now() + 0.2
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write(f"{begin}\n")
        worker.stdin.flush()
    return sum(float(worker.communicate()[0]) for worker in workers)


def main() -> None:
    """Print the table."""
    seconds = float(sys.argv[1]) if sys.argv[1:] else SECONDS
    print("| processes | delay ms | starts | utilisation % | violations | fairness | late ms | CPU µs |")
    print("|---|---|---|---|---|---|---|---|")
    for delay_s in (0.0, 0.05):
        for processes in (1, 2, 8):
            print(measure(processes, seconds, delay_s), flush=True)


if __name__ == "__main__":
    main()
