"""The quota: all budgets, what is left of each, who started what in the last minute, and who waits."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar, Final

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input, OptionList, Static

from tui_app.core.budgets import Budget
from tui_app.core.counts import counted
from tui_app.core.errors import InfertermError
from tui_app.core.inference import Inference
from tui_app.core.quota import Waiting
from tui_app.ui.commands import bindings
from tui_app.ui.quota_actions import QuotaActions
from tui_app.ui.widgets.budget_facts import alerts, facts, moves
from tui_app.ui.widgets.budget_lines import heading
from tui_app.ui.widgets.budget_table import BudgetTable
from tui_app.ui.widgets.endpoint_rows import Moment
from tui_app.ui.widgets.key_bar import KeyBar, key_of
from tui_app.ui.widgets.panel_lines import PanelLines
from tui_app.ui.widgets.quota_face import EMPTY, LOADING, failure, pacing_aside
from tui_app.ui.widgets.start_strip import StartStrip
from tui_app.ui.widgets.title_bar import TitleBar
from tui_app.ui.widgets.waiting_panel import WaitingPanel
from tui_app.ui.widgets.what_if import WhatIf

TIGHT: Final = 20
"""Lines below which everything is shown in as few as possible."""
BEAT_S: Final = 1.0
"""How often what counts down is drawn anew."""
LEAST_S: Final = 0.25
"""How near a beat may come to the one before; the next whole second is taken where it would be nearer."""
AGAIN_S: Final = 2.0
"""How long after a failure the ledger is looked at again."""


class QuotaScreen(QuotaActions):
    """Shows what `Inference.budgets` tells, live; ticks only while something counts or moves.

    The cursor begins on the budget of the endpoint `about`, if there is one.
    """

    HELP = """
    Every budget is one service, key and model; all its endpoints draw on it, in every terminal.
    The strip shows each start of the last 60 seconds as a letter that moves to the left: a
    capital for this terminal, a small letter for any other process. A start gives its slot back
    when it leaves the strip.

    Below wait the requests that may not go yet. Those of this terminal can be moved, taken out
    and paused; what was taken out last can be put back in its place until you leave. The arrow
    keys and tab go from the budgets to those who wait and back.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("quota")]
    AUTO_FOCUS = "#budgets"

    budgets: reactive[tuple[Budget, ...]] = reactive((), init=False, repaint=False)

    title_bar = getters.query_one(TitleBar)
    table = getters.query_one(BudgetTable)
    heading = getters.query_one("#heading", PanelLines)
    alerts = getters.query_one("#alerts", PanelLines)
    facts = getters.query_one("#facts", PanelLines)
    strip = getters.query_one(StartStrip)
    queue = getters.query_one(WaitingPanel)
    what_if = getters.query_one(WhatIf)

    def __init__(self, inference: Inference, about: str | None = None) -> None:
        super().__init__()
        self.inference, self._about, self._wall = inference, about, time.time
        self._unsubscribe: Callable[[], None] = lambda: None
        self._ticking: Timer | None = None

    @property
    def ticking(self) -> bool:
        """Whether it looks at the clock by itself at this moment."""
        return self._ticking is not None

    @property
    def waiting(self) -> Waiting | None:
        """The request of this process under the cursor of the queue."""
        return self.queue.table.selected

    def moment(self) -> Moment:
        """Both clocks now."""
        return Moment(self.inference.queue.clock.now(), self._wall())

    def compose(self) -> ComposeResult:
        yield TitleBar("quota")
        yield BudgetTable(self.moment, id="budgets")
        with Container(id="chosen"):
            yield PanelLines(id="heading")
            yield PanelLines(id="alerts")
            yield StartStrip(id="strip")
            with Container(id="below"):
                with VerticalScroll(id="facts-box", can_focus=False):
                    yield PanelLines(id="facts")
                yield WaitingPanel(self.moment, id="queue")
            yield WhatIf(self.moment, id="what-if")
        yield Static(LOADING, id="face")
        yield KeyBar()

    def on_mount(self) -> None:
        self.add_class("-faced")
        self.refresh_budgets()

    def on_screen_resume(self) -> None:
        self._unsubscribe()
        self._unsubscribe = self.inference.queue.subscribe(self.refresh_budgets)
        self.inference.budgets.forget()
        if self.is_mounted:
            self.refresh_budgets()

    def on_screen_suspend(self) -> None:
        self._rest()
        if not isinstance(self.app.screen, ModalScreen):  # the palette may be asked to put back
            self.let_go()

    def on_unmount(self) -> None:
        self._rest()
        self.let_go()

    def _rest(self) -> None:
        self._unsubscribe()
        self._unsubscribe = lambda: None
        self._tick(False)

    def refresh_budgets(self) -> None:
        """Look anew how everything stands."""
        self._read()

    @work(group="budgets", exclusive=True)
    async def _read(self) -> None:
        try:
            self.budgets = await self.inference.budgets.all()
        except InfertermError as error:
            self._face(failure(error, key_of(self, "app.settings")))
            self._tick(False)
            self.set_timer(AGAIN_S, self.refresh_budgets)
            return
        self._show()

    def _face(self, words: Content | None) -> None:
        """Cover everything with words, or nothing."""
        self.set_class(words is not None, "-faced")
        if words is not None:
            self.query_one("#face", Static).update(words)

    def _show(self) -> None:
        """Show what was found."""
        self._face(None if self.budgets else EMPTY)
        self.table.budgets = self.budgets
        if self._about is not None:
            self._go_to(self._about)
            self._about = None
        self._say_title()
        self._show_chosen()

    def _go_to(self, inference_id: str) -> None:
        for budget in self.budgets:
            if inference_id in {member.inference_id for member in budget.members}:
                self.table.choose(budget.group)

    def _say_title(self) -> None:
        count = len(self.budgets)
        waiting = sum(len(b.quota.waiting) + b.quota.others_waiting for b in self.budgets)
        words = counted(count, "budget") if count else ""
        self.title_bar.about = words + (f", {waiting:,} waiting" if waiting else "")
        queue = self.inference.queue
        self.title_bar.aside = pacing_aside(
            queue.pacing,
            paused=queue.paused,
            pause_key=key_of(self, "quota.pause"),
            settings_key=key_of(self, "app.settings"),
        )

    def _show_chosen(self) -> None:
        """Show the chosen budget whole."""
        budget = self.table.selected
        if budget is not None:
            self.strip.starts = budget.activity.starts
            self.queue.show(budget)
            self.what_if.show(budget.quota)
        self.beat()

    def beat(self) -> None:
        """Draw what looks different at this moment; go on ticking as long as something will."""
        moment, budget = self.moment(), self.table.selected
        self.table.redraw()
        if budget is not None:
            self.strip.show(moment.now)
            self.heading.show(heading(budget, moment, self._room(self.heading)))
            others = self._others_on_key(budget)
            self.alerts.show(alerts(budget, moment, self._room(self.alerts), others=others))
            self.set_class(bool(self.alerts.content), "-alert")
            terse = self.has_class("-low")
            self.facts.show(facts(budget, moment, self._room(self.facts), terse=terse))
            self.queue.table.tick()
            self.what_if.tick()
        now = moment.now
        self._tick(self.is_current and (self.what_if.counting or any(moves(b, now) for b in self.budgets)))

    def _others_on_key(self, budget: Budget) -> bool:
        mine = budget.group
        return any(
            (b.group.base_url, b.group.key) == (mine.base_url, mine.key) and b.group.model != mine.model
            for b in self.budgets
        )

    def _room(self, lines: PanelLines) -> int:
        """How wide lines may be, also before there is a layout."""
        return lines.content_size.width or self.size.width - 4

    def _tick(self, go: bool) -> None:
        """Set the timer for the next beat, or none: on whole seconds, so that no countdown leaves one out."""
        if self._ticking is not None:
            self._ticking.stop()
        wait = BEAT_S - self.moment().now % BEAT_S
        self._ticking = self.set_timer(wait if wait > LEAST_S else wait + BEAT_S, self.beat) if go else None

    def on_resize(self) -> None:
        self.set_class(self.size.height < TIGHT, "-tight")
        self.call_after_refresh(self.beat)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        self._show_chosen()

    def on_waiting_table_moved(self) -> None:
        self.refresh_bindings()

    def on_budget_table_left(self) -> None:
        if not self.queue.has_class("-empty"):
            self.queue.table.focus()

    def on_waiting_table_left(self) -> None:
        self.table.focus()

    def on_input_submitted(self) -> None:
        self.table.focus()

    def action_what_if(self) -> None:
        """Let the person type a number of prompts."""
        self.what_if.field.focus()

    def action_leave(self) -> None:
        """Back to where the person came from; out of the number's field first."""
        if isinstance(self.focused, Input):
            self.table.focus()
        else:
            self.dismiss(None)
