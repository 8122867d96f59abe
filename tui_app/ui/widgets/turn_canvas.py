"""Turns drawn line by line: one costs something only while it is in sight or near."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.style import Style
from textual.cache import LRUCache
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from tui_app.core.conversation import Turn
from tui_app.ui.widgets.turn_brush import COMPONENTS, brush_of
from tui_app.ui.widgets.turn_selection import highlighted, offset_of, selected_lines, turns_in, whole_lines
from tui_app.ui.widgets.turn_shelf import Shelf

BREATH_S: Final = 0.012
"""How long text is taken in before others have their turn."""
KEPT_LINES: Final = 120
"""How many lines are kept painted."""
DOUBLE: Final = 2
"""Clicks that select a part of a turn; one more selects all of it."""
WIDEST: Final = 112
"""How many cells wide a turn is at most: longer lines are hard to read. One is free before the scrollbar."""


class TurnCanvas(ScrollView, inherit_bindings=False):
    """Draws the turns of its shelf and scrolls over them; what is drawn can be selected."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*COMPONENTS}

    @dataclass
    class Moved(Message):
        """Other lines are in sight, or other lines are below them."""

    def __init__(self) -> None:
        super().__init__()
        self.shelf = Shelf()
        self._placing = self._filling = False
        self._strips: LRUCache[tuple[int, int, bool], Strip] = LRUCache(KEPT_LINES)
        self._pressed = (0, 0, 1)
        self._ground = Style()

    @property
    def following(self) -> bool:
        """Whether the end stays in sight by itself."""
        return self.shelf.sight.following

    def stands_out(self, turn: Turn) -> bool:
        """Whether a turn is drawn as the one that commands are for."""
        return False

    def found_in(self, turn: Turn, text: str) -> Sequence[tuple[int, int]]:
        """Which characters of a line are marked as what was looked for."""
        return ()

    def fit(self, foot: int) -> None:
        """Have the size that it has now, and so many lines free below the last turn."""
        width, rows = self.scrollable_content_region.size
        if not rows:
            self.shelf.sight.foot = foot
            return
        width = max(1, min(WIDEST, width - 1))
        anew = self.shelf.width != width
        self.shelf.fit(width, rows, foot)
        self._rest()
        self._draw(anew=anew)

    def to_end(self) -> None:
        """Follow the end again."""
        self.shelf.sight.follow()
        self._rest()
        self._draw()

    def on_mount(self) -> None:
        self._colour()

    def on_resize(self) -> None:
        self.fit(self.shelf.sight.foot)

    def notify_style_update(self) -> None:
        """Take the colours of the theme."""
        super().notify_style_update()
        self.call_later(self._colour)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if not self._placing and round(old_value) != round(new_value):
            self.shelf.sight.go(round(new_value))
            self._rest()
            self._draw(anew=False)

    @property
    def select_container(self) -> Widget:
        """What a third click selects from."""
        return self

    def text_select_all(self) -> None:
        """Select what was clicked: with two clicks the prompt or a block, with three the whole turn."""
        index, line, chain = self._pressed
        if index >= len(self.shelf.turns):
            return
        lines = self.shelf.lines(index)
        chosen = lines.around(line) if chain == DOUBLE else range(len(lines))
        self.screen.selections = {self: whole_lines(index, chosen)}

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        found: list[str] = []
        for n in turns_in(selection, len(self.shelf.turns)):
            lines = self.shelf.lines(n)
            texts = self.shelf.texts(lines)
            found += selected_lines(selection, n, texts, lines.prompt_rows, lines.prompt)
        return "\n".join(found), "\n"

    def render_line(self, y: int) -> Strip:
        width, style = self.scrollable_content_region.width, self._ground
        at = self.shelf.at(y)
        lines = self.shelf.laid(at[0]) if at is not None else None
        brush = self.shelf.brush
        if at is None or lines is None or brush is None or at[1] >= len(lines):
            return Strip.blank(width, style)
        chosen = self.stands_out(lines.turn)
        selection = self.text_selection
        span = selection.get_span(offset_of(*at)) if selection is not None else None
        if span is None and (kept := self._strips.get((*at, chosen))) is not None:
            return kept
        lead, words, ground = self.shelf.paint(lines, at[1], chosen=chosen)
        for found in self.found_in(lines.turn, words.text):
            words = highlighted(words, found, brush.found)
        if span is not None:
            marks = self.screen.get_component_rich_style("screen--selection")
            words = highlighted(words, span, marks)
        room = self.shelf.width - lead.cell_length
        words = words.adjust_cell_length(room, ground) if ground is not None else words
        offset = offset_of(*at)
        strip = Strip.join([lead.apply_offsets(0, offset), words.apply_offsets(0, offset)])
        strip = strip.adjust_cell_length(width).apply_style(style)
        if span is None and at[1] < lines.settled:
            self._strips[*at, chosen] = strip
        return strip

    def _rest(self) -> None:
        """Lay out what came into sight."""
        self.shelf.reveal()
        self.shelf.sight.come_to_rest()

    def _draw(self, *, anew: bool = True) -> None:
        """Show what is in sight now; what is painted already stays so unless it is painted `anew`."""
        if anew:
            self._strips.clear()
        self._place()
        self.refresh()
        if self.shelf.wanted() is not None and not self._filling:
            self._filling = True
            self.run_worker(self._fill(), group="fill")

    def _place(self) -> None:
        """Let scrollbar and position follow from what is in sight."""
        sight = self.shelf.sight
        self._placing = True
        self.virtual_size = Size(self.shelf.width, sight.total)
        self.scroll_target_y = self.scroll_y = sight.top
        self._placing = False
        self.post_message(self.Moved())

    async def _take(self, steps: Iterator[None], show: Callable[[], None] = lambda: None) -> None:
        """Do steps, and let others have their turn now and then, once it is shown what was done."""
        until = time.monotonic() + BREATH_S
        for _ in steps:
            if time.monotonic() >= until:
                show()
                await asyncio.sleep(0)
                until = time.monotonic() + BREATH_S

    async def _fill(self) -> None:
        """Take in, bit by bit, what is in sight or will be soon."""
        while (wanted := self.shelf.wanted()) is not None:
            await self._take(wanted.take())
            self.shelf.taken(wanted)
            self._rest()
            self._draw(anew=False)
            await asyncio.sleep(0)
        self._filling = False

    def _colour(self) -> None:
        brush, ground = brush_of(self), self.rich_style
        if brush != self.shelf.brush or ground != self._ground:
            self._ground = ground
            self.shelf.colour(brush)
            self._draw()
