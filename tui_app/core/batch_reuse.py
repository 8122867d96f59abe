"""What earlier runs have asked of a plan: rows that ask the same keep their answers, judged anew."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from typing import TYPE_CHECKING, Final

from tui_app.core.batch_items import ENDED, Batch, Item, Row, RowState, judged
from tui_app.core.batch_storage import BatchStore
from tui_app.core.requests import Request

if TYPE_CHECKING:
    from tui_app.core.batch_plans import Plan

LOOKED_BACK: Final = 5
"""In how many earlier batches of a file its rows are looked for."""
STILL_AT_WORK: Final = "an earlier run of this file is still at work: what it has not asked yet, both ask"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is left to ask of a plan: `rows` has one for each item, those that have ended are not asked.

    `batch` is what goes on; without it a new one is made, with `anew` even where there is one of the same.
    `rivalled` tells that an earlier run of a file that was changed is still at work.
    """

    plan: Plan
    rows: Sequence[Row]
    batch: Batch | None = None
    anew: bool = False
    rivalled: bool = False

    @property
    def left(self) -> tuple[Item, ...]:
        """What is asked yet."""
        return tuple(row.item for row in self.rows if row.state not in ENDED)

    @property
    def kept(self) -> dict[int, Row]:
        """What is not asked any more, by position."""
        return {row.item.position: row for row in self.rows if row.state in ENDED}


def anew(plan: Plan) -> Outlook:
    """All of a plan, whatever was asked before."""
    return Outlook(plan, [Row(item) for item in plan.items], anew=True)


async def outlook(store: BatchStore, plan: Plan, again: Collection[RowState] = ()) -> Outlook:
    """What the batch of the same plan has left, or earlier ones of the same file and endpoint.

    Rows that ended in one of the states `again` are asked once more. Raises StoreFailed.
    """
    batch, kin = await store.latest(plan.identity), []
    if batch is not None:
        rows = [row if batch.busy else row.given_up for row in await store.rows(batch.id)]
    else:
        kin = list(await store.kin(plan.head.kin)) if plan.head.kin else []
        found = await _asked_before(store, plan, kin[:LOOKED_BACK])
        rows = [found.get(item.position, Row(item)) for item in plan.items]
    rows = [Row(row.item, mark=row.mark) if row.state in again else row for row in rows]
    return Outlook(plan, rows, batch, rivalled=any(each.busy for each in kin))


async def _asked_before(store: BatchStore, plan: Plan, kin: Sequence[Batch]) -> dict[int, Row]:
    """The rows of a plan, by position, that one of these batches has asked."""
    found: dict[int, Row] = {}
    for batch in kin:
        left = [item for item in plan.items if item.position not in found]
        if not left:
            break
        rows = await store.rows(batch.id)
        found |= await asyncio.to_thread(reused, left, rows, killed=not batch.busy)
    return found


def reused(items: Iterable[Item], earlier: Iterable[Row], *, killed: bool = False) -> dict[int, Row]:
    """The rows of these items, by position, whose very request an earlier row has asked.

    An earlier row answers for one item at most. With `killed` nobody waits for those that were sent: they
    are lost. Verdicts are those of then; `judged_anew` has those of the items.
    """
    asked: dict[str, deque[Row]] = defaultdict(deque)
    for row in earlier:
        ended = row.given_up if killed else row
        if ended.state in ENDED:
            asked[_key(row.item.request)].append(ended)
    found: dict[int, Row] = {}
    for item in items:
        if rows := asked.get(_key(item.request)):
            found[item.position] = replace(rows.popleft(), item=item)
    return found


def judged_anew(row: Row) -> Row:
    """The row with what its checks say of its answer now, so that changing a check asks nothing anew."""
    if row.result is None or row.state is not RowState.ANSWERED:
        return row
    return replace(row, result=judged(row.item, row.result))


def _key(request: Request) -> str:
    return json.dumps([request.messages, astuple(request.settings)], sort_keys=True)
