"""The list of budgets: one line each, with a cursor that chooses which is shown whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui_app.core.budgets import Budget
from tui_app.core.quota import Group
from tui_app.ui.widgets.budget_facts import moves
from tui_app.ui.widgets.budget_lines import BudgetColumns, budget_line
from tui_app.ui.widgets.endpoint_rows import Moment
from tui_app.ui.widgets.lines import MOVES


class BudgetTable(OptionList, inherit_bindings=False):
    """Shows `budgets` as they stand when `redraw` is called; the cursor stays on its group."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "down", "down", show=False), *MOVES]

    budgets: reactive[tuple[Budget, ...]] = reactive((), init=False, repaint=False)

    class Left(Message):
        """The cursor was moved down from the last line."""

    def __init__(self, moment: Callable[[], Moment], *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False, compact=True)
        self._moment = moment
        self._drawn: list[Content] = []
        self._still: list[object] = []
        self._marked: Group | None = None

    @property
    def selected(self) -> Budget | None:
        """The budget under the cursor."""
        at = self.highlighted
        return self.budgets[at] if at is not None and at < len(self.budgets) else None

    def watch_budgets(self, before: tuple[Budget, ...], budgets: tuple[Budget, ...]) -> None:
        groups = [budget.group for budget in budgets]
        if groups != [budget.group for budget in before]:
            keep, at = self._marked, self.highlighted or 0
            self._drawn, self._still = [Content("")] * len(budgets), [None] * len(budgets)
            self.set_options(Option("") for _ in budgets)
            if keep in groups:
                at = groups.index(keep)
            self.highlighted = min(at, len(budgets) - 1) if budgets else None
        self.redraw()

    def watch_highlighted(self, highlighted: int | None) -> None:
        super().watch_highlighted(highlighted)
        if self.selected is not None:
            self._marked = self.selected.group
            self.redraw()

    def choose(self, group: Group) -> None:
        """Put the cursor on a group, now or when it comes."""
        self._marked = group
        groups = [budget.group for budget in self.budgets]
        if group in groups:
            self.highlighted = groups.index(group)

    def on_resize(self) -> None:
        self.redraw()

    def redraw(self) -> None:
        """Draw each line anew that looks different now."""
        if not self.is_attached:
            return
        moment = self._moment()
        columns = BudgetColumns.of(self.scrollable_content_region.width or self.app.size.width - 3)
        for at, budget in enumerate(self.budgets):
            looks = (columns, at == self.highlighted, budget)
            if looks == self._still[at]:
                continue
            self._still[at] = None if moves(budget, moment.now) else looks
            line = budget_line(budget, moment, columns, marked=at == self.highlighted)
            if not line.is_same(self._drawn[at]):
                self._drawn[at] = line
                self.replace_option_prompt_at_index(at, line)

    def action_down(self) -> None:
        """Move the cursor; down from the last line leaves the list."""
        if not self.budgets or self.highlighted == len(self.budgets) - 1:
            self.post_message(self.Left())
        else:
            self.action_cursor_down()
