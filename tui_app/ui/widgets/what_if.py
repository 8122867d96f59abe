"""A small what-if: when the last of so many prompts would start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from tui_app.core.forecast import forecast, forecast_words
from tui_app.core.quota import Quota
from tui_app.ui.widgets.endpoint_rows import Moment

_MOST: Final = 6
"""Digits of a number of prompts."""


def what_if_words(count: int, quota: Quota, moment: Moment, width: int) -> str:
    """What follows the number: when the last of `count` more prompts starts, in `width` cells if possible."""
    if not count:
        return "prompts: type how many, and see when the last starts"
    told = forecast(quota, count, moment.now)
    whole = forecast_words(told, quota.limit, moment.wall).partition(" ")[2]
    shorter = whole.partition(", after")[0]
    shortest = shorter.replace(f" at {quota.limit} a minute", "", 1)
    return next((words for words in (whole, shorter) if len(words) <= width), shortest)


class WhatIf(Horizontal):
    """A field for a number, and the answer beside it, live."""

    field = getters.query_one(Input)

    def __init__(self, moment: Callable[[], Moment], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._moment = moment
        self._quota: Quota | None = None
        self._said = Content("")

    def compose(self) -> ComposeResult:
        yield Static("What if", id="what-if-label")
        yield Input(placeholder="200", type="integer", restrict="[0-9]*", max_length=_MOST, compact=True)
        yield Static(id="what-if-answer")

    @property
    def counting(self) -> bool:
        """Whether an answer is shown that moves with the time."""
        quota, now = self._quota, self._moment().now
        return bool(quota and self._count and forecast(quota, self._count, now).last_in_s > 0)

    @property
    def _count(self) -> int:
        return int(self.field.value or 0)

    def show(self, quota: Quota) -> None:
        """Answer for this quota."""
        self._quota = quota
        self.tick()

    def tick(self) -> None:
        """Say anew what is different now."""
        if self._quota is None:
            return
        panel = self.query_one("#what-if-answer", Static)
        words = what_if_words(self._count, self._quota, self._moment(), panel.content_size.width)
        said = Content.styled(words, self._look)
        if not said.is_same(self._said):
            self._said = said
            panel.update(said, layout=False)

    @property
    def _look(self) -> str:
        return "" if self._count else "$text-muted"

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.tick()
