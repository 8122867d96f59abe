"""Rows of a changed file whose requests were asked before: they keep their answers, judged anew."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import astuple, replace

from tui_app.core.batch_items import ENDED, LOST, Item, Row, RowState, judged
from tui_app.core.requests import Request


def reused(items: Iterable[Item], earlier: Iterable[Row], *, killed: bool = False) -> dict[int, Row]:
    """The rows of these items, by position, whose very request an earlier row has asked.

    An earlier row answers for one item at most. With `killed` nobody waits for those that were sent: they
    are lost. Verdicts are those of then; `judged_anew` has those of the items.
    """
    asked: dict[str, deque[Row]] = defaultdict(deque)
    for row in earlier:
        if killed and row.state is RowState.SENT:
            asked[_key(row.item.request)].append(replace(row, state=RowState.LOST, result=LOST))
        elif row.state in ENDED:
            asked[_key(row.item.request)].append(row)
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


def without(rows: Mapping[int, Row], states: Iterable[RowState]) -> dict[int, Row]:
    """The rows but for those that ended so."""
    gone = frozenset(states)
    return {position: row for position, row in rows.items() if row.state not in gone}


def _key(request: Request) -> str:
    return json.dumps([request.messages, astuple(request.settings)], sort_keys=True)
