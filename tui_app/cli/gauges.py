"""Quotas as text for people and as JSON for scripts."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

from tui_app.cli.exits import complain, one_line
from tui_app.cli.key_entry import with_known_key
from tui_app.cli.streams import write_json, write_line
from tui_app.core.endpoints import Entry, with_shares
from tui_app.core.errors import LedgerBusy
from tui_app.core.quota import Quota
from tui_app.core.quota_words import (
    alone_words,
    closure_words,
    headline,
    outlook,
    queue_words,
    shared_words,
)
from tui_app.core.storage import BrokenEndpoint

if TYPE_CHECKING:
    from tui_app.wiring import Workbench

_TRIES, _PAUSE_S = 100, 0.01
_PLACES: Final = 3


async def print_quotas(bench: Workbench, inference_id: str | None, *, as_json: bool) -> None:
    """Print the quota of one endpoint or of all. Raises as `Endpoints.get`; LedgerFailed."""
    entries = await _entries(bench)
    if inference_id is not None:
        named = [entry for entry in entries if entry.endpoint.inference_id == inference_id]
        entries = named or [await bench.inference.endpoints.entry(inference_id)]
    quotas = [(entry, await _quota(bench, entry)) for entry in entries]
    now = bench.inference.queue.clock.now()
    if as_json:
        values = [quota_value(entry, quota, now) for entry, quota in quotas]
        write_json(values if inference_id is None else values[0])
        return
    for entry, quota in quotas:
        write_line(f"{entry.endpoint.inference_id}: {_words(entry, quota, now)}")
    if not quotas:
        complain("there are no endpoints yet. `inferterm ask sandbox PROMPT` works without one")


async def _entries(bench: Workbench) -> list[Entry]:
    """All whole endpoints, with the keys on which their budgets hang; broken ones are told."""
    rows = await bench.inference.endpoints.entries()
    for row in rows:
        if isinstance(row, BrokenEndpoint):
            complain(f"{row.inference_id} is broken: {row.path}: {one_line(row.reason)}")
    known = [await with_known_key(bench, row) for row in rows if isinstance(row, Entry)]
    return [row for row in with_shares(known) if isinstance(row, Entry)]


async def _quota(bench: Workbench, entry: Entry) -> Quota:
    """Read the ledger; another process may be writing just now."""
    for _ in range(_TRIES):
        try:
            return bench.inference.queue.quota(entry.group, entry.endpoint.limit)
        except LedgerBusy:
            await asyncio.sleep(_PAUSE_S)
    return bench.inference.queue.quota(entry.group, entry.endpoint.limit)


def quota_value(entry: Entry, quota: Quota, now: float) -> dict[str, object]:
    """A quota for scripts: counts, and seconds from now."""
    closed = None
    if quota.closure is not None and quota.is_closed(now):
        closed = {"seconds": round(quota.closure.until - now, _PLACES), "reason": quota.closure.reason}
    return {
        "inference_id": entry.endpoint.inference_id,
        "limit": quota.limit,
        "used": quota.used(now),
        "left": quota.left(now),
        "next_slot_in_s": round(quota.next_slot_in(now), _PLACES),
        "full_in_s": round(quota.full_in(now), _PLACES),
        "waiting": len(quota.waiting) + quota.others_waiting,
        "pacing": str(quota.pacing),
        "closed": closed,
        "alone": quota.alone,
        "shares": list(entry.shares),
    }


def _words(entry: Entry, quota: Quota, now: float) -> str:
    said = (
        headline(quota, now),
        alone_words(quota),
        *outlook(quota, now),
        queue_words(quota),
        closure_words(quota, now, time.time()),
        shared_words(entry.shares),
    )
    return "; ".join(filter(None, said))
