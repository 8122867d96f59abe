"""The text of an answer as Markdown, whole or while it comes: drawn line by line, its finished parts once."""

from __future__ import annotations

import asyncio
from itertools import chain

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Region, Size
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from tui_app.ui.widgets.markdown_look import Look, draw
from tui_app.ui.widgets.markdown_pieces import Cutter, shown


class AnswerText(Widget):
    """One text block of an answer; it can be selected as it is seen.

    Only the last piece of the text is rendered again when it grows; everything is, when the
    width or the theme changes.
    """

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._cutter = Cutter()
        self._sources = self._cutter.add(shown(text))
        self._frozen: list[Strip] = []
        self._last: list[Strip] = []
        self._width = 0

    @property
    def text(self) -> str:
        """The whole text as it is shown."""
        return "".join(self._sources)

    async def add(self, text: str) -> None:
        """Append a part of the text, letting others have their turn after each piece of it.

        It is laid out anew only when it needs another number of lines.
        """
        first, *more = self._cutter.add(shown(text))
        height, kept = self._height, len(self._frozen)
        self._grow_last(first)
        for piece in more:
            await asyncio.sleep(0)
            self._frozen += [*self._last, Strip.blank(0)]
            self._sources.append("")
            self._grow_last(piece)
        self.refresh(Region(0, kept, self.size.width, max(height, self._height) - kept))
        if self._height != height:
            self.refresh(layout=True)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        self._draw_at(width)
        return self._height

    def notify_style_update(self) -> None:
        """Take the colours of another theme."""
        super().notify_style_update()
        width, self._width = self._width, 0
        self._draw_at(width)

    def render_line(self, y: int) -> Strip:
        width, style = self.size.width, self.rich_style
        self._draw_at(width)
        if y >= self._height:
            return Strip.blank(width, style)
        strip = self._frozen[y] if y < len(self._frozen) else self._last[y - len(self._frozen)]
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(y)) is not None:
            strip = self._selected(strip, *span)
        return strip.apply_style(style).extend_cell_length(width, style).apply_offsets(0, y)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        text = "\n".join(strip.text.rstrip() for strip in chain(self._frozen, self._last))
        return selection.extract(text), "\n"

    @property
    def _height(self) -> int:
        return len(self._frozen) + len(self._last)

    def _selected(self, strip: Strip, start: int, end: int) -> Strip:
        text = strip.text
        first = cell_len(text[:start])
        last = strip.cell_length if end == -1 else cell_len(text[:end])
        style = self.screen.get_component_rich_style("screen--selection")
        chosen = strip.crop(first, last)
        marked = Strip(Segment.apply_style(chosen, None, style), chosen.cell_length)
        return Strip.join([strip.crop(0, first), marked, strip.crop(last, strip.cell_length)])

    def _grow_last(self, text: str) -> None:
        self._sources[-1] += text
        self._last = self._drawn(self._sources[-1]) if self._width else []

    def _draw_at(self, width: int) -> None:
        if not width or width == self._width:
            return
        self._width = width
        drawn = [self._drawn(source) for source in self._sources]
        self._frozen = list(chain.from_iterable([*strips, Strip.blank(0)] for strips in drawn[:-1]))
        self._last = drawn[-1]

    def _drawn(self, source: str) -> list[Strip]:
        look = Look.of(self.app.theme_variables, dark=self.app.current_theme.dark)
        return [Strip(line) for line in draw(source, self._width, look)]
