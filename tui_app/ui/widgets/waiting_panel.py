"""The queue of a budget: how many wait, whether they are paused, and each of them in a table."""

from __future__ import annotations

from collections.abc import Callable

from textual import getters
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui_app.core.budgets import Budget
from tui_app.ui.widgets.endpoint_rows import Moment
from tui_app.ui.widgets.panel_lines import PanelLines
from tui_app.ui.widgets.waiting_cells import WaitingColumns, head_words, queue_head, waiters
from tui_app.ui.widgets.waiting_table import WaitingTable

_NOBODY = "A request over the limit waits here and goes by itself when its turn has come."


class WaitingPanel(Vertical):
    """Shows who waits for the budget last given to `show`; nothing to choose where nobody waits."""

    table = getters.query_one(WaitingTable)

    def __init__(self, moment: Callable[[], Moment], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._moment = moment

    def compose(self) -> ComposeResult:
        yield PanelLines(id="queue-head")
        yield Static(id="queue-columns")
        yield WaitingTable(self._moment)
        yield Static(Content.styled(_NOBODY, "$text-muted"), id="queue-empty")

    def show(self, budget: Budget) -> None:
        """Show who waits for a budget."""
        who = waiters(budget.quota, budget.activity)
        self.set_class(not who, "-empty")
        head = Content.assemble(("Queue   ", "bold"), (queue_head(budget.quota, budget.activity.rivals), ""))
        if budget.quota.paused:
            head = Content.assemble(head, ("   ‖ paused: nothing of this terminal starts", "$text-warning"))
        self.query_one("#queue-head", PanelLines).show(head)
        self.table.show(who, budget.quota)

    def on_resize(self) -> None:
        columns = WaitingColumns.of(self.table.scrollable_content_region.width or self.size.width)
        self.query_one("#queue-columns", Static).update(Content.styled(head_words(columns), "$text-muted"))
        self.table.tick()
