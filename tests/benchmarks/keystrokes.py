"""Time from a key to its echo in the prompt field, as a ratio to a bare Input in the same run.

.venv/bin/python -m tests.benchmarks.keystrokes
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks.startup import SIZE, home_with_endpoints
from tests.benchmarks.terminal import Terminal

KEYS = 200
ROUNDS = 5
TARGET = 1.5
BARE = """
from textual.app import App, ComposeResult
from textual.widgets import Input

class Bare(App):
    def compose(self) -> ComposeResult:
        yield Input(placeholder="ready")

Bare().run()
"""
LETTERS = "etaoinshrdlu"


def echoes(arguments: list[str], ready: str, environ: Mapping[str, str]) -> list[float]:
    """Seconds from each of the keys to the first drawing that shows it."""
    took = []
    with Terminal(arguments, environ, size=SIZE) as terminal:
        terminal.wait_for(ready)
        terminal.settle()
        for number in range(KEYS):
            letter = LETTERS[number % len(LETTERS)]
            sent_at = time.perf_counter()
            terminal.type(letter)
            took.append(terminal.wait_for(letter) - sent_at)
            terminal.settle()
    return took


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of all lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def main() -> None:
    """Interleave the rounds and print medians of p50 and p99, ratio and target."""
    with tempfile.TemporaryDirectory() as folder:
        environ = home_with_endpoints(Path(folder))
        rounds = [
            (
                echoes(["-c", BARE], "ready", environ),
                echoes(["-m", "tui_app", "--endpoint", "endpoint-0"], "Enter", environ),
            )
            for _ in range(ROUNDS)
        ]
    for share in (0.5, 0.99):
        bare = statistics.median(percentile(one, share) for one, _ in rounds)
        ours = statistics.median(percentile(two, share) for _, two in rounds)
        print(
            f"| p{share * 100:.0f} | bare Input {bare * 1000:.1f} ms | prompt {ours * 1000:.1f} ms "
            f"| {ours / bare:.2f} |"
        )
    print(f"target: p99 at most {TARGET}")


if __name__ == "__main__":
    main()
