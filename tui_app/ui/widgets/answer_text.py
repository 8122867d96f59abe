"""The text of an answer as Markdown, whole or while it comes: what is out of sight or old costs nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Region, Size
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from tui_app.ui.markdown.look import Look
from tui_app.ui.markdown.page import Page
from tui_app.ui.widgets.markdown_pieces import shown

BREATH_S: Final = 0.012
"""How long text is taken in before others have their turn."""

KEPT_LINES: Final = 200
"""How many lines are kept painted."""


class AnswerText(Widget):
    """One text block of an answer; it can be selected as it is seen."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._page = Page()
        self._waiting = shown(text)
        self._look = Look.of({}, dark=True)
        self._kept: dict[int, Strip] = {}

    async def prepare(self) -> None:
        """Take in the text that it was made with; else that is done at once when it is first drawn."""
        text, self._waiting = self._waiting, ""
        if text:
            await self._take(text)

    async def add(self, text: str) -> None:
        """Append a part of the text, letting others have their turn now and then.

        It is laid out anew only when it needs another number of lines.
        """
        await self.prepare()
        await self._take(shown(text))

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        self._lay(width)
        return len(self._page)

    def notify_style_update(self) -> None:
        """Take the colours of the theme."""
        super().notify_style_update()
        self._look = Look.of(self.app.theme_variables, dark=self.app.current_theme.dark)
        self._kept.clear()

    def render_line(self, y: int) -> Strip:
        width, style = self.size.width, self.rich_style
        self._lay(width)
        if y >= len(self._page):
            return Strip.blank(width, style)
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(y)) is not None:
            strip = self._selected(self._painted(y), *span)
            return strip.apply_style(style).extend_cell_length(width, style).apply_offsets(0, y)
        if y in self._kept:
            return self._kept[y]
        strip = self._painted(y).apply_style(style).extend_cell_length(width, style).apply_offsets(0, y)
        if y < self._page.settled:
            if len(self._kept) >= KEPT_LINES:
                self._kept.clear()
            self._kept[y] = strip
        return strip

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        text = "\n".join(self._painted(y).text.rstrip() for y in range(len(self._page)))
        return selection.extract(text), "\n"

    async def _take(self, text: str) -> None:
        began = time.monotonic()
        steps = self._page.feed(text)
        while self._takes(steps, began + BREATH_S):
            await asyncio.sleep(0)
            began = time.monotonic()

    def _takes(self, steps: Iterator[None], until: float) -> bool:
        """Take steps and show what they changed; whether there are more."""
        height, kept = len(self._page), self._page.settled
        more = False
        for _ in steps:
            if time.monotonic() >= until:
                more = True
                break
        now = len(self._page)
        self.refresh(Region(0, kept, self.size.width, max(height, now) - kept))
        if now != height:
            self.refresh(layout=True)
        return more

    def _painted(self, y: int) -> Strip:
        return self._page.paint(y, self._look)

    def _selected(self, strip: Strip, start: int, end: int) -> Strip:
        text = strip.text
        first = cell_len(text[:start])
        last = strip.cell_length if end == -1 else cell_len(text[:end])
        style = self.screen.get_component_rich_style("screen--selection")
        chosen = strip.crop(first, last)
        marked = Strip(Segment.apply_style(chosen, None, style), chosen.cell_length)
        return Strip.join([strip.crop(0, first), marked, strip.crop(last, strip.cell_length)])

    def _lay(self, width: int) -> None:
        text, self._waiting = self._waiting, ""
        if text:
            for _ in self._page.feed(text):
                pass
        if width and width != self._page.width:
            self._page.lay(width)
            self._kept.clear()
