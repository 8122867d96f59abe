"""A chat of 1,000 turns beside one of 10: opening it, scrolling through it, resizing it, its memory.

.venv/bin/python -m tests.benchmarks.long_chats

Each has a process of its own and a terminal of 120x40 that is drawn in memory.
"""

from __future__ import annotations

import asyncio
import json
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import Final

from textual.pilot import Pilot

from tests.benchmarks.answers import answer
from tests.benchmarks.startup import SIZE
from tests.benchmarks.streaming_meter import Meter
from tests.ui.bench import NOW, Bench, bench, endpoint, until
from tui_app.core.conversation import Answer, Block, Conversation, Outcome, Settings, Turn, Usage
from tui_app.ui.screens.chat import ChatScreen

FEW, MANY = 10, 1_000
ANSWER_LENGTH: Final = 1_500
PAGES: Final = 120
ROUNDS: Final = 3


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds until the chat stood there, longest stalls in seconds, and the most memory in MB."""

    opened_s: float
    scroll_stall_s: float
    resize_stall_s: float
    megabytes: float


def turn(number: int) -> Turn:
    """One of many."""
    text = answer(ANSWER_LENGTH, seed=number % 20)
    block = Block("text", text, {"type": "text", "text": text})
    done = Answer(Outcome.COMPLETE, blocks=(block,), model="claude-haiku-4-5", usage=Usage(10, 400))
    return Turn(number, f"Prompt number {number}?", NOW, "prod", "claude-haiku-4-5", done)


def kept(turns: int) -> Bench:
    """A bench whose history holds such a chat."""
    made = bench(endpoint("prod"))
    made.history.conversations[1] = Conversation(
        1, "prod", "Long", NOW, NOW, Settings(), "", tuple(map(turn, range(1, turns + 1)))
    )
    return made


async def stall_during(pilot: Pilot[None], steps: int, step: object) -> float:
    """The longest stall while something is done again and again."""
    meter = Meter()
    ticking = asyncio.create_task(meter.tick())
    for _ in range(steps):
        assert callable(step)
        step()
        await pilot.pause(0.03)
    ticking.cancel()
    return meter.longest_stall_s


async def measure(turns: int) -> Cost:
    """Open, scroll up and down, resize."""
    app = kept(turns).app("")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(1.0)
        await app.open_chat("prod")
        await until(pilot, lambda: isinstance(app.screen, ChatScreen))
        app.pop_screen()
        await pilot.pause(0.5)
        began = time.perf_counter()
        await app.open_chat("prod")
        await until(pilot, lambda: isinstance(app.screen, ChatScreen))
        screen = app.screen
        assert isinstance(screen, ChatScreen)
        view = screen.transcript.view
        await until(pilot, lambda: not screen.has_class("-opening") and view.max_scroll_y > 0)
        await pilot.pause()
        opened = time.perf_counter() - began
        await pilot.pause(1.0)
        up = await stall_during(pilot, PAGES, lambda: screen.transcript.by_page(-1))
        down = await stall_during(pilot, PAGES, lambda: screen.transcript.by_page(1))
        widths = iter(range(SIZE[0] - 20, SIZE[0]))
        meter = Meter()
        ticking = asyncio.create_task(meter.tick())
        for width in widths:
            await pilot.resize_terminal(width, SIZE[1])
            await pilot.pause(0.03)
        ticking.cancel()
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return Cost(opened, max(up, down), meter.longest_stall_s, most)


def in_process(turns: int) -> Cost:
    """Measure in a process of its own."""
    arguments = [sys.executable, "-m", "tests.benchmarks.long_chats", str(turns)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def middle(found: list[Cost]) -> Cost:
    """The median of each figure."""
    rows = [asdict(each) for each in found]
    return Cost(**{name: statistics.median(row[name] for row in rows) for name in rows[0]})


def main() -> None:
    """Print a line for each chat, the ratios, and what is to be reached."""
    if sys.argv[1:]:
        print(json.dumps(asdict(asyncio.run(measure(int(sys.argv[1]))))))
        return
    found = [(in_process(FEW), in_process(MANY)) for _ in range(ROUNDS)]
    few, many = middle([one for one, _ in found]), middle([two for _, two in found])
    print("| turns | opens, s | stall scrolling, ms | stall resizing, ms | MB |\n|---|--:|--:|--:|--:|")
    for turns, cost in ((FEW, few), (MANY, many)):
        stalls = f"{1000 * cost.scroll_stall_s:.0f} | {1000 * cost.resize_stall_s:.0f}"
        print(f"| {turns:,} | {cost.opened_s:.2f} | {stalls} | {cost.megabytes:.0f} |")
    opens, memory = many.opened_s / few.opened_s, many.megabytes / few.megabytes
    print(f"targets: opens at most 2 ({opens:.2f}), memory at most 1.5 ({memory:.2f}), stalls at most 100 ms")


if __name__ == "__main__":
    main()
