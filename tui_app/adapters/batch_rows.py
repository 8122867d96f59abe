"""Batches as rows of the database, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tui_app.adapters.packed_values import known_fields, packed
from tui_app.core.batch_items import Batch, Head, Item, Result, Row, RowState, Trouble
from tui_app.core.checks import Check, Kind, Verdict
from tui_app.core.conversation import Settings, Timing, Usage
from tui_app.core.requests import Request

if TYPE_CHECKING:
    import sqlite3


def item_text(item: Item) -> str:
    """An item as a row keeps it, but for its position."""
    return packed(
        {
            "line": item.line,
            "row": item.row,
            "messages": item.request.messages,
            "settings": item.request.settings,
            "checks": [_check_value(check) for check in item.checks],
            "threshold": item.threshold,
            "variation": item.variation,
        }
    )


def row_text(row: Row) -> tuple[int, str, str, str | None, int | None]:
    """A row as it is kept: position, item, state, result, mark."""
    result = None if row.result is None else packed(row.result)
    return row.item.position, item_text(row.item), row.state.value, result, row.mark


def item_of(position: int, text: str) -> Item:
    """The item that a row keeps. Raises ValueError, TypeError or KeyError when somebody else wrote there."""
    found = json.loads(text)
    settings = {**found["settings"], "without": tuple(found["settings"]["without"])}
    request = Request(tuple(found["messages"]), Settings(**settings))
    checks = tuple(Check(**{**check, "kind": Kind(check["kind"])}) for check in found["checks"])
    return Item(
        position, found["line"], found["row"], request, checks, found["threshold"], found["variation"]
    )


def row_of(row: sqlite3.Row) -> Row:
    """The row as it stands. Raises as `item_of`."""
    result = None if row["result"] is None else result_of(row["result"])
    return Row(item_of(row["position"], row["asked"]), RowState(row["state"]), result, row["mark"])


def result_of(text: str) -> Result:
    """The result that a row keeps. Raises as `item_of`."""
    found: dict[str, Any] = known_fields(Result, text)
    parts = {
        "usage": Usage(**found["usage"]),
        "timing": Timing(**found["timing"]),
        "verdicts": tuple(Verdict(**verdict) for verdict in found["verdicts"]),
        "trouble": Trouble(found["trouble"]),
    }
    return Result(**{**found, **parts})


def batch_of(row: sqlite3.Row, counts: Mapping[RowState, int], failing: int, *, busy: bool) -> Batch:
    """A batch. Raises as `item_of`."""
    head = Head(**known_fields(Head, row["head"]))
    return Batch(
        row["id"],
        row["identity"],
        head,
        row["created_at"],
        row["ended_at"],
        bool(row["stopped"]),
        busy,
        counts,
        failing,
    )


def _check_value(check: Check) -> dict[str, object]:
    names = ("value", "negated", "source", "name", "limit")
    return {"kind": check.kind.value, **{name: getattr(check, name) for name in names}}
