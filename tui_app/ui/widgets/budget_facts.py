"""Everything about the chosen budget beside its strip and its queue."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from tui_app.core.budgets import Budget
from tui_app.core.quota import WINDOW_S
from tui_app.core.quota_words import alone_words
from tui_app.core.starts import recent
from tui_app.ui.widgets.budget_lines import closure_words_of, label_width, member_lines, pacing_words
from tui_app.ui.widgets.columns import hung
from tui_app.ui.widgets.endpoint_rows import Moment


def facts(budget: Budget, moment: Moment, width: int, *, others: bool, settings_key: str) -> Content:
    """A line each: the closure, endpoints with their limits, the service's own limits, warnings, the pacing.

    `others` tells whether other models use the same key; `settings_key` opens the settings.
    """
    return Content("\n").join(_lines(budget, moment, width, others, settings_key))


def _lines(budget: Budget, moment: Moment, width: int, others: bool, settings_key: str) -> Iterator[Content]:
    label = label_width(budget)
    for name, words in _warnings(budget, moment, others):
        yield _labelled(name, words, label, width, "$text-warning")
    yield from member_lines(budget, moment, width)
    pacing = pacing_words(budget.quota) + (f" ({settings_key} changes it)" if settings_key else "")
    yield _labelled("Pacing", pacing, label, width)


def _warnings(budget: Budget, moment: Moment, others: bool) -> Iterator[tuple[str, str]]:
    if words := closure_words_of(budget, moment, others=others):
        yield "✗ Closed", words
    if words := alone_words(budget.quota):
        yield "! Ledger", words


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
