"""A batch from the command line: what it will do, doing it, and what came of it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui_app.cli.batch_kept import ahead_of
from tui_app.cli.batch_print import print_rows
from tui_app.cli.batch_progress import watched
from tui_app.cli.batch_wish import Wish, planned
from tui_app.cli.exits import Exit, complain
from tui_app.cli.stopping import stop_signals
from tui_app.cli.streams import OutputFailed, closed
from tui_app.cli.vault import open_vault_for
from tui_app.core.batch_estimates import estimate, estimate_words
from tui_app.core.batch_items import Batch, Item
from tui_app.core.batch_plans import refused_leads, refused_settings
from tui_app.core.durations import span
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InfertermError, WaitTooLong
from tui_app.core.forecast import Forecast, clock_time, forecast
from tui_app.core.ledger_waits import once_free

if TYPE_CHECKING:
    from tui_app.core.batch_runs import Run
    from tui_app.wiring import Workbench

_GOES_ON = "The same command goes on."


async def run_batch(bench: Workbench, wish: Wish) -> int:
    """Ask what is to be asked and print all rows once they have ended; tells the exit code.

    Raises what stops all; OutputFailed, UsageError.
    """
    if closed(sys.stdout):
        raise OutputFailed("it is closed, so nothing was asked")
    plan, endpoint = await planned(bench, wish)
    ahead = await ahead_of(bench, plan, wish)
    if left := ahead.left:
        await open_vault_for(bench, endpoint)
        await _announce(bench, endpoint, left, wish.timeout)
    if wish.dry_run:
        return Exit.DONE
    batch = ahead.batch or await bench.batches.create(ahead)
    if left and (ended := await _work(bench, batch, wish)) is not Exit.DONE:
        return ended
    return await print_rows(bench, batch, wish.kind or plan.head.format)


async def _announce(
    bench: Workbench, endpoint: Endpoint, left: Sequence[Item], timeout: float | None
) -> None:
    """Say how many requests there will be, what they cost, and when they will be done.

    Raises KeyMissing, KeyStoreFailed, LedgerFailed; WaitTooLong where that is later than `timeout`.
    """
    told = estimate_words(estimate(left, endpoint), free=endpoint.local.sandbox)
    complain(f"{endpoint.inference_id} ({endpoint.model}): {told}")
    if refused := refused_settings(left, endpoint.model):
        complain(f"note: {endpoint.model} refuses {', '.join(refused)}; rows that set it will fail")
    if led := refused_leads(left, endpoint.model):
        complain(f"note: {endpoint.model} refuses {led:,} rows that end with the assistant's turn")
    line = await bench.inference.line(endpoint)
    ahead = await once_free(lambda: forecast(line.quota(), len(left), line.now()))
    complain(f"at {endpoint.limit:,} a minute {_when(ahead)}")
    if timeout is not None and ahead.last_in_s > timeout:
        raise WaitTooLong(
            f"the last request would start in {span(ahead.last_in_s)}, later than the {timeout:g} s allowed",
            ahead.last_in_s,
            "Nothing was asked. Wait longer, or raise the endpoint's rate limit.",
        )


def _when(ahead: Forecast) -> str:
    """When it will be finished, in local time: when the last of them has started and was answered."""
    if ahead.last_in_s <= 0:
        return "all may start now: finished as soon as they are answered"
    at = clock_time(time.time(), ahead.last_in_s)
    behind = f", after {ahead.waiting:,} who wait" if ahead.waiting else ""
    return f"finished soon after {at}, when the last starts, in {span(ahead.last_in_s)}{behind}"


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
