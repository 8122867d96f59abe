"""Totals: what all requests came to, by day, endpoint, model or chat, with charts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Final, TypeVar

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from tui_app.core.errors import InfertermError
from tui_app.core.inference import Inference
from tui_app.core.receipt_books import EVERYTHING, Scope
from tui_app.core.totals import SPANS, By, Group, Report
from tui_app.core.totals_words import Measure, group_words, in_order, measured
from tui_app.ui.commands import bindings
from tui_app.ui.totals_flows import copy_report, save_report
from tui_app.ui.widgets.chart import BarChart
from tui_app.ui.widgets.key_bar import KeyBar, key_of
from tui_app.ui.widgets.long_list import LongList
from tui_app.ui.widgets.title_bar import TitleBar
from tui_app.ui.widgets.totals_face import COUNTING, chart_of, empty, failure, scope_words, sums
from tui_app.ui.widgets.totals_lines import TotalsColumns, group_line, head

CALM_S: Final = 1.0
"""How long after a request has ended it is counted here."""
TIGHT: Final = 20
"""Lines below which there is no room for a chart."""
_WEEK: Final = SPANS[1]
C = TypeVar("C", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at: whose requests of which span, put together by what; `about` names whose."""

    span: str = _WEEK
    by: By = By.DAY
    scope: Scope = EVERYTHING
    about: tuple[str, ...] = ()


class TotalsScreen(Screen[None]):
    """Shows what `Inference.totals` tells; begins with the chat `conversation_id`, if there is one."""

    CSS_PATH = "../totals.tcss"
    HELP = """
    Every request that was sent, or found nobody to be sent to, counts once, whoever of your terminals
    and commands sent it, also when its chat was deleted since. Attempts that were tried again are part
    of it. Days are those of your time zone.

    ~ is what the sandbox's answers would cost, ≥ a cost that may be higher: no price is known for a
    model, or an answer was cut before the service told its tokens. p50 is the middle value, p95 the
    one that 19 of 20 do not exceed.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("totals")]

    view: reactive[View] = reactive(View(), init=False)
    measure: reactive[Measure] = reactive(Measure.REQUESTS, init=False)

    title_bar = getters.query_one(TitleBar)
    chart = getters.query_one(BarChart)
    rows = getters.query_one(LongList)

    def __init__(self, inference: Inference, conversation_id: int | None = None) -> None:
        super().__init__()
        self._inference = inference
        self._report: Report | None = None
        self._groups: tuple[Group, ...] = ()
        self._later: Timer | None = None
        if conversation_id is not None:
            scope = Scope(conversation_id=conversation_id)
            self.set_reactive(TotalsScreen.view, View("all", By.DAY, scope, ("this chat",)))

    def compose(self) -> ComposeResult:
        yield TitleBar("totals")
        yield Static(id="totals-sums")
        yield Static(id="totals-alerts")
        yield BarChart()
        yield Static(id="totals-head")
        yield LongList()
        yield Static(COUNTING, id="totals-face")
        yield KeyBar()

    def on_mount(self) -> None:
        self.add_class("-faced")
        self.rows.focus()
        self._unsubscribe = self._inference.totals.subscribe(self._noted)
        self.read()

    def on_unmount(self) -> None:
        self._unsubscribe()

    def _noted(self) -> None:
        self.call_later(self._count_soon)

    def _count_soon(self) -> None:
        """Count anew soon, in the app's own time: whoever tells of a request may know of no app."""
        if self._later is None:
            self._later = self.set_timer(CALM_S, self.read)

    def watch_view(self) -> None:
        self._say_title(COUNTING)
        self.read()

    def watch_measure(self) -> None:
        self._show()

    @work(group="read", exclusive=True)
    async def read(self) -> None:
        """Count anew."""
        self._later = None
        view = self.view
        try:
            self._report = await self._inference.totals.report(view.by, view.span, view.scope)
        except InfertermError as error:
            self._report = None
            self._face(failure(error, key_of(self, "totals.read")))
            return
        self._show()

    def _face(self, words: Content | None) -> None:
        """Cover everything with words, or nothing."""
        self.set_class(words is not None, "-faced")
        if words is not None:
            self.query_one("#totals-face", Static).update(words)
        self._say_title()
        self.refresh_bindings()

    def _show(self) -> None:
        report = self._report
        if report is None:
            return
        if not report.total.requests:
            self._face(empty(self.view.span, key_of(self, "totals.span"), key_of(self, "totals.wider")))
            return
        covered = self.has_class("-faced")
        self._face(None)
        if covered:
            self.call_after_refresh(self._show)  # only then it is known how much room there is
            return
        width = self.rows.row_width
        self.query_one("#totals-sums", Static).update(sums(report, self.size.width - 2))
        alerts = self.query_one("#totals-alerts", Static)
        trouble = self._inference.totals.trouble
        alerts.update(Content.styled(f"! {trouble}", "$text-warning"))
        alerts.display = bool(trouble)
        self.chart.chart = chart_of(report, self.measure)
        columns = TotalsColumns.of(width, self.measure)
        self.query_one("#totals-head", Static).update(head(columns, report.by))
        self._groups = groups = in_order(report, self.measure)
        top = max(measured(group.sum, self.measure) for group in groups)

        def draw(index: int, width: int) -> Content:
            return group_line(groups[index], report.by, self.measure, columns, top)

        self.rows.fill(len(groups), draw, cursor=min(self.rows.cursor, len(groups) - 1))

    def _say_title(self, aside: Content | None = None) -> None:
        self.title_bar.about = scope_words(self.view.span, self.view.about)
        words = f"by {self.view.by} · {self.measure}"
        self.title_bar.aside = aside or Content.styled(words, "$text-muted")

    def on_resize(self) -> None:
        self.set_class(self.size.height < TIGHT, "-tight")
        self.call_after_refresh(self._show)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is possible."""
        some = self._report is not None and bool(self._report.total.requests)
        if action == "narrow":
            return some and self._narrowed is not None
        if action == "wider":
            return bool(self.view.about)
        return some if action in {"save", "copy", "measure"} else True

    @property
    def _narrowed(self) -> View | None:
        """The view of the group under the cursor alone, None where there is none, or it is that already."""
        report, view = self._report, self.view
        if report is None or report.by is not view.by or self.rows.cursor >= len(self._groups):
            return None
        group = self._groups[self.rows.cursor]
        scope = _narrowed(view.scope, view.by, group.key)
        if scope == view.scope:
            return None
        return replace(view, scope=scope, by=By.DAY, about=(*view.about, group_words(group, view.by)))

    def on_long_list_moved(self) -> None:
        self.refresh_bindings()

    def on_long_list_chosen(self) -> None:
        self.action_narrow()

    def action_span(self) -> None:
        """Look at the next longer span, after the longest at the shortest."""
        place = SPANS.index(self.view.span) if self.view.span in SPANS else -1
        self.view = replace(self.view, span=SPANS[(place + 1) % len(SPANS)])

    def action_by(self) -> None:
        """Put requests together by the next."""
        self.view = replace(self.view, by=_after(self.view.by))

    def action_measure(self) -> None:
        """Show the next measure."""
        self.measure = _after(self.measure)

    def action_narrow(self) -> None:
        """Look only at what is under the cursor."""
        if (narrowed := self._narrowed) is not None:
            self.view = narrowed

    def action_wider(self) -> None:
        """Look at everything again."""
        self.view = replace(self.view, scope=EVERYTHING, about=())

    def action_read(self) -> None:
        """Count anew, also what other terminals asked meanwhile."""
        self.read()

    @work(group="save", exclusive=True)
    async def action_save(self) -> None:
        """Write all of it to a file."""
        if self._report is not None:
            await save_report(self.app, self._report)

    @work(group="copy", exclusive=True)
    async def action_copy(self) -> None:
        """Copy it as CSV."""
        if self._report is not None:
            await copy_report(self.app, self._report)

    def action_leave(self) -> None:
        """Back to where the person came from."""
        self.dismiss(None)


def _narrowed(scope: Scope, by: By, key: str) -> Scope:
    """The scope with only the group that has this key."""
    if by is By.ENDPOINT:
        return replace(scope, endpoint=key)
    if by is By.MODEL:
        return replace(scope, model=key)
    return replace(scope, conversation_id=int(key)) if by is By.CHAT and key else scope


def _after(choice: C) -> C:
    """The next of its kind, round and round."""
    kinds = list(type(choice))
    return kinds[(kinds.index(choice) + 1) % len(kinds)]
