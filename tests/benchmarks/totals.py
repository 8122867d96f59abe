"""How long totals over many requests take, and how long the event loop stands still meanwhile.

    python -m tests.benchmarks.totals [REQUESTS]

Prints milliseconds, the best and the worst of some runs, and the longest time in which the loop did not
get its turn; beside them what it takes to write one receipt down while an answer waits for nothing.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import pairwise
from pathlib import Path

from tui_app.adapters.database import Database
from tui_app.adapters.receipt_table import ReceiptTable
from tui_app.core.receipt_books import Scope
from tui_app.core.receipts import Receipt
from tui_app.core.totals import By, Totals

NOW, DAY, RUNS = 1_790_000_000.0, 86_400.0, 5
MODELS = ("claude-haiku-4-5", "claude-sonnet-4-6", "claude-opus-4-8", "local-model")


def receipts(count: int) -> Iterator[Receipt]:
    """Requests of a year, of twelve endpoints and 5,000 chats."""
    chance = random.Random(5)
    for number in range(count):
        failed = chance.random() < 0.03
        yield Receipt(
            NOW - 365 * DAY * (1 - number / count),
            f"endpoint-{number % 12}",
            chance.choice(MODELS),
            conversation_id=chance.randrange(1, 5_000),
            outcome="failed" if failed else "complete",
            error="rate_limit_error" if failed else "",
            input_tokens=chance.randrange(20, 4_000),
            output_tokens=chance.randrange(2, 900),
            first_token_s=chance.uniform(0.2, 3.0),
            streamed_s=chance.uniform(0.2, 9.0),
        )


async def measured(name: str, work: Callable[[], Awaitable[object]]) -> None:
    """Print how long it takes, and the longest stall of the loop."""
    took, beats = [], [time.perf_counter()]

    async def beat() -> None:
        while True:
            await asyncio.sleep(0.001)
            beats.append(time.perf_counter())

    beating = asyncio.create_task(beat())
    for _ in range(RUNS):
        began = time.perf_counter()
        await work()
        took.append(time.perf_counter() - began)
    beating.cancel()
    stall = max((after - before for before, after in pairwise(beats)), default=0.0)
    print(f"{name:<28} {min(took) * 1000:8.1f} ms  to {max(took) * 1000:8.1f}  stall {stall * 1000:6.1f}")


async def run(count: int, folder: Path) -> None:
    """Fill a database and read it."""
    database = Database(folder / "inferterm.db")
    book = ReceiptTable(database)
    for each in receipts(count):
        book.note(each)
    began = time.perf_counter()
    await book.aclose()
    print(f"{count:,} receipts written in {time.perf_counter() - began:.2f} s")

    async def sandboxes() -> frozenset[str]:
        return frozenset()

    totals = Totals(book, sandboxes, lambda: NOW)
    for span in ("all", "30d", "7d"):
        for by in By:
            await measured(f"{span} by {by}", lambda by=by, span=span: totals.report(by, span))  # type: ignore[misc]
    await measured("one endpoint", lambda: totals.report(By.DAY, "all", Scope(endpoint="endpoint-3")))
    await measured("one chat", lambda: totals.chat(77))

    async def one() -> None:
        book.note(Receipt(NOW, "endpoint-1", "claude-haiku-4-5"))
        await book.aclose()

    await measured("one receipt, on disk", one)
    await database.aclose()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        asyncio.run(run(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, Path(made)))
