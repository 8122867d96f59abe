"""A list of any length to choose from: only the rows in sight are drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import RenderOptions

_MARK, _ROOM = "▸ ", "  "


class LongList(ScrollView, can_focus=True):
    """Shows `count` rows of `height` lines each, as `draw(index, width)` gives them; one is under the cursor.

    A sign says which one that is, so that no colour has to.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"long-list--row", "long-list--cursor"}
    DEFAULT_CSS = """
    LongList {
        height: 1fr; scrollbar-gutter: stable;
        & > .long-list--row { background: transparent; }
        & > .long-list--cursor { background: $block-cursor-blurred-background; }
        &:focus > .long-list--cursor {
            background: $block-cursor-background; color: $block-cursor-foreground;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "down", show=False),
        Binding("up", "move(-1)", "up", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("home", "edge(0)", "first", show=False),
        Binding("end", "edge(-1)", "last", show=False),
    ]

    cursor: reactive[int] = reactive(0)

    @dataclass
    class Moved(Message):
        """The cursor went to another row."""

        index: int

    @dataclass
    class Chosen(Message):
        """A row was clicked twice."""

        index: int

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.count, self.row_height = 0, 1
        self._draw: Callable[[int, int], Content] = lambda index, width: Content("")
        self._lines: LRUCache[tuple[int, int, bool, bool], list[Strip]] = LRUCache(200)

    @property
    def row_width(self) -> int:
        """How wide a row is beside its sign."""
        return max(0, (self.scrollable_content_region.width or self.size.width) - len(_MARK))

    def fill(
        self, count: int, draw: Callable[[int, int], Content], *, height: int = 1, cursor: int = 0
    ) -> None:
        """Show other rows."""
        self.count, self.row_height, self._draw = count, height, draw
        self._lines.clear()
        self.virtual_size = Size(self.scrollable_content_region.width, count * height)
        self.cursor = cursor
        self.cursor = self.validate_cursor(cursor)
        self._reveal()
        self.refresh()

    def validate_cursor(self, cursor: int) -> int:
        """Keep it within the rows."""
        return max(0, min(cursor, self.count - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        if old != new:
            self._reveal()
            self.refresh()
            self.post_message(self.Moved(new))

    def notify_style_update(self) -> None:
        """Take the colours of another theme."""
        super().notify_style_update()
        self._lines.clear()

    def render_line(self, y: int) -> Strip:
        index, line = divmod(y + self.scroll_offset.y, self.row_height)
        width = self.scrollable_content_region.width
        if index >= self.count:
            return Strip.blank(width, self.rich_style)
        row = self._row(index, width)
        return row[line] if line < len(row) else Strip.blank(width, self.rich_style)

    def _row(self, index: int, width: int) -> list[Strip]:
        here = index == self.cursor
        key = (index, width, here, self.has_focus)
        if (made := self._lines.get(key)) is None:
            style = self.get_visual_style("long-list--cursor" if here else "long-list--row")
            text = self._draw(index, width - len(_MARK))
            marks = Content.styled(_MARK, "bold $accent") if here else Content(_ROOM), Content(_ROOM)
            rows = [
                marks[bool(number)] + each for number, each in enumerate(text.split("\n", allow_blank=True))
            ]
            options = RenderOptions(self._get_style, {"text_wrap": "nowrap", "text_overflow": "clip"})
            strips = Content("\n").join(rows[: self.row_height]).render_strips(width, None, style, options)
            made = [strip.adjust_cell_length(width, style.rich_style) for strip in strips]
            self._lines[key] = made
        return made

    def _reveal(self) -> None:
        if self.is_attached and self.count:
            region = Region(0, self.cursor * self.row_height, 1, self.row_height)
            self.scroll_to_region(region, animate=False, force=True)

    def on_resize(self) -> None:
        self._lines.clear()
        self.virtual_size = Size(self.scrollable_content_region.width, self.count * self.row_height)

    def on_focus(self) -> None:
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        index = (event.y + self.scroll_offset.y) // self.row_height
        if 0 <= index < self.count:
            self.cursor = index
            if event.chain == 2:
                self.post_message(self.Chosen(index))

    def action_move(self, step: int) -> None:
        """Go up or down."""
        self.cursor += step

    def action_page(self, direction: int) -> None:
        """Go by a page."""
        self.cursor += direction * max(1, self.size.height // self.row_height - 1)

    def action_edge(self, end: int) -> None:
        """Go to the first or the last row."""
        self.cursor = 0 if end == 0 else self.count - 1
