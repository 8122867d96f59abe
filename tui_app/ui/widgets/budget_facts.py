"""Everything about the chosen budget beside its strip and its queue."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from textual.content import Content

from tui_app.core.budgets import Budget
from tui_app.core.quota import WINDOW_S
from tui_app.core.quota_words import alone_words
from tui_app.core.starts import recent
from tui_app.core.told_words import excess_words, stranger_words, telling, told_age, told_line
from tui_app.ui.widgets.budget_lines import (
    LEAST_LABEL,
    closure_words_of,
    label_width,
    member_lines,
    name_of,
    pacing_words,
)
from tui_app.ui.widgets.columns import cell, hung
from tui_app.ui.widgets.endpoint_rows import Moment
from tui_app.ui.widgets.gauge import bar

_BAR: Final = 8
"""Cells of the bars of the service's limits."""
_STEPS: Final = 1000
"""How finely what is left is rounded for a bar."""


def facts(budget: Budget, moment: Moment, width: int, *, terse: bool) -> Content:
    """A line each: endpoints with their limits, the service's own limits, the pacing.

    `terse` saves lines where there are few.
    """
    label = label_width(budget, terse=terse)
    lines = list(member_lines(budget, moment, label, width))
    if terse or not budget.activity.told:
        lines.append(_labelled("Service", _service_words(budget, moment), label, width))
    else:
        lines += service_lines(budget, moment, label, width)
    if not terse:
        lines.append(_labelled("Pacing", pacing_words(budget.quota), label, width))
    return Content("\n").join(lines)


def alerts(budget: Budget, moment: Moment, width: int, *, others: bool) -> Content:
    """What needs to be known first: the closure, the ledger, a limit that is too high, somebody else.

    Empty where all is well. `others` tells whether other models use the same key.
    """
    found = (
        _labelled(name, words, LEAST_LABEL, width, "$text-warning")
        for name, words in _warnings(budget, moment, others)
    )
    return Content("\n").join(found)


def _warnings(budget: Budget, moment: Moment, others: bool) -> Iterator[tuple[str, str]]:
    if words := closure_words_of(budget, moment, others=others):
        yield "✗ Service", words
    if words := alone_words(budget.quota):
        yield "! Ledger", words
    for member in budget.members:
        if words := excess_words(member.quota.limit, budget.activity):
            yield "! Limit", f"{name_of(member)}: {words}"
    if words := stranger_words(budget.activity.stranger, moment.now, moment.wall):
        yield "! Key", words


def _service_words(budget: Budget, moment: Moment) -> str:
    """The service's own limits in one sentence."""
    told = telling(budget.activity.told)
    if not told:
        return "has told no limits of its own yet"
    lines = (told_line(each, moment.now) for each in told)
    left = ", ".join(f"{line.name} {line.words}" for line in lines)
    return f"{left} left · {told_age(told, moment.now, moment.wall)}"


def service_lines(budget: Budget, moment: Moment, label: int, width: int) -> Iterator[Content]:
    """The service's own limits as it told them last, and when that was; ours stand in the lines above."""
    told = telling(budget.activity.told)
    age = Content.styled(f"left of its own limits, {told_age(told, moment.now, moment.wall)}", "$text-muted")
    yield Content.assemble(("Service".ljust(label), "$text-muted"), age)
    for each in told:
        line = told_line(each, moment.now)
        words = Content.assemble(line.words, (f", {line.outlook}" if line.outlook else "", "$text-muted"))
        shown = "" if line.left is None else bar(round(_STEPS * line.left), _STEPS, _BAR)
        name = cell(Content.styled(f"  {line.name}", "$text-muted"), label)
        yield Content.assemble(name, shown, " " if shown else "", words).truncate(width, ellipsis=True)


@lru_cache(maxsize=64)
def _labelled(name: str, words: str, label: int, width: int, style: str = "") -> Content:
    """A name and what follows it, wrapped under itself."""
    line = Content.assemble((name.ljust(label), style or "$text-muted"), (words, style))
    return hung(line, label, width - label)


def moves(budget: Budget, now: float) -> bool:
    """Tell whether a budget looks different a moment later although nothing happens."""
    quota = budget.quota
    waits = bool(quota.waiting) and not quota.paused
    counts = quota.full_in(now) > 0 or quota.is_closed(now)
    told = any(now - each.told_at < WINDOW_S or (each.full_at or 0) > now for each in budget.activity.told)
    return waits or counts or told or bool(recent(budget.activity.starts, now))
