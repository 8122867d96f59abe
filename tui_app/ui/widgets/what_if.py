"""A small what-if: when the last of so many prompts would start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from tui_app.core.durations import span
from tui_app.core.quota import Quota
from tui_app.ui.widgets.endpoint_rows import Moment
from tui_app.ui.widgets.waiting_cells import local_time

_MOST: Final = 6
"""Digits of a number of prompts."""


def what_if_words(count: int, quota: Quota, moment: Moment, width: int) -> str:
    """When the last of `count` more prompts starts, after those who wait; in `width` cells if possible."""
    if not count:
        return "prompts: type how many, and see when the last starts"
    prompts = "prompt" if count == 1 else "prompts"
    waiting = len(quota.waiting) + quota.others_waiting
    left = start_of_last(count, quota, moment.now)
    last = "it starts" if count == 1 else "the last starts"
    when = (
        f"{last} at {local_time(moment.wall + left, left)}, in {span(left)}"
        if left > 0
        else f"{last} at once"
    )
    limit = f" at {quota.limit} a minute"
    behind = f", after the {waiting:,} who wait" if waiting else ""
    said = (f"{prompts}{limit}: {when}{behind}", f"{prompts}{limit}: {when}", f"{prompts}: {when}")
    return next((words for words in said if len(words) <= width), said[-1])


def start_of_last(count: int, quota: Quota, now: float) -> float:
    """In how many seconds the last of `count` more prompts starts, after those who wait."""
    return quota.start_in(len(quota.waiting) + quota.others_waiting + count, now)


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
        return bool(quota and self._count and start_of_last(self._count, quota, now) > 0)

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
            panel.update(said)

    @property
    def _look(self) -> str:
        return "" if self._count else "$text-muted"

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.tick()
