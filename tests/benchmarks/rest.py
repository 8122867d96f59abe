"""What the app costs while nobody touches it, beside hello-world Textual apps in the same run.

.venv/bin/python -m tests.benchmarks.rest [SECONDS [ROUNDS]]

Of each program: its CPU time as a share of a core, how often a second any of its threads woke up, and
how often a second it drew; medians of the rounds, and the most that any took of a core. Linux only: the
figures come from /proc.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path

from tests.benchmarks.startup import HELLO, SIZE, home_with_endpoints
from tests.benchmarks.terminal import Terminal
from tui_app.core.quota import WINDOW_S

SECONDS, ROUNDS = 15.0, 3
CALM_S = 8.0
"""How long a program is left alone before it counts as being at rest."""

MOST_S = 15.0
"""How long each of three screens is watched at most while one start counts down."""

COUNTDOWN_CORE = 0.01
"""How much more of a core than hello-world may go into a countdown."""

DRAWN_PER_S = 4.0
NAMES = (
    "hello-world Textual app",
    "the same with a focused Input",
    "the list, full quota",
    "the chat, full quota",
    "the chat, counting",
    "the list, counting",
    "the quota screen, counting",
    "the quota screen, a slot every 5 s, 40 waiting",
)
NEAR, WAITING = 12, 40
"""The limit under which a slot is always near its time, and how many wait for one."""
ESCAPE, QUOTA = "\x1b", "\x19"
"""The keys that leave a chat and that show the quota."""
FIELD = HELLO.replace("Static", "Input").replace('"hello world"', 'placeholder="hello field"')
SANDBOX = """{
  "service": "anthropic",
  "service_settings": {"model_id": "claude-haiku-4-5", "rate_limit": {"requests_per_minute": %d}},
  "task_settings": {"max_tokens": 1024},
  "local": {"sandbox": true}
}
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a program cost a second: share of a core, wake-ups of its threads, drawings."""

    core: float
    woken: float
    drawn: float


def cost(terminal: Terminal, seconds: float) -> Cost:
    """Look on for a while, doing nothing."""
    cpu, woken, at = _spent(terminal.pid)
    drawn, _ = terminal.watch(seconds)
    cpu_after, woken_after, at_after = _spent(terminal.pid)
    took = at_after - at
    return Cost((cpu_after - cpu) / took, (woken_after - woken) / took, drawn / took)


def _spent(pid: int) -> tuple[float, int, float]:
    """CPU seconds and voluntary context switches of all threads of a process so far, and when that was."""
    cpu, woken = 0, 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        cpu += int((task / "schedstat").read_text().split()[0])
        status = (task / "status").read_text()
        woken += int(status.partition("\nvoluntary_ctxt_switches:")[2].split(maxsplit=1)[0])
    return cpu / 1e9, woken, time.perf_counter()


def hello(program: str, ready: str, environ: Mapping[str, str], seconds: float) -> Cost:
    """A bare Textual app."""
    with Terminal(["-c", program], environ, size=SIZE) as terminal:
        terminal.wait_for(ready)
        terminal.watch(CALM_S)
        return cost(terminal, seconds)


def at_rest(environ: Mapping[str, str], seconds: float) -> list[Cost]:
    """The list, then the chat, with a full quota."""
    with Terminal(["-m", "tui_app"], environ, size=SIZE) as terminal:
        terminal.wait_for("50 of 50 left")
        terminal.watch(CALM_S)
        listed = cost(terminal, seconds)
        terminal.type("\r")
        terminal.wait_for("Enter")
        terminal.watch(CALM_S)
        return [listed, cost(terminal, seconds)]


def counting(environ: Mapping[str, str], seconds: float) -> list[Cost]:
    """Chat, list and quota screen while a quota fills up again; the sandbox answers in the same process."""
    with Terminal(["-m", "tui_app", "--endpoint", "sandbox"], environ, size=SIZE) as terminal:
        terminal.wait_for("Enter")
        terminal.type("hello\r")
        terminal.wait_for("49 of 50 left")
        terminal.watch(CALM_S)
        costs = [cost(terminal, min(seconds, MOST_S))]
        for keys, words in ((ESCAPE, "enter"), (QUOTA, "60 s ago")):
            terminal.type(keys)
            terminal.wait_for(words)
            terminal.watch(1.0)
            costs.append(cost(terminal, min(seconds, MOST_S)))
        return costs


def crowded(environ: Mapping[str, str], seconds: float) -> Cost:
    """The quota screen while starts move through its strip, a slot is near, and others wait for it."""
    with Terminal(["-m", "tests.benchmarks.crowd", "crowd", str(WAITING)], environ, size=SIZE) as terminal:
        terminal.wait_for(f"of {NEAR} left")
        terminal.watch(CALM_S)
        terminal.type(QUOTA)
        terminal.wait_for("60 s ago")
        terminal.watch(WINDOW_S)
        return cost(terminal, seconds)


def once(seconds: float) -> list[Cost]:
    """Let the programs run one after another, each at a home without a past."""
    with tempfile.TemporaryDirectory() as folder:
        environ = home_with_endpoints(Path(folder), 2)
        endpoints = Path(folder) / ".config/inferterm/endpoints"
        (endpoints / "sandbox.json").write_text(SANDBOX % 50)
        costs = [hello(HELLO, "hello world", environ, seconds), hello(FIELD, "hello field", environ, seconds)]
        costs += [*at_rest(environ, seconds), *counting(environ, seconds)]
    with tempfile.TemporaryDirectory() as folder:
        environ = home_with_endpoints(Path(folder), 2)
        endpoints = Path(folder) / ".config/inferterm/endpoints"
        (endpoints / "crowd.json").write_text(SANDBOX % NEAR)
        return [*costs, crowded(environ, seconds)]


def median(costs: Iterable[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(*(statistics.median(column) for column in zip(*map(astuple, costs), strict=True)))


def main() -> None:
    """Print what each program cost, round after round."""
    seconds = float(sys.argv[1]) if sys.argv[1:] else SECONDS
    rounds = [once(seconds) for _ in range(int(sys.argv[2]) if sys.argv[2:] else ROUNDS)]
    print("| | % of a core | at most | more than hello | wake-ups /s | drawn /s |\n|---|---|---|---|---|---|")
    base = median(costs[0] for costs in rounds)
    for name, costs in zip(NAMES, zip(*rounds, strict=True), strict=True):
        spent, most = median(costs), max(each.core for each in costs)
        more = 100 * (spent.core - base.core)
        print(f"| {name} | {100 * spent.core:.3f} | {100 * most:.3f} | {more:+.3f} ", end="")
        print(f"| {spent.woken:.2f} | {spent.drawn:.2f} |")
    print(f"targets: full quota as hello-world; counting at most {DRAWN_PER_S:.0f} drawn /s", end="")
    print(f" and {100 * COUNTDOWN_CORE:.0f} % of a core more than hello-world")


if __name__ == "__main__":
    main()
