"""How long a list of many conversations takes to be read and searched.

    python tests/benchmarks/conversations.py [CONVERSATIONS] [DATABASE]

Builds a database, or takes one that is there, and prints milliseconds: the best and the worst of some
runs, and the longest time for which the event loop stood still meanwhile.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path

from tui_app.adapters.answer_rows import answer_row
from tui_app.adapters.database import Database
from tui_app.adapters.history import ConversationHistory
from tui_app.core.conversation import Answer, Block, Outcome, Usage

TURNS, RUNS = 5, 7
TEXT = """
river mountain quota limit token stream answer prompt Elasticsearch inference cluster haiku
sonnet model latency retry cache table column python json schema curl header window minute
second budget price summary translate explain write list compare review refactor test deploy
monitor alert query index shard replica vector search
"""


def text_of(chance: random.Random, length: int) -> str:
    """Words in no order."""
    return " ".join(chance.choices(TEXT.split(), k=length))


def fill(path: Path, count: int) -> None:
    """Put conversations of five turns each into a database that has its tables."""
    chance = random.Random(5)
    connection = sqlite3.connect(path)
    for number in range(1, count + 1):
        at = 1_780_000_000.0 + number * 600
        names = "endpoint, title, settings, created_at, updated_at, leaf_id"
        row = (f"endpoint-{number % 12}", text_of(chance, 6), "{}", at, at, number * TURNS)
        connection.execute(f"INSERT INTO conversation ({names}) VALUES (?, ?, ?, ?, ?, ?)", row)
        for turn in range((number - 1) * TURNS + 1, number * TURNS + 1):
            prompt, said = text_of(chance, 20), text_of(chance, 120)
            if turn % 4_999 == 0 or turn == 3:
                said += " a needle in the haystack"
            parent = turn - 1 if (turn - 1) % TURNS else 0
            asked = (number, prompt, at, "endpoint", "claude-haiku-4-5", parent)
            names = "conversation_id, prompt, asked_at, endpoint, model, parent_id"
            connection.execute(f"INSERT INTO turn ({names}) VALUES (?, ?, ?, ?, ?, ?)", asked)
            block = Block("text", said, {"type": "text", "text": said})
            answer = answer_row(turn, Answer(Outcome.COMPLETE, (block,), usage=Usage(30, 150)), "", at)
            values = ", ".join(f":{name}" for name in answer)
            connection.execute(f"INSERT INTO answer ({', '.join(answer)}) VALUES ({values})", answer)
            connection.execute(
                "INSERT INTO words (rowid, prompt, answer) VALUES (?, ?, ?)", (turn, prompt, said)
            )
    connection.commit()
    connection.close()


async def measure(name: str, step: Callable[[], Awaitable[object]]) -> None:
    """Print how long a step takes."""
    took, gaps = [], []
    for _ in range(RUNS):
        beats = [time.perf_counter()]

        async def beat(beats: list[float] = beats) -> None:
            while True:
                await asyncio.sleep(0.001)
                beats.append(time.perf_counter())

        beating = asyncio.create_task(beat())
        began = time.perf_counter()
        await step()
        took.append(time.perf_counter() - began)
        beats.append(time.perf_counter())
        beating.cancel()
        gaps.append(max(b - a for a, b in pairwise(beats)))
    print(f"{name:<34} {min(took) * 1000:7.1f} {max(took) * 1000:7.1f}   {max(gaps) * 1000:6.1f}")


async def run(path: Path, count: int) -> None:
    """Build and measure."""
    database = Database(path)
    history = ConversationHistory(database)
    if not await history.entries():
        fill(path, count)
    entries = await history.entries()
    size = f"{len(entries):,} conversations, {path.stat().st_size / 1e6:.0f} MB"
    print(f"{size:<34} {'best':>7} {'worst':>7}   loop's longest gap, ms")
    await measure("list", history.entries)
    await measure("the latest of an endpoint", lambda: history.latest("endpoint-3"))
    await measure("open one", lambda: history.load(entries[0].id))
    for wanted in (
        "needle",
        "haystack needle",
        "latency budget",
        "que",
        "r",
        "explain the",
        "nothing-like-it",
    ):
        await measure(f"search {wanted!r}", lambda wanted=wanted: history.search(wanted, 200))  # type: ignore[misc]
    await database.aclose()


def main() -> None:
    """Measure with what the command line says."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(folder) / "inferterm.db"
        asyncio.run(run(path, count))


if __name__ == "__main__":
    main()
