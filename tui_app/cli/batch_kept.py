"""What is kept of a batch from before: what the same command goes on with."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui_app.cli.batch_wish import Wish
from tui_app.cli.exits import complain
from tui_app.core.batch_items import RowState
from tui_app.core.batch_plans import Plan
from tui_app.core.batch_reuse import STILL_AT_WORK, Outlook, anew
from tui_app.core.durations import ago

if TYPE_CHECKING:
    from tui_app.wiring import Workbench

_LOST = "were on their way when a process was killed, and whether they were answered cannot be known"


async def ahead_of(bench: Workbench, plan: Plan, wish: Wish) -> Outlook:
    """What is left to ask; says what need not be. Raises BatchBusy, StoreFailed."""
    if wish.again:
        return anew(plan)
    retried = [RowState.FAILED] * wish.retry_failed + [RowState.LOST] * wish.retry_lost
    ahead = await bench.batches.outlook(plan, retried)
    if ahead.batch is not None and not wish.dry_run:
        await bench.batches.ask_again(ahead.batch.id, retried)
    _say(ahead)
    return ahead


def _say(ahead: Outlook) -> None:
    batch, total, kept = ahead.batch, len(ahead.rows), len(ahead.kept)
    states = [row.state for row in ahead.kept.values()]
    failed, lost = states.count(RowState.FAILED), states.count(RowState.LOST)
    if ahead.rivalled:
        complain(f"note: {STILL_AT_WORK}")
    if batch is None:
        if kept:
            complain(
                f"the file or the command changed: {kept:,} of {total:,} rows ask what an earlier run of "
                "this file asked, and keep their answers; --again asks all anew"
            )
    elif kept == total:
        when = ago(max(0.0, time.time() - (batch.ended_at or batch.created_at)))
        hints = ["--again asks all anew"]
        hints += ["--retry-failed asks what failed again"] if failed else []
        hints += ["--retry-lost asks what was lost again"] if lost else []
        complain(f"all {total:,} rows were asked already, {when}: nothing is asked; {'; '.join(hints)}")
    else:
        complain(f"going on where it was: {kept:,} of {total:,} rows have ended already")
        if lost:
            complain(f"note: {lost:,} of them {_LOST}; --retry-lost asks them again")
