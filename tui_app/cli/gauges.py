"""Quotas as text for people and as JSON for scripts."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui_app.cli.exits import complain, one_line
from tui_app.cli.key_entry import with_known_key
from tui_app.cli.streams import write_json, write_line
from tui_app.core.activity import Activity
from tui_app.core.endpoints import Entry, with_shares
from tui_app.core.forecast import Forecast, forecast, forecast_words
from tui_app.core.ledger_waits import once_free
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
from tui_app.core.told_words import excess_words, service_words, stranger_words

if TYPE_CHECKING:
    from tui_app.wiring import Workbench

_PLACES: Final = 3


async def print_quotas(
    bench: Workbench, inference_id: str | None, prompts: int | None = None, *, as_json: bool
) -> None:
    """Print the quota of one endpoint or of all, and when the last of `prompts` more would start.

    Raises as `Endpoints.get`; LedgerFailed.
    """
    entries = await _entries(bench)
    if inference_id is not None:
        named = [entry for entry in entries if entry.endpoint.inference_id == inference_id]
        entries = named or [await bench.inference.endpoints.entry(inference_id)]
    gauges = [await _gauge(bench, entry) for entry in entries]
    now = bench.inference.queue.clock.now()
    if as_json:
        values = [gauge.value(now, prompts) for gauge in gauges]
        write_json(values if inference_id is None else values[0])
        return
    for gauge in gauges:
        write_line(f"{gauge.entry.endpoint.inference_id}: {gauge.words(now, time.time(), prompts)}")
    if not gauges:
        complain("there are no endpoints yet. `inferterm ask sandbox PROMPT` works without one")


async def _entries(bench: Workbench) -> list[Entry]:
    """All whole endpoints, with the keys on which their budgets hang; broken ones are told."""
    rows = await bench.inference.endpoints.entries()
    for row in rows:
        if isinstance(row, BrokenEndpoint):
            complain(f"{row.inference_id} is broken: {row.path}: {one_line(row.reason)}")
    known = [await with_known_key(bench, row) for row in rows if isinstance(row, Entry)]
    return [row for row in with_shares(known) if isinstance(row, Entry)]


async def _gauge(bench: Workbench, entry: Entry) -> Gauge:
    queue, group = bench.inference.queue, entry.group
    return await once_free(
        lambda: Gauge(entry, queue.quota(group, entry.endpoint.limit), queue.activity(group))
    )


@dataclass(frozen=True, slots=True)
class Gauge:
    """An endpoint with what is left of its limit and what goes on beside."""

    entry: Entry
    quota: Quota
    activity: Activity

    def value(self, now: float, prompts: int | None = None) -> dict[str, object]:
        """It for scripts: counts, and seconds from now."""
        quota, closed = self.quota, None
        if quota.closure is not None and quota.is_closed(now):
            closed = {"seconds": round(quota.closure.until - now, _PLACES), "reason": quota.closure.reason}
        return {
            "inference_id": self.entry.endpoint.inference_id,
            "limit": quota.limit,
            "used": quota.used(now),
            "left": quota.left(now),
            "next_slot_in_s": round(quota.next_slot_in(now), _PLACES),
            "full_in_s": round(quota.full_in(now), _PLACES),
            "waiting": len(quota.waiting) + quota.others_waiting,
            "pacing": str(quota.pacing),
            "closed": closed,
            "alone": quota.alone,
            "shares": list(self.entry.shares),
            "service": service_value(self.activity, now),
            **({} if prompts is None else {"what_if": what_if_value(forecast(quota, prompts, now))}),
        }

    def words(self, now: float, wall: float, prompts: int | None = None) -> str:
        """It for people, in one line; `wall` is the wall clock's `now`."""
        quota = self.quota
        said = (
            headline(quota, now),
            alone_words(quota),
            *outlook(quota, now),
            queue_words(quota, now),
            closure_words(quota, now, wall),
            service_words(self.activity, now, wall),
            excess_words(quota.limit, self.activity),
            stranger_words(self.activity.stranger, now, wall),
            shared_words(self.entry.shares),
            forecast_words(forecast(quota, prompts, now), quota.limit, wall) if prompts else "",
        )
        return "; ".join(filter(None, said))


def service_value(activity: Activity, now: float) -> dict[str, object]:
    """What the service tells of its own limits, and who else uses the key, for scripts."""
    stranger = activity.stranger
    return {
        "limits": [
            {
                "name": told.name,
                "limit": told.limit,
                "remaining": told.remaining,
                "full_in_s": None if told.full_at is None else round(max(0.0, told.full_at - now), _PLACES),
                "told_s_ago": round(max(0.0, now - told.told_at), _PLACES),
            }
            for told in activity.told
        ],
        "others": None
        if stranger is None
        else {"requests": stranger.count, "noticed_s_ago": round(max(0.0, now - stranger.at), _PLACES)},
    }


def what_if_value(told: Forecast) -> dict[str, object]:
    """A forecast for scripts."""
    return {
        "prompts": told.count,
        "behind": told.waiting,
        "first_in_s": round(told.first_in_s, _PLACES),
        "last_in_s": round(told.last_in_s, _PLACES),
    }
