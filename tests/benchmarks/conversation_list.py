"""The list of 10,000 conversations beside one of 10, each in the app on a terminal of its own.

.venv/bin/python -m tests.benchmarks.conversation_list [CONVERSATIONS]

Milliseconds from a key to the drawing that shows what it did, the median and the worst of all rounds.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.benchmarks.conversations import fill
from tests.benchmarks.startup import SIZE, home_with_endpoints
from tests.benchmarks.terminal import Terminal
from tui_app.adapters.database import Database
from tui_app.adapters.history import ConversationHistory

FEW, MANY = 10, 10_000
ROUNDS: Final = 5
ESCAPE, OPEN, SEARCH, CLEAR = "\x1b", "\x0f", "\x13", "\x15"
STRANGER: Final = "Z"
"""A letter that stands nowhere else on the screen."""
ECHO_TARGET: Final = 1.5
STEP_TARGET_S: Final = 0.5


def home(folder: Path, conversations: int) -> Mapping[str, str]:
    """The environment of a person who has so many conversations."""
    environ = home_with_endpoints(folder)
    path = folder / ".local" / "state" / "inferterm" / "inferterm.db"
    path.parent.mkdir(mode=0o700, parents=True)

    async def make() -> None:
        database = Database(path)
        await ConversationHistory(database).entries()
        await database.aclose()

    asyncio.run(make())
    fill(path, conversations)
    return environ


def took(terminal: Terminal, keys: str, shown: str) -> float:
    """Seconds from pressing keys until something is shown."""
    began = time.perf_counter()
    terminal.type(keys)
    seconds = terminal.wait_for(shown) - began
    terminal.settle()
    return seconds


def cleared(terminal: Terminal) -> None:
    """Empty the search."""
    terminal.type(CLEAR)
    terminal.settle()


def measure(environ: Mapping[str, str]) -> dict[str, float]:
    """Do with the list what one does with it."""
    with Terminal(["-m", "tui_app", "--endpoint", "endpoint-0"], environ, size=SIZE) as terminal:
        terminal.wait_for("Enter sends")
        terminal.settle()
        took(terminal, OPEN, "last used")  # the first time loads the screen's code
        took(terminal, ESCAPE, "Enter sends")
        found = {"the list opens": took(terminal, OPEN, "last used")}
        took(terminal, ESCAPE, "Enter sends")
        terminal.type(SEARCH)
        terminal.wait_for("any words")
        found["a key's echo while it loads"] = took(terminal, STRANGER, STRANGER)
        found["a key's echo in the search"] = took(terminal, STRANGER, STRANGER)
        cleared(terminal)
        found["one letter is found"] = took(terminal, "r", "prompt  ")
        cleared(terminal)
        found["a word is found"] = took(terminal, "needle", "haystack")
        terminal.type("\r")
        terminal.settle()
        found["the hit is opened"] = took(terminal, "\r", "haystack")
        took(terminal, OPEN, "last used")
        found["one is deleted"] = took(terminal, "d", "Deleted")
        found["it is brought back"] = took(terminal, "u", "is back")
    return found


def main() -> None:
    """Interleave the rounds and print a line for each step."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    with tempfile.TemporaryDirectory() as folder:
        small, large = (home(Path(folder, name), count) for name, count in (("few", FEW), ("many", many)))
        rounds = [(measure(small), measure(large)) for _ in range(ROUNDS)]
    print(f"| | {FEW} | {many:,} | ratio | worst of {many:,} |\n|---|--:|--:|--:|--:|")
    for step in rounds[0][0]:
        few, all_of_many = (
            statistics.median(one[step] for one, _ in rounds),
            [two[step] for _, two in rounds],
        )
        middle = statistics.median(all_of_many)
        figures = f"{few * 1000:.0f} ms | {middle * 1000:.0f} ms | {middle / few:.2f}"
        print(f"| {step} | {figures} | {max(all_of_many) * 1000:.0f} ms |")
    print(
        f"targets: the ratio of echoes at most {ECHO_TARGET}, all else within {STEP_TARGET_S * 1000:.0f} ms"
    )


if __name__ == "__main__":
    main()
