"""The quota gauge: a bar, and beside it in words and numbers what the bar says."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Static

from tui_app.core.quota import Quota
from tui_app.core.quota_words import (
    alone_words,
    closure_words,
    counting,
    headline,
    outlook,
    queue_words,
    shared_words,
    trouble_words,
)

TICK_S: Final = 0.25
"""How often a gauge looks at the clock while something counts down."""
_BAR_SHARE, _BAR_MIN, _BAR_MAX = 3, 6, 28
_WORDS, _HEADLINE = 30, 16
"""Cells that words take: all of them, or just what is left."""


def bar(left: int, limit: int, width: int) -> Content:
    """Draw what is left of a limit: heavy for what is left, thin for what is used."""
    halves = round(2 * width * left / limit) if limit else 0
    if left:
        halves = max(1, halves)
    if left < limit:
        halves = min(halves, 2 * width - 1)
    heavy = "━" * (halves // 2) + "╸" * (halves % 2)
    thin = "$gauge-used" if left else "$text-warning"
    return Content.assemble((heavy, "$gauge-left"), ("─" * (width - len(heavy)), thin))


def gauge_content(quota: Quota, now: float, width: int) -> Content:
    """The gauge on one line of at most `width` cells, for rows of lists: bar, what is left, what comes."""
    words = _WORDS if width >= _WORDS + _BAR_MIN else _HEADLINE
    cells = max(_BAR_MIN, min(_BAR_MAX, width - words))
    closed = Content.styled("closed", "bold $text-warning")
    head = closed if quota.is_closed(now) else _headline(quota, now)
    line = bar(quota.left(now), quota.limit, cells) + " " + head
    pieces = outlook(quota, now)
    waiting = len(quota.waiting) + quota.others_waiting
    coming = [pieces[0]] if counting(quota, now) else []
    own = ["own limit"] if quota.alone else []
    for piece in [*own, *([f"{waiting} waiting"] if waiting else []), *coming]:
        if line.cell_length + 2 + len(piece) <= width:
            line = Content.assemble(line, (f", {piece}", "$text-muted"))
    return line.truncate(width, ellipsis=True)


def gauge_details(
    quota: Quota,
    now: float,
    width: int,
    *,
    wall: float,
    shares: tuple[str, ...] = (),
    excess: str = "",
    hint: str = "",
) -> Content:
    """The whole gauge: one line, and further ones only for a queue, a closure, a shared budget or `excess`.

    `excess` says that the limit is above the service's own, `hint` ends the line where there is room.
    """
    cells = max(_BAR_MIN, min(_BAR_MAX, width // _BAR_SHARE))
    line = bar(quota.left(now), quota.limit, cells) + " " + _headline(quota, now)
    for piece in filter(None, (*outlook(quota, now), hint)):
        if line.cell_length + 3 + len(piece) <= width:
            line = Content.assemble(line, (f" · {piece}", "$text-muted"))
    more = [
        Content.styled(f"! {excess}", "$text-warning"),
        Content.styled(f"! {alone_words(quota)}", "$text-warning"),
        Content.styled(f"✗ {closure_words(quota, now, wall)}", "$text-warning"),
        Content.styled(f"○ {queue_words(quota, now)}", "$text-warning"),
        Content.styled(f"= {shared_words(shares)}", "$text-muted"),
    ]
    return Content("\n").join([line, *(each for each in more if len(each) > 2)])


def _headline(quota: Quota, now: float) -> Content:
    words = headline(quota, now)
    return Content.styled(words, "bold" if quota.left(now) else "bold $text-warning")


class Gauge(Static):
    """Shows a `Quota` whole and counts it down by itself; give it a new one whenever something changed.

    `trouble` is why there is no telling the quota, shown in its place; `shares`, `excess` and `hint`
    are those of `gauge_details`. `now` reads the clock that the quota counts on
    (`inference.queue.clock.now`). It ticks only while something counts down.
    """

    quota: reactive[Quota | None] = reactive(None)
    trouble: reactive[str] = reactive("")
    shares: reactive[tuple[str, ...]] = reactive(())
    excess: reactive[str] = reactive("")
    hint: reactive[str] = reactive("")

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__()
        self._now = now
        self._ticking: Timer | None = None

    @property
    def ticking(self) -> bool:
        """Whether it looks at the clock by itself at this moment."""
        return self._ticking is not None

    def on_mount(self) -> None:
        self._show()

    def on_resize(self) -> None:
        self._show()

    def watch_quota(self) -> None:
        self._show()

    def watch_shares(self) -> None:
        self._show()

    def watch_excess(self) -> None:
        self._show()

    def watch_hint(self) -> None:
        self._show()

    def watch_trouble(self) -> None:
        self._show()

    def _show(self) -> None:
        if not self.is_mounted:
            return
        if self.trouble:
            self.update(Content.styled(f"✗ {trouble_words(self.trouble)}", "$text-error"))
            self._tick(False)
            return
        if self.quota is None:
            return
        now, width = self._now(), self.content_size.width or self.app.size.width
        more = {"excess": self.excess, "hint": self.hint}
        seen = gauge_details(self.quota, now, width, wall=time.time(), shares=self.shares, **more)
        if not (isinstance(self.content, Content) and self.content.is_same(seen)):
            taller = str(self.content).count("\n") != seen.plain.count("\n")
            self.update(seen, layout=taller or not self.content)
        self._tick(counting(self.quota, now))

    def _tick(self, go: bool) -> None:
        if go and self._ticking is None:
            self._ticking = self.set_interval(TICK_S, self._show)
        elif not go and self._ticking is not None:
            self._ticking.stop()
            self._ticking = None
