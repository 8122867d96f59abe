"""Where a reply stands until it is whole: in the queue, between attempts, sent, answering."""

from __future__ import annotations

import asyncio
from typing import Final

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tui_app.core.board import PAUSED
from tui_app.core.chat_events import Progress
from tui_app.core.durations import span
from tui_app.core.events import Queued, Retrying, Sent
from tui_app.core.text import brief

TICK_S: Final = 0.25


def standing(progress: Progress | None, now: float, since: float, *, hints: bool = True) -> Content:
    """Say where a reply stands at `now`; without progress it answers, since `since`.

    `hints` adds which key stops it.
    """
    sign, words, hint, style = _parts(progress, now, since)
    return _said(sign, words, hint if hints else "", style)


def _parts(progress: Progress | None, now: float, since: float) -> tuple[str, str, str, str]:
    """Sign, words, hint and style."""
    if progress is None:
        return ("●", f"answering, {now - since:.0f} s", "esc stops", "$accent")
    left = span(progress.remaining_s(now))
    match progress.news:
        case Queued(position, _, reason, attempt) if attempt > 1:
            why = brief(reason or "waiting for the quota", limit=200, lines=2)
            when = "" if reason == PAUSED else f", in about {left}"
            return ("!", f"{why}\n  attempt {attempt}, {_place(position)}{when}", "", "$text-warning")
        case Queued(position, _, reason):
            why = f": {brief(reason, limit=120, lines=1)}" if reason else ""
            when = "" if reason == PAUSED else f", starts in about {left}"
            words = f"waiting for the quota{why}, {_place(position)}{when}"
            return ("○", words, "esc takes it back", "$text-warning")
        case Retrying(reason, _, attempt, attempts):
            words = f"{brief(reason, limit=200, lines=2)}\n  attempt {attempt} of {attempts} in {left}"
            return ("!", words, "", "$text-warning")
        case Sent(attempt, _):
            again = f", attempt {attempt}" if attempt > 1 else ""
            words = f"sent{again}, waiting for the first token, {now - progress.at:.0f} s"
            return ("●", words, "esc stops", "$accent")


def _place(position: int) -> str:
    return "next in line" if position == 1 else f"no. {position} in line"


def _said(sign: str, words: str, hint: str, style: str) -> Content:
    return Content.assemble((f"{sign} {words}", style), (f" · {hint}" if hint else "", "$text-muted"))


class Standing(Static):
    """Shows it and counts by itself, four times a second; `hints` as with `standing`."""

    progress: reactive[Progress | None] = reactive(None, init=False)

    def __init__(self, progress: Progress | None, *, hints: bool = True) -> None:
        super().__init__("")
        self._hints = hints
        self.set_reactive(Standing.progress, progress)
        self._since, self._length = 0.0, 0

    def on_mount(self) -> None:
        self._since = asyncio.get_running_loop().time()
        self._show()
        self.set_interval(TICK_S, self._show)

    def watch_progress(self, before: Progress | None, after: Progress | None) -> None:
        if before is not None and after is None:
            self._since = asyncio.get_running_loop().time()
        self._show()

    def _show(self) -> None:
        now = asyncio.get_running_loop().time()
        seen = standing(self.progress, now, self._since, hints=self._hints)
        if not (isinstance(self.content, Content) and self.content.is_same(seen)):
            self.update(seen, layout=len(seen) != self._length)
            self._length = len(seen)
