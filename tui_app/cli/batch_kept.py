"""What is kept of a batch from before: what the same command goes on with."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui_app.cli.batch_wish import Wish
from tui_app.cli.exits import complain
from tui_app.core.batch_items import Batch, Row, RowState
from tui_app.core.batch_plans import Plan
from tui_app.core.batch_reuse import without
from tui_app.core.durations import ago

if TYPE_CHECKING:
    from tui_app.wiring import Workbench

_LOST = "were on their way when a process was killed, and whether they were answered cannot be known"


async def kept_batch(bench: Workbench, plan: Plan, wish: Wish) -> Batch | None:
    """The batch to go on with, if there is one; says how it stands. Raises BatchBusy, StoreFailed."""
    batch = None if wish.again else await bench.batches.find(plan)
    if batch is None:
        return None
    if not wish.dry_run:
        await bench.batches.ask_again(batch.id, _to_retry(wish))
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


async def kept_rows(bench: Workbench, plan: Plan, wish: Wish) -> dict[int, Row]:
    """The rows of a new batch that need not be asked, by position; says how many. Raises StoreFailed."""
    if wish.again:
        return {}
    kept = without(await bench.batches.asked_before(plan), _to_retry(wish))
    if kept:
        total = len(plan.items)
        complain(
            f"the file or the command changed: {len(kept):,} of {total:,} rows ask what an earlier run of "
            "this file asked, and keep their answers; --again asks all anew"
        )
    return kept


def _to_retry(wish: Wish) -> list[RowState]:
    return [RowState.FAILED] * wish.retry_failed + [RowState.LOST] * wish.retry_lost
