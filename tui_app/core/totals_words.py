"""Totals in words: what stands in a table's cells, at a chart's side, and in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final

from tui_app.core.answer_words import money, seconds
from tui_app.core.counts import counted
from tui_app.core.days import Unit
from tui_app.core.error_kinds import ERROR_WORDS, ErrorKind
from tui_app.core.sums import Cost, Spread, Sum
from tui_app.core.text import one_line
from tui_app.core.totals import By, Group, Report

NOTHING: Final = "-"
_STEPS: Final = ((1_000_000_000, 1_000_000_000, "B"), (1_000_000, 1_000_000, "M"), (10_000, 1_000, "k"))
"""From which count on it is told in which unit."""


class Measure(StrEnum):
    """What a chart shows."""

    REQUESTS = "requests"
    TOKENS = "tokens"
    COST = "cost"
    FIRST_TOKEN = "first token"
    SPEED = "tokens/s"
    ERRORS = "errors"


ABOUT: Final[Mapping[Measure, str]] = {
    Measure.REQUESTS: "requests",
    Measure.TOKENS: "tokens, in and out",
    Measure.COST: "cost in US dollars",
    Measure.FIRST_TOKEN: "seconds to the first token, p50",
    Measure.SPEED: "output tokens a second, p50",
    Measure.ERRORS: "requests that failed",
}
"""Each as the heading of a chart."""

HEADS: Final = ("requests", "failed", "in", "out", "cost", "first p50", "p95", "tok/s p50", "p95")
"""What the cells of a sum are, in order."""


def measured(total: Sum, measure: Measure) -> float:
    """The value that a chart shows; what the sandbox would cost counts as cost where nothing is paid."""
    match measure:
        case Measure.REQUESTS:
            return float(total.requests)
        case Measure.TOKENS:
            return float(total.tokens)
        case Measure.COST:
            return total.cost.dollars if total.cost.paid else total.cost.free
        case Measure.FIRST_TOKEN:
            return total.first_token.p50 if total.first_token else 0.0
        case Measure.SPEED:
            return total.speed.p50 if total.speed else 0.0
        case Measure.ERRORS:
            return float(total.failed)


def in_order(report: Report, measure: Measure) -> tuple[Group, ...]:
    """Days from the latest on, all others from the one with most of the measure on."""
    if report.by is By.DAY:
        return report.groups
    return tuple(sorted(report.groups, key=lambda group: measured(group.sum, measure), reverse=True))


def value_words(value: float, measure: Measure) -> str:
    """Such a value as the side of a chart takes it."""
    if measure is Measure.COST:
        return money(value)
    if measure is Measure.FIRST_TOKEN:
        return seconds(value)
    return short(round(value))


def short(count: int) -> str:
    """A count in few characters: `9,999`, `12.3k`, `4.56M`."""
    for least, unit, sign in _STEPS:
        if count >= least:
            return f"{count / unit:.{2 if count < 10 * unit else 1}f}{sign}"
    return f"{count:,}"


def cost_words(cost: Cost) -> str:
    """What was paid, and what the sandbox would have cost; `not known` where no price is."""
    if not cost.paid:
        return f"would cost {money(cost.free)}" if cost.free else NOTHING
    if cost.unpriced and not cost.dollars:
        return "not known"
    return f"{'at least ' if cost.at_least else ''}{money(cost.dollars)}"


def cells(total: Sum) -> tuple[str, ...]:
    """A sum as the cells of a table, under HEADS; `≥` stands for at least."""
    cost = cost_words(total.cost).replace("at least ", "≥").replace("would cost ", "~")
    return (
        f"{total.requests:,}",
        f"{total.failed:,}" if total.failed else NOTHING,
        short(total.usage.total_input),
        short(total.usage.output_tokens),
        cost,
        *_two(total.first_token, seconds),
        *_two(total.speed, lambda speed: f"{speed:,.0f}"),
    )


def _two(spread: Spread | None, words: Callable[[float], str]) -> tuple[str, str]:
    return (words(spread.p50), words(spread.p95)) if spread else (NOTHING, NOTHING)


def group_words(group: Group, by: By) -> str:
    """What a group is called."""
    if by is not By.CHAT:
        return one_line(group.key, limit=80)
    if not group.key:
        return "no chat"
    if group.title is None:
        return f"{group.key}, deleted"
    return f"{group.key} {one_line(group.title or 'without a title', limit=80)}"


def brief_words(total: Sum) -> str:
    """A sum in a few words: `3 requests · 4,120 tokens · $0.0123`; nothing where there is none."""
    if not total.requests:
        return ""
    pieces = [counted(total.requests, "request"), f"{short(total.tokens)} tokens"]
    if (cost := cost_words(total.cost)) != NOTHING:
        pieces.append(cost)
    return " · ".join(pieces)


def sum_lines(total: Sum) -> Iterator[str]:
    """A sum in sentences, the weightiest first."""
    ended = [f"{total.failed:,} failed"] if total.failed else []
    ended += [f"{total.stopped:,} stopped"] if total.stopped else []
    ended += [f"{total.attempts:,} attempts"] if total.attempts != total.requests else []
    yield counted(total.requests, "request") + _aside(ended)
    usage = total.usage
    cached = f" ({short(usage.cache_read_input_tokens)} cached)" if usage.cache_read_input_tokens else ""
    yield f"{short(usage.total_input)} tokens in{cached}, {short(usage.output_tokens)} out"
    yield from cost_lines(total.cost)
    if total.first_token:
        yield f"first token p50 {seconds(total.first_token.p50)}, p95 {seconds(total.first_token.p95)}"
    if total.speed:
        yield f"tokens/s p50 {total.speed.p50:,.0f}, p95 {total.speed.p95:,.0f}"


def cost_lines(cost: Cost) -> Iterator[str]:
    """What it cost, and why that is not exact."""
    if cost.paid:
        whys = []
        if cost.unpriced:
            whys.append(f"{cost.unpriced:,} without a known price")
        if cost.cut:
            whys.append(f"{cost.cut:,} cut")
        yield f"cost {cost_words(cost)}{_aside(whys)}"
    if cost.free:
        yield f"the sandbox would cost {money(cost.free)}"


def _aside(words: Sequence[str]) -> str:
    return f" ({', '.join(words)})" if words else ""


def error_lines(total: Sum) -> Iterator[tuple[ErrorKind, int, int]]:
    """Each kind of error with how many requests failed of it, and how many attempts were tried again."""
    kinds = {*total.errors, *total.retried}
    rows = [(kind, total.errors.get(kind, 0), total.retried.get(kind, 0)) for kind in kinds]
    yield from sorted(rows, key=lambda row: (-row[1], -row[2], row[0]))


def errors_words(total: Sum) -> str:
    """All kinds of errors in one line: `rate limited 5 (+3 tried again), overloaded 2`."""
    pieces = []
    for kind, failed, again in error_lines(total):
        more = (
            f" (+{again:,} tried again)" if again and failed else f" {again:,} tried again" if again else ""
        )
        pieces.append(f"{ERROR_WORDS[kind]}{f' {failed:,}' if failed else ''}{more}")
    return ", ".join(pieces)


def unit_words(unit: Unit) -> str:
    """How a chart's columns are named: `an hour`, `a day`."""
    return f"{'an' if unit is Unit.HOUR else 'a'} {unit.value}"
