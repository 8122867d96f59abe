"""Drawing an answer while it streams: inferterm's whole chat beside Textual's ways, in one run.

.venv/bin/python -m tests.benchmarks.streaming

Each way has a process and a terminal of 120x40 of its own. A stall is how long the event loop stood still.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.benchmarks.startup import SIZE
from tests.benchmarks.streaming_meter import Outcome
from tests.benchmarks.terminal import Terminal

FAST, SLOW = 10_000, 100
BEFORE: Final = 60_000
SECONDS: Final = 12.0
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


def row(name: str, found: Outcome) -> str:
    """A line of the table."""
    growth = f"{found.growth:.2f}" if found.growth else ""
    return f"| {name} | {found.rate:,.0f} | {100 * found.core:.0f} | {1000 * found.stall_s:.0f} | {growth} |"


def table(rate: int, before: int, seconds: float) -> dict[str, Outcome]:
    """Measure all ways and print a line for each."""
    print(f"\n{rate:,} tokens/s offered into an answer of {before // 1000} kB\n")
    print("| | tokens/s | % of a core | longest stall, ms | last tenth / first, CPU |\n|---|--:|--:|--:|--:|")
    found = {}
    for way, name in NAMES.items():
        found[way] = measured(way, rate, before, seconds)
        print(row(name, found[way]), flush=True)
    return found


def main() -> None:
    """Print both tables and what is to be reached."""
    fast = table(FAST, 0, SECONDS)["chat"]
    slow = table(SLOW, BEFORE, SECONDS)
    ours, theirs = slow["chat"], slow["stream"]
    ratio = ours.core / theirs.core
    print(
        f"\ntargets: at least 5,000 tokens/s ({fast.rate:,.0f}), last tenth at most 1.5 ({fast.growth:.2f}),"
    )
    print(f"stalls at most 100 ms ({1000 * fast.stall_s:.0f} and {1000 * ours.stall_s:.0f}),")
    print(f"at {SLOW} tokens/s at most 0.35 of MarkdownStream's CPU ({ratio:.2f})")


if __name__ == "__main__":
    main()
