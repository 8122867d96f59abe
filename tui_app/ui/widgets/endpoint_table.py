"""The list of endpoints: one line each, with a gauge that counts down by itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from math import inf
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.events import Click
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui_app.core.quota import Quota
from tui_app.core.quota_words import counting
from tui_app.ui.widgets.columns import MARGIN, Columns
from tui_app.ui.widgets.endpoint_rows import Moment, Row, id_of, row_line, same_words_for
from tui_app.ui.widgets.gauge import TICK_S
from tui_app.ui.widgets.lines import DOWN, MOVES


class EndpointTable(OptionList, inherit_bindings=False):
    """Shows `rows` with their `quotas` (by inference id); the options' ids are the inference ids.

    `now` is the quota's clock; the cursor begins on the endpoint `cursor_at`.
    It ticks while a gauge counts down, and looks at the clock when an age is to be said anew.
    """

    BINDINGS: ClassVar[list[BindingType]] = [DOWN, *MOVES]

    rows: reactive[tuple[Row, ...]] = reactive((), init=False)
    quotas: reactive[Mapping[str, Quota]] = reactive({}, init=False)

    def __init__(self, now: Callable[[], float], cursor_at: str | None = None) -> None:
        super().__init__(markup=False, compact=True)
        self._now, self._wall = now, time.time
        self._drawn: list[Content] = []
        self._marked = cursor_at
        self._ticking: Timer | None = None
        self._ageing: Timer | None = None
        self._older_at = inf
        self._lit = 0

    @property
    def selected(self) -> Row | None:
        """The row under the cursor."""
        return self.rows[self.highlighted] if self.highlighted is not None else None

    @property
    def ticking(self) -> bool:
        """Whether it looks at the clock by itself at this moment."""
        return self._ticking is not None

    def columns(self) -> Columns:
        """The columns that fit."""
        return Columns.of(self.scrollable_content_region.width or self.app.size.width - MARGIN)

    def watch_rows(self, _: tuple[Row, ...], rows: tuple[Row, ...]) -> None:
        keep, at = self._marked, self.highlighted or 0
        self._drawn = [Content("")] * len(rows)
        self.set_options(Option("", id=id_of(row)) for row in rows)
        if rows:
            names = [id_of(row) for row in rows]
            self.highlighted = names.index(keep) if keep in names else min(at, len(rows) - 1)
        self.redraw()

    def watch_quotas(self) -> None:
        self.redraw()

    def watch_highlighted(self, highlighted: int | None) -> None:
        super().watch_highlighted(highlighted)
        if highlighted is not None and highlighted < len(self.rows):
            self._marked = id_of(self.rows[highlighted])
            if self.is_attached:
                moment, columns = self._moment, self.columns()
                for index in {min(self._lit, len(self.rows) - 1), highlighted}:
                    self._draw(index, moment, columns)

    def on_resize(self) -> None:
        self.redraw()

    def on_click(self, event: Click) -> None:
        """One click puts the cursor there, two open."""
        event.prevent_default()
        index = event.style.meta.get("option")
        if index is not None:
            self.highlighted = index
            if event.chain == 2:
                self.action_select()

    def go_to(self, inference_id: str) -> None:
        """Put the cursor on an endpoint, now or when it comes."""
        self._marked = inference_id
        names = [id_of(row) for row in self.rows]
        if inference_id in names:
            self.highlighted = names.index(inference_id)

    def redraw(self) -> None:
        """Draw each line anew that looks different now."""
        if not self.is_attached:
            return
        moment, columns = self._moment, self.columns()
        for index in range(len(self.rows)):
            self._draw(index, moment, columns)
        self._tick(self._counting())
        self._age(min((same_words_for(row, moment.wall) for row in self.rows), default=inf), moment.wall)

    @property
    def _moment(self) -> Moment:
        return Moment(self._now(), self._wall())

    def _draw(self, index: int, moment: Moment, columns: Columns) -> None:
        """Draw a line anew if it looks different now."""
        row, marked = self.rows[index], index == self.highlighted
        if marked:
            self._lit = index
        line = row_line(row, self.quotas.get(id_of(row)), columns, moment, marked=marked)
        if not line.is_same(self._drawn[index]):
            self._drawn[index] = line
            self.replace_option_prompt_at_index(index, line)

    def _counting(self) -> bool:
        now = self._now()
        return any(counting(quota, now) for quota in self.quotas.values())

    def _beat(self) -> None:
        """Draw what counts down, unless another screen lies over all of it."""
        stack = self.app.screen_stack
        above = stack[stack.index(self.screen) + 1 :] if self.screen in stack else stack
        if all(screen.is_modal for screen in above) or not self._counting():
            self.redraw()

    def _age(self, seconds: float, wall: float) -> None:
        """Come back when the first age is to be said in other words."""
        if self._ageing is not None and abs(wall + seconds - self._older_at) < 1.0:
            return
        if self._ageing is not None:
            self._ageing.stop()
        self._older_at = wall + seconds
        self._ageing = None if seconds == inf else self.set_timer(max(1.0, seconds), self._grow_older)

    def _grow_older(self) -> None:
        self._ageing = None
        self.redraw()

    def _tick(self, go: bool) -> None:
        if go and self._ticking is None:
            self._ticking = self.set_interval(TICK_S, self._beat)
        elif not go and self._ticking is not None:
            self._ticking.stop()
            self._ticking = None
