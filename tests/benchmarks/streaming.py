"""Drawing an answer while it streams: inferterm's whole chat beside Textual's ways, in one run.

.venv/bin/python -m tests.benchmarks.streaming [ROUNDS]

Each way has a process and a terminal of 120x40 of its own, and they take turns. A stall is how long the
event loop stood still, on a busy machine also because others had the processor; a step is the CPU that it
took at a stretch.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from tests.benchmarks.startup import SIZE
from tests.benchmarks.streaming_meter import Outcome
from tests.benchmarks.terminal import Terminal

FAST, SLOW = 10_000, 100
BEFORE: Final = 60_000
SECONDS: Final = 12.0
ROUNDS: Final = 5
PATIENCE_S: Final = 240.0
NAMES: Final = {
    "chat": "inferterm, the whole chat",
    "stream": "`MarkdownStream`",
    "append": "`Markdown.append`, 10 a second",
    "log": "`Log`, nothing formatted",
    "strips": "Line API, Rich's Markdown as strips",
}
"""The ways, and what they are called."""


def measured(way: str, rate: int, before: int, seconds: float) -> Outcome:
    """Let one way run in a terminal of its own. Raises TimeoutError."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH") if name in os.environ}
    with tempfile.TemporaryDirectory() as folder:
        environ = {**kept, "HOME": folder, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        result = Path(folder) / "result.json"
        arguments = ["-m", "tests.benchmarks.streaming_ways", way, rate, before, seconds, result]
        with Terminal([str(each) for each in arguments], environ, size=SIZE) as terminal:
            deadline = time.perf_counter() + PATIENCE_S
            while not result.exists():
                terminal.watch(0.1)
                if time.perf_counter() > deadline:
                    raise TimeoutError(f"{way} gave no result")
            return Outcome.load(result)


def middle(found: Sequence[Outcome]) -> Outcome:
    """The median of each figure."""
    rows = [asdict(each) for each in found]
    return Outcome(**{name: statistics.median(row[name] for row in rows) for name in rows[0]})


def row(name: str, rounds: Sequence[Outcome]) -> str:
    """A line of the table: medians, and of the stalls also the least."""
    found, least = middle(rounds), min(each.stall_s for each in rounds)
    growth = f"{found.growth:.2f}" if found.growth else ""
    stalls = f"{1000 * found.stall_s:.0f} ({1000 * least:.0f}) | {1000 * found.step_s:.0f}"
    return f"| {name} | {found.rate:,.0f} | {100 * found.core:.0f} | {stalls} | {growth} |"


def table(rate: int, before: int, rounds: int) -> dict[str, list[Outcome]]:
    """Measure all ways, round by round, and print a line for each."""
    found: dict[str, list[Outcome]] = {way: [] for way in NAMES}
    for _ in range(rounds):
        for way in NAMES:
            found[way].append(measured(way, rate, before, SECONDS))
    print(f"\n{rate:,} tokens/s offered into an answer of {before // 1000} kB\n")
    print("| | tokens/s | % of a core | longest stall, ms (best) | step, ms CPU | last tenth / first |")
    print("|---|--:|--:|--:|--:|--:|")
    for way, name in NAMES.items():
        print(row(name, found[way]), flush=True)
    return found


def main() -> None:
    """Print both tables and what is to be reached."""
    rounds = int(sys.argv[1]) if sys.argv[1:] else ROUNDS
    fast, slow = table(FAST, 0, rounds), table(SLOW, BEFORE, rounds)
    ours, paced = middle(fast["chat"]), middle(slow["chat"])
    ratio = statistics.median(
        one.core / two.core for one, two in zip(slow["chat"], slow["stream"], strict=True)
    )
    print(
        f"\ntargets: at least 5,000 tokens/s ({ours.rate:,.0f}), last tenth at most 1.5 ({ours.growth:.2f}),"
    )
    print(f"stalls at most 100 ms ({1000 * ours.stall_s:.0f} and {1000 * paced.stall_s:.0f}),")
    print(f"at {SLOW} tokens/s at most 0.35 of MarkdownStream's CPU ({ratio:.2f})")


if __name__ == "__main__":
    main()
