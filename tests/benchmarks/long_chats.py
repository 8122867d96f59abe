"""A chat of 1,000 turns beside one of 10: opening it, scrolling through it, resizing it, its memory.

.venv/bin/python -m tests.benchmarks.long_chats [ROUNDS]

Each lies in a database of its own and has a process of its own, with a terminal of 120x40 that is drawn
in memory. A stall is how long the event loop stood still, on a busy machine also because others had the
processor; a step is the CPU that it took at a stretch.
"""

from __future__ import annotations

import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, cast

from textual.pilot import Pilot

from tests.benchmarks.answers import answer
from tests.benchmarks.startup import SIZE
from tests.benchmarks.streaming_meter import Meter
from tests.fakes_history import MemoryHistory
from tests.fakes_storage import MemoryEndpoints
from tests.ui.bench import KEY, NOW, Bench, endpoint, until
from tui_app.adapters.database import Database
from tui_app.adapters.history import ConversationHistory
from tui_app.core.conversation import Answer, Block, Conversation, Outcome, Settings, Turn, Usage
from tui_app.ui.screens.chat import ChatScreen

FEW, MANY = 10, 1_000
ANSWER_LENGTH: Final = 1_500
PAGES: Final = 120
ROUNDS: Final = 5
PAUSE_S: Final = 0.03


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds until the chat stood there, longest stalls and steps in seconds, and the most memory in MB."""

    opened_s: float
    scroll_stall_s: float
    scroll_step_s: float
    resize_stall_s: float
    resize_step_s: float
    megabytes: float


def turn(number: int) -> Turn:
    """One of many."""
    text = answer(ANSWER_LENGTH, seed=number % 20)
    block = Block("text", text, {"type": "text", "text": text})
    done = Answer(Outcome.COMPLETE, blocks=(block,), model="claude-haiku-4-5", usage=Usage(10, 400))
    return Turn(number, f"Prompt number {number}?", NOW, "prod", "claude-haiku-4-5", done, parent=number - 1)


async def keep(path: Path, turns: int) -> None:
    """Keep such a chat in a database."""
    database = Database(path)
    made = tuple(map(turn, range(1, turns + 1)))
    chat = Conversation(0, "prod", "Long", NOW, NOW, Settings(), turns=made)
    await ConversationHistory(database).put(chat, made)
    await database.aclose()


async def metered(pilot: Pilot[None], steps: list[Callable[[], Awaitable[None] | None]]) -> Meter:
    """What the event loop goes through while steps are done."""
    meter = Meter()
    ticking = asyncio.create_task(meter.tick())
    for step in steps:
        if (doing := step()) is not None:
            await doing
        await pilot.pause(PAUSE_S)
    ticking.cancel()
    return meter


async def measure(path: Path) -> Cost:
    """Open the chat for the second time, scroll up and down by pages and to both ends, resize."""
    database = Database(path)
    history = cast(MemoryHistory, ConversationHistory(database))
    made = Bench(MemoryEndpoints(endpoint("prod")), history=history)
    made.keys.keys["prod"] = KEY
    app = made.app("")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(1.0)
        await app.open_chat("prod")
        await until(
            pilot, lambda: isinstance(app.screen, ChatScreen) and not app.screen.has_class("-opening")
        )
        app.pop_screen()
        await pilot.pause(0.5)
        began = time.perf_counter()
        await app.open_chat("prod")
        await until(pilot, lambda: isinstance(app.screen, ChatScreen))
        screen = app.screen
        assert isinstance(screen, ChatScreen)
        shown = screen.transcript
        await until(pilot, lambda: not screen.has_class("-opening") and shown.view.max_scroll_y > 0)
        await pilot.pause()
        opened = time.perf_counter() - began
        await pilot.pause(1.0)
        pages = [lambda: shown.by_page(-1)] * PAGES + [lambda: shown.by_page(1)] * PAGES
        scrolled = await metered(pilot, [*pages, shown.to_start, shown.to_end])
        widths = range(SIZE[0] - 20, SIZE[0])
        resized = await metered(
            pilot,
            [lambda width=width: pilot.resize_terminal(width, SIZE[1]) for width in widths],  # type: ignore[misc]
        )
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    await database.aclose()
    return Cost(
        opened,
        scrolled.longest_stall_s,
        scrolled.longest_step_s,
        resized.longest_stall_s,
        resized.longest_step_s,
        most,
    )


def in_process(path: Path) -> Cost:
    """Measure in a process of its own."""
    arguments = [sys.executable, "-m", "tests.benchmarks.long_chats", str(path)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True, start_new_session=True)
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def middle(found: list[Cost]) -> Cost:
    """The median of each figure."""
    rows = [asdict(each) for each in found]
    return Cost(**{name: statistics.median(row[name] for row in rows) for name in rows[0]})


def row(turns: int, rounds: list[Cost]) -> str:
    """A line of the table: medians, and of the stalls also the least."""
    cost = middle(rounds)
    scroll, resize = min(each.scroll_stall_s for each in rounds), min(each.resize_stall_s for each in rounds)
    cells = (
        f"{cost.opened_s:.2f}",
        f"{1000 * cost.scroll_stall_s:.0f} ({1000 * scroll:.0f})",
        f"{1000 * cost.scroll_step_s:.0f}",
        f"{1000 * cost.resize_stall_s:.0f} ({1000 * resize:.0f})",
        f"{1000 * cost.resize_step_s:.0f}",
        f"{cost.megabytes:.0f}",
    )
    return f"| {turns:,} turns | {' | '.join(cells)} |"


def compare(rounds: int) -> None:
    """Print a line for each chat, the ratios, and what is to be reached."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {turns: Path(folder) / f"{turns}.db" for turns in (FEW, MANY)}
        for turns, path in paths.items():
            asyncio.run(keep(path, turns))
        found = [{turns: in_process(path) for turns, path in paths.items()} for _ in range(rounds)]
    print("| | opens, s | scrolling, longest stall, ms (best) | step, ms CPU ", end="")
    print("| resizing, longest stall, ms (best) | step, ms CPU | MB |\n|---|--:|--:|--:|--:|--:|--:|")
    for turns in paths:
        print(row(turns, [each[turns] for each in found]))
    few, many = (middle([each[turns] for each in found]) for turns in paths)
    opens, memory = many.opened_s / few.opened_s, many.megabytes / few.megabytes
    print(f"targets: opens at most 2 ({opens:.2f}), memory at most 1.5 ({memory:.2f}), stalls at most 100 ms")


def main() -> None:
    """Compare the chats, or measure the one of a database."""
    if sys.argv[1:] and not sys.argv[1].isdigit():
        print(json.dumps(asdict(asyncio.run(measure(Path(sys.argv[1]))))))
    else:
        compare(int(sys.argv[1]) if sys.argv[1:] else ROUNDS)


if __name__ == "__main__":
    main()
