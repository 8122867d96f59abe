"""Totals for other programs: as one JSON value, or as rows of CSV."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, TypeAlias

from tui_app.core.jsons import JsonObject, JsonValue, document_text
from tui_app.core.sums import Cost, Spread, Sum
from tui_app.core.tables import write_csv
from tui_app.core.totals import By, Group, Report

Form: TypeAlias = Literal["csv", "json"]
_PLACES: Final = 6
_NUMBERS: Final = (
    "requests",
    "attempts",
    "stopped",
    "failed",
    "input_tokens",
    "output_tokens",
    "cache_creation_input_tokens",
    "cache_read_input_tokens",
    "cost_usd",
    "cost_at_least",
    "sandbox_cost_usd",
    "first_token_p50_s",
    "first_token_p95_s",
    "tokens_per_second_p50",
    "tokens_per_second_p95",
    "errors",
)


def written(report: Report, form: Form) -> str:
    """A report as the text of a file."""
    if form == "json":
        return document_text(value(report))
    titled = ("title",) if report.by is By.CHAT else ()
    heads = (str(report.by), *titled, *_NUMBERS)
    return "".join(write_csv(heads, (_row(group, report.by) for group in report.groups)))


def value(report: Report) -> JsonObject:
    """A report for scripts. `since` is where the calendar begins, in local time with its offset."""
    calendar = report.calendar
    since = datetime.fromtimestamp(calendar.starts[0], calendar.zone).astimezone(calendar.zone)
    return {
        "by": str(report.by),
        "since": since.isoformat(timespec="seconds"),
        "total": sum_value(report.total),
        "groups": [_group_value(group, report.by) for group in report.groups],
        "course": [
            {str(calendar.unit): calendar.name(place), **sum_value(each)}
            for place, each in enumerate(report.course)
            if each.requests
        ],
    }


def sum_value(total: Sum) -> JsonObject:
    """A sum for scripts: counts, tokens, US dollars (null where no price is known), seconds."""
    usage = total.usage
    return {
        "requests": total.requests,
        "attempts": total.attempts,
        "stopped": total.stopped,
        "failed": total.failed,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cache_creation_input_tokens": usage.cache_creation_input_tokens,
        "cache_read_input_tokens": usage.cache_read_input_tokens,
        "cost_usd": _dollars(total.cost),
        "cost_at_least": total.cost.at_least,
        "sandbox_cost_usd": round(total.cost.free, _PLACES),
        "first_token_s": _spread(total.first_token),
        "tokens_per_second": _spread(total.speed),
        "errors": {str(kind): count for kind, count in total.errors.items()},
        "retried": {str(kind): count for kind, count in total.retried.items()},
    }


def _group_value(group: Group, by: By) -> JsonObject:
    key: JsonValue = (int(group.key) if group.key else None) if by is By.CHAT else group.key
    titled: JsonObject = {"title": group.title} if by is By.CHAT and group.key else {}
    return {str(by): key, **titled, **sum_value(group.sum)}


def _row(group: Group, by: By) -> JsonObject:
    flat: dict[str, JsonValue] = {
        **_group_value(group, by),
        **_flat("first_token", "_s", group.sum.first_token),
        **_flat("tokens_per_second", "", group.sum.speed),
    }
    return {**flat, "errors": " ".join(f"{kind}={count}" for kind, count in group.sum.errors.items())}


def _flat(name: str, unit: str, spread: Spread | None) -> JsonObject:
    if spread is None:
        return {}
    return {
        f"{name}_p50{unit}": round(spread.p50, _PLACES),
        f"{name}_p95{unit}": round(spread.p95, _PLACES),
    }


def _dollars(cost: Cost) -> float | None:
    return None if cost.unpriced and not cost.dollars else round(cost.dollars, _PLACES)


def _spread(spread: Spread | None) -> JsonValue:
    if spread is None:
        return None
    return {"p50": round(spread.p50, _PLACES), "p95": round(spread.p95, _PLACES), "count": spread.count}
