"""A budget in lines: one for the list of all, and several for the one that is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from textual.content import Content

from tui_app.core.budgets import Budget, Member
from tui_app.core.counts import counted
from tui_app.core.quota import Pacing, Quota
from tui_app.core.quota_words import closure_words, step_words
from tui_app.core.starts import by_member, recent
from tui_app.core.text import one_line
from tui_app.ui.widgets.columns import GAP, cell
from tui_app.ui.widgets.endpoint_rows import Moment
from tui_app.ui.widgets.gauge import gauge_content

LEAST_LABEL, LIMITS_LABEL, MOST_LABEL = 11, 16, 24
"""Cells of the names on the left of the lines."""
_LEAST_MEMBERS: Final = 8
_STARTED: Final = 13
_ROOMY: Final = 52
"""Cells from which there is room to say how many started."""


@dataclass(frozen=True, slots=True)
class BudgetColumns:
    """How wide each column of the list of budgets is; `members` is 0 where there is no room for them."""

    model: int
    gauge: int
    members: int

    @classmethod
    def of(cls, width: int) -> BudgetColumns:
        """Share a line out."""
        model, gauge = (20, 32) if width < 90 else (26, 46)
        if width < 70:
            model = 18
        members = width - 2 - model - gauge - 2 * len(GAP)
        return cls(model, gauge, members if members >= _LEAST_MEMBERS else 0)


def budget_line(budget: Budget, moment: Moment, columns: BudgetColumns, *, marked: bool) -> Content:
    """A budget on one line: model, gauge of the highest limit, who draws on it."""
    mark = Content.styled("▸ " if marked else "  ", "bold $accent")
    name = cell(Content.styled(one_line(budget.group.model), "bold"), columns.model)
    gauge = cell(gauge_content(budget.quota, moment.now, columns.gauge), columns.gauge)
    members = cell(Content.styled(members_words(budget), "$text-muted"), columns.members)
    line = Content.assemble(mark, name, GAP, gauge)
    return Content.assemble(line, GAP, members) if columns.members else line


def members_words(budget: Budget) -> str:
    """Who draws on a budget."""
    return ", ".join(map(name_of, budget.members))


def name_of(member: Member) -> str:
    """The name of an endpoint, or that there is none to tell."""
    return one_line(member.inference_id) or "(unknown)"


def heading(budget: Budget, moment: Moment, width: int) -> Content:
    """The name of the chosen budget, where it goes, and how much started."""
    count = len(recent(budget.activity.starts, moment.now))
    started = f"{counted(count, 'start')} in the last 60 s"
    left = Content.assemble((one_line(budget.group.model), "bold"), "   ", (where(budget), "$text-muted"))
    left = left.truncate(max(0, width - len(started) - 2), ellipsis=True)
    gap = max(2, width - left.cell_length - len(started))
    return Content.assemble(left, " " * gap, (started, "bold" if count else "$text-muted"))


def where(budget: Budget) -> str:
    """The service and the key in words."""
    return one_line(budget.where or budget.group.base_url, limit=120)


def label_width(budget: Budget, *, terse: bool = False) -> int:
    """Cells of the names on the left: of the endpoints, and of the service's limits unless terse."""
    longest = max((len(member.inference_id) for member in budget.members), default=0)
    least = LEAST_LABEL if terse else LIMITS_LABEL
    return max(least, min(MOST_LABEL, longest + len(GAP)))


def member_lines(budget: Budget, moment: Moment, label: int, width: int) -> Iterator[Content]:
    """Each endpoint with what its own limit leaves, and how many of the last starts were for it."""
    started = by_member(recent(budget.activity.starts, moment.now))
    for member in budget.members:
        name = cell(Content(name_of(member)), label - len(GAP))
        count = f"{GAP}{started[member.inference_id]:,} started".rjust(_STARTED) if width >= _ROOMY else ""
        gauge = _gauge(member, moment, width - label - len(count))
        yield Content.assemble(name, GAP, gauge, (count, "$text-muted"))
        if not member.known:
            words = f"{' ' * label}not an endpoint here: deleted, or of another configuration folder"
            yield Content.styled(words, "$text-muted").truncate(width, ellipsis=True)


def _gauge(member: Member, moment: Moment, width: int) -> Content:
    alone = replace(member.quota, waiting=(), others_waiting=0)
    return cell(gauge_content(alone, moment.now, width), width)


def closure_words_of(budget: Budget, moment: Moment, *, others: bool) -> str:
    """Until when and why the service closed the budget, and that others on the key go on."""
    words = closure_words(budget.quota, moment.now, moment.wall)
    return f"{words}\nOther models on this key go on." if words and others else words


def pacing_words(quota: Quota) -> str:
    """How starts are spread, in a sentence."""
    if quota.pacing is Pacing.EVEN:
        return step_words(quota)
    return f"as they come, up to {quota.limit} at once"
