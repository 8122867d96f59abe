"""The table of a batch of 10,000 rows beside one of 100: opening it, moving, sorting, searching, comparing.

    .venv/bin/python -m tests.benchmarks.batch_table

Both lie in a database on disk, and the terminal of 120x40 is drawn in memory. `took` is the time until it is
seen, `stall` how long the event loop stood still at most meanwhile, on a busy machine also because others had
the processor, `step` the most CPU that it took at a stretch.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from tests.benchmarks.streaming_meter import Meter
from tests.ui.bench import seen
from tests.ui.workshop import Workshop, workshop
from tui_app.core.batch_items import Row, RowState, judged, result_of
from tui_app.core.batch_plans import Plan, Wanted, make_plan
from tui_app.core.batch_reuse import Outlook
from tui_app.core.conversation import Answer, Block, Outcome, Timing, Usage
from tui_app.core.tables import read_table
from tui_app.ui.screens.batches import BatchesScreen

FEW, MANY = 100, 10_000
WORDS: Final = tuple(["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"])


async def a_plan(at: Workshop, count: int) -> Plan:
    """What so many rows ask."""
    lines = (f"write about {random.choice(WORDS)} number {number},x" for number in range(count))
    table = read_table("\n".join(["prompt,contains", *lines]), "csv")
    endpoint = await at.bench.inference.endpoints.get("prod")
    return make_plan(Wanted("rows.csv", "benchmark", table, endpoint))


def answered(plan: Plan, text: str) -> list[Row]:
    """Every row with an answer of some 150 words."""
    rows = []
    for item in plan.items:
        words = f"{text} {' '.join(random.choices(WORDS, k=150))}"
        block = Block("text", words, {"type": "text", "text": words})
        answer = Answer(
            Outcome.COMPLETE,
            (block,),
            "claude-haiku-4-5",
            "end_turn",
            usage=Usage(12, 200),
            timing=Timing(0.1, 0.2, 1.5, 1.2),
        )
        result = judged(item, result_of(item, answer, "claude-haiku-4-5"))
        rows.append(Row(item, RowState.ANSWERED, result))
    return rows


async def measured(what: str, step: Awaitable[None], true: Callable[[], bool], at: Workshop) -> str:
    """Do a step, wait until something is seen, and tell its figures."""
    clock, meter = asyncio.get_running_loop().time, Meter()
    watch = asyncio.create_task(meter.tick())
    began = clock()
    await step
    while not true():
        await at.pilot.pause(0.005)
    took = clock() - began
    await at.pilot.pause(0.3)
    watch.cancel()
    figures = (took, meter.longest_stall_s, meter.longest_step_s)
    return f"| {what} | {' | '.join(f'{each * 1000:,.0f} ms' for each in figures)} |"


async def opened(at: Workshop) -> None:
    """Press enter, without waiting for all that comes of it."""
    at.app.simulate_key("enter")


async def table(count: int) -> list[str]:
    """The figures for so many rows."""
    told = []
    with tempfile.TemporaryDirectory() as name:
        async with workshop(Path(name)) as at:
            plan = await a_plan(at, count)
            for text in ("earlier", "later"):
                await at.batches.create(Outlook(plan, answered(plan, text), anew=True))
            await at.press("b")
            await at.at(BatchesScreen)
            await at.sees("rows.csv")

            def sees(*words: str) -> Callable[[], bool]:
                return lambda: all(word in seen(at.app) for word in words)

            rows = f"{count:,} rows"
            some, whole = sees("reading on"), sees(rows)
            told.append(await measured("open, first rows", opened(at), lambda: some() or whole(), at))
            told.append(await measured("open, all rows", asyncio.sleep(0), whole, at))
            told.append(await measured("to the end", at.press("end"), sees(f"{count - 1} "), at))
            told.append(await measured("page up", at.press("pageup"), sees(rows), at))
            told.append(await measured("sort", at.press("s"), sees("failures first"), at))
            told.append(await measured("failures alone", at.press("f"), sees("failures alone"), at))
            told.append(await measured("all again", at.press("f"), sees(rows), at))
            told.append(await measured("mark", at.press("5"), sees("5★"), at))
            await at.press("slash")
            gone = sees(rows)
            told.append(await measured("search", at.press(*"gamma 99"), lambda: not gone(), at))
            await at.press("escape")
            await at.press("c")
            await at.sees("Compare with which run?")
            told.append(await measured("compare", at.press("enter"), sees("beside the earlier run"), at))
    return told


async def main() -> None:
    """Print both tables."""
    for count in (FEW, MANY):
        print(f"| {count:,} rows | took | stall | step |\n|---|---|---|---|")
        print("\n".join(await table(count)))


if __name__ == "__main__":
    asyncio.run(main())
