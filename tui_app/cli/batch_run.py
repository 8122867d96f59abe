"""A batch from the command line: what it will do, doing it, and what came of it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui_app.cli.batch_files import read_rows
from tui_app.cli.batch_progress import watched
from tui_app.cli.exits import Exit, complain, one_line
from tui_app.cli.stopping import stop_signals
from tui_app.cli.streams import OutputFailed, closed, whole_characters, write
from tui_app.cli.vault import open_vault_for
from tui_app.core.batch_items import ENDED, Batch, Row, RowState, Trouble
from tui_app.core.batch_output import summary, troubles, worst, written
from tui_app.core.batch_plans import (
    Plan,
    Wanted,
    estimate,
    estimate_words,
    make_plan,
    read_grid,
    refused_settings,
    unsupported,
)
from tui_app.core.conversation import Settings
from tui_app.core.durations import ago, span
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InfertermError, LedgerBusy, WaitTooLong
from tui_app.core.forecast import Forecast, forecast
from tui_app.core.lines import Line
from tui_app.core.tables import Format

if TYPE_CHECKING:
    from tui_app.core.batch_runs import Run
    from tui_app.wiring import Workbench

_TRIES, _PAUSE_S = 100, 0.01
_SHOWN = 5
_GOES_ON = "The same command goes on."
_LOST = "were on their way when a process was killed, and whether they were answered cannot be known"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command was told; `timeout` is in seconds."""

    file: str
    inference_id: str
    prompts: tuple[str, ...]
    values: Mapping[str, str]
    grid: tuple[str, ...]
    kind: Format | None
    settings: Settings
    timeout: float | None
    at_once: int | None
    retry_failed: bool = False
    retry_lost: bool = False
    again: bool = False
    dry_run: bool = False


async def run_batch(bench: Workbench, wish: Wish) -> int:
    """Ask what is to be asked and print all rows once they have ended; tells the exit code.

    Raises what stops all; OutputFailed, UsageError.
    """
    if closed(sys.stdout):
        raise OutputFailed("it is closed, so nothing was asked")
    title, digest, table = read_rows(wish.file)
    endpoint = await bench.inference.endpoints.get(wish.inference_id)
    prompts = tuple([await bench.prompts.get(name) for name in dict.fromkeys(wish.prompts)])
    grid = read_grid(wish.grid)
    plan = make_plan(Wanted(title, digest, table, endpoint, wish.settings, prompts, wish.values, grid))
    for words, count in unsupported(plan).items():
        where = "1 row" if count == 1 else f"{count:,} rows"
        complain(f"note: not supported, and so not passed, in {where}: {one_line(words)}")
    batch = await _batch(bench, plan, wish)
    rows: Sequence[Row] = tuple(Row(item) for item in plan.items)
    if batch is not None:
        rows = await bench.batches.rows(batch.id)
    if batch is None or any(row.state not in ENDED for row in rows):
        await open_vault_for(bench, endpoint)
        await _announce(bench, endpoint, rows, wish.timeout)
        if wish.dry_run:
            return Exit.DONE
        batch = batch or await bench.batches.create(plan)
        ended = await _work(bench, batch, wish)
        if ended is not Exit.DONE:
            return ended
    elif wish.dry_run:
        return Exit.DONE
    assert batch is not None, "there is one, or one was made"
    return await _print(bench, batch, wish.kind or plan.head.format)


async def _batch(bench: Workbench, plan: Plan, wish: Wish) -> Batch | None:
    """The batch to go on with, None where a new one is to be made."""
    batch = None if wish.again else await bench.batches.find(plan)
    if batch is None:
        return None
    states = [RowState.FAILED] * wish.retry_failed + [RowState.LOST] * wish.retry_lost
    if not wish.dry_run:
        await bench.batches.ask_again(batch.id, states)
        batch = await bench.batches.get(batch.id)
    if batch.ended == batch.total:
        when = ago(max(0.0, time.time() - (batch.ended_at or batch.created_at)))
        hints = ["--again asks all anew"]
        hints += ["--retry-failed asks what failed again"] if batch.counts.get(RowState.FAILED) else []
        hints += ["--retry-lost asks what was lost again"] if batch.counts.get(RowState.LOST) else []
        complain(f"all {batch.total:,} rows were asked already, {when}: nothing is asked; {'; '.join(hints)}")
    else:
        complain(f"going on where it was: {batch.ended:,} of {batch.total:,} rows have ended already")
        if lost := batch.counts.get(RowState.LOST):
            complain(f"note: {lost:,} of them {_LOST}; --retry-lost asks them again")
    return batch


async def _announce(bench: Workbench, endpoint: Endpoint, rows: Sequence[Row], timeout: float | None) -> None:
    """Say how many requests there will be, what they cost, and when they will be done.

    Raises KeyMissing, KeyStoreFailed, LedgerFailed; WaitTooLong where that is later than `timeout`.
    """
    left = [row.item for row in rows if row.state not in ENDED]
    told = estimate_words(estimate(left, endpoint), free=endpoint.local.sandbox)
    complain(f"{endpoint.inference_id} ({endpoint.model}): {told}")
    if refused := refused_settings(left, endpoint.model):
        complain(f"note: {endpoint.model} refuses {', '.join(refused)}; rows that set it will fail")
    line = await bench.inference.line(endpoint)
    ahead = await _forecast(line, len(left))
    complain(f"at {endpoint.limit:,} a minute {_when(ahead)}; done one answer later")
    if timeout is not None and ahead.last_in_s > timeout:
        raise WaitTooLong(
            f"the last request would start in {span(ahead.last_in_s)}, later than the {timeout:g} s allowed",
            ahead.last_in_s,
            "Nothing was asked. Wait longer, or raise the endpoint's rate limit.",
        )


def _when(ahead: Forecast) -> str:
    """When the last of them starts, in local time."""
    if ahead.last_in_s <= 0:
        return "all may start at once"
    form = "%H:%M:%S" if ahead.last_in_s < 43_200 else "%d %b %H:%M"
    at = time.strftime(form, time.localtime(time.time() + ahead.last_in_s))
    behind = f", after {ahead.waiting:,} who wait" if ahead.waiting else ""
    return f"the last starts at {at}, in {span(ahead.last_in_s)}{behind}"


async def _forecast(line: Line, count: int) -> Forecast:
    """When so many requests start; another process may be writing in the ledger just now."""
    for _ in range(_TRIES):
        try:
            return forecast(line.quota(), count, line.now())
        except LedgerBusy:
            await asyncio.sleep(_PAUSE_S)
    return forecast(line.quota(), count, line.now())


async def _work(bench: Workbench, batch: Batch, wish: Wish) -> Exit:
    """Work until the end, Ctrl-C or the time is up; DONE where all rows have ended."""
    ended = Exit.DONE
    signals = stop_signals()
    begun: asyncio.Future[Run] = asyncio.get_running_loop().create_future()
    work = asyncio.create_task(bench.batches.work(batch.id, wish.at_once, begun.set_result))
    watch = asyncio.create_task(watched(begun))
    halt = asyncio.create_task(signals.wait())
    try:
        await asyncio.wait((work, halt), timeout=wish.timeout, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            ended = Exit.INTERRUPTED if halt.done() else Exit.TOO_LONG
            signals.clear()
            await _drain(begun, work, asyncio.create_task(signals.wait()))
        if await work:
            return Exit.DONE
    except InfertermError:
        complain(f"{await _kept(bench, batch)} {_GOES_ON}")
        raise
    finally:
        for task in (watch, halt):
            task.cancel()
        await asyncio.gather(watch, halt, return_exceptions=True)
    why = "stopped" if ended is Exit.INTERRUPTED else f"stopped: the {wish.timeout or 0:g} s allowed are over"
    complain(f"{why}. {await _kept(bench, batch)} {_GOES_ON}")
    return ended


async def _drain(begun: asyncio.Future[Run], work: asyncio.Task[bool], again: asyncio.Task[bool]) -> None:
    """Let what is on the way come; a second signal gives it up."""
    if not begun.done():
        await asyncio.wait((begun, work), return_when=asyncio.FIRST_COMPLETED)
    if begun.done() and not begun.cancelled():
        run = begun.result()
        run.stop()
        if (on_way := run.progress.in_flight) > 0:
            complain(f"stopping: {on_way} on the way; Ctrl-C again gives them up")
        await asyncio.wait((work, again), return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            await run.abort()
    again.cancel()


async def _kept(bench: Workbench, batch: Batch) -> str:
    now = await bench.batches.get(batch.id)
    return f"{now.ended:,} of {now.total:,} rows have ended and are kept."


async def _print(bench: Workbench, batch: Batch, kind: Format) -> int:
    """Print all rows, say what came of them, and tell the exit code."""
    rows = await bench.batches.rows(batch.id)
    write(whole_characters("".join(written(batch, rows, kind))))
    await bench.batches.deliver(batch.id)
    complain(summary(rows).words)
    wrong = [(row, words) for row in rows if (words := worst(row))]
    for row, words in wrong[:_SHOWN]:
        complain(f"row {row.item.position + 1}, {batch.head.title}:{row.item.line}: {one_line(words)}")
    if len(wrong) > _SHOWN:
        complain(f"and {len(wrong) - _SHOWN:,} more")
    if any(row.state is RowState.LOST for row in rows):
        complain("note: whether lost rows were answered cannot be known; --retry-lost asks them again")
    return _code(rows)


def _code(rows: Sequence[Row]) -> int:
    """REFUSED before NETWORK before a check that failed."""
    found = troubles(rows)
    if Trouble.REFUSED in found:
        return Exit.REFUSED
    if found & {Trouble.NETWORK, Trouble.LOST}:
        return Exit.NETWORK
    return Exit.FAILED if any(row.result is None or not row.result.passed for row in rows) else Exit.DONE
