"""The queue as a table with a cursor; only the lines in sight are ever made."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_app.core.quota import Quota, Waiting
from tui_app.ui.widgets.endpoint_rows import Moment
from tui_app.ui.widgets.waiting_cells import Waiter, WaitingColumns, is_ours, key_of, waiter_words

_MARK: Final = 2
"""Cells of the mark before each line."""


class WaitingTable(ScrollView, can_focus=True):
    """Shows who waits for a budget; give it both with `show`, and the moment again as time passes.

    The cursor stays on its request while that moves, and goes to the next one when it has left.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "waiting--line", "waiting--other", "waiting--cursor", "waiting--blurred", "waiting--mark",
    }  # fmt: skip
    DEFAULT_CSS = """
    WaitingTable {
        height: 1fr;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        & > .waiting--other { color: $text-muted; }
        & > .waiting--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
        & > .waiting--blurred { background: $block-cursor-blurred-background; }
        & > .waiting--mark { color: $accent; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", "down", show=False),
        Binding("up", "step(-1)", "up", show=False),
        Binding("home", "step(-1000000)", "first", show=False),
        Binding("end", "step(1000000)", "last", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
    ]

    cursor: reactive[int] = reactive(0, init=False)

    class Moved(Message):
        """The cursor stands on another line, or on another request."""

    class Left(Message):
        """The cursor was moved up from the first line."""

    def __init__(self, moment: Callable[[], Moment], *, id: str | None = None) -> None:
        self._styles: dict[str, tuple[Style, Style]] = {}
        super().__init__(id=id)
        self._moment = moment
        self._waiters: tuple[Waiter, ...] = ()
        self._quota: Quota | None = None
        self._key = ""
        self._seen: dict[int, str] = {}

    @property
    def selected(self) -> Waiting | None:
        """The request of this process under the cursor."""
        waiter = self._waiters[self.cursor] if self.cursor < len(self._waiters) else None
        return waiter if isinstance(waiter, Waiting) and waiter.ours else None

    def show(self, waiters: tuple[Waiter, ...], quota: Quota) -> None:
        """Show those who wait; `quota` is the one that their expected starts belong to."""
        if len(waiters) != len(self._waiters):
            self._make_room(len(waiters))
        self._waiters, self._quota = waiters, quota
        wanted = {self._key} if self._key else {key_of(each) for each in waiters if is_ours(each)}
        keys = (at for at, each in enumerate(waiters) if key_of(each) in wanted)
        self.cursor = next(keys, max(0, min(self.cursor, len(waiters) - 1)))
        self._note()
        self._seen = {}
        self.tick()
        self.refresh()

    def _make_room(self, lines: int) -> None:
        """Scroll over so many lines; only what changes the scrollbar's being there is laid out anew."""
        size, height = Size(0, lines), self.scrollable_content_region.height
        scrolls = lines > height
        if scrolls is not (self.virtual_size.height > height) or self.scroll_y > max(0, lines - height):
            self.virtual_size = size
            return
        self.set_reactive(WaitingTable.virtual_size, size)
        if scrolls:
            self.vertical_scrollbar.window_virtual_size = lines

    def tick(self) -> None:
        """Draw anew what looks different now, of the lines in sight."""
        top, room = self.scroll_offset.y, self.scrollable_content_region
        lines = range(top, min(top + room.height, len(self._waiters)))
        before, self._seen = self._seen, self._words(lines, room.width)
        if before.keys() != self._seen.keys():
            self.refresh()
            return
        spans = {at: _changed(before[at], self._seen[at]) for at in lines if before[at] != self._seen[at]}
        if spans:
            left, right = min(first for first, _ in spans.values()), max(last for _, last in spans.values())
            rows = max(spans) - min(spans) + 1
            self.refresh(Region(_MARK + left, min(spans) - top, right - left, rows))

    def watch_cursor(self) -> None:
        self._note()
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        if height and not top <= self.cursor < top + height:
            wanted = self.cursor if self.cursor < top else self.cursor - height + 1
            self.scroll_to(y=wanted, animate=False, force=True)
        self.refresh()

    def action_step(self, by: int) -> None:
        """Move the cursor; up from the first line leaves the table."""
        if by == -1 and self.cursor == 0:
            self.post_message(self.Left())
        self.cursor = max(0, min(self.cursor + by, len(self._waiters) - 1))

    def action_page(self, by: int) -> None:
        """Move the cursor by what is in sight."""
        by *= max(1, self.scrollable_content_region.height - 1)
        self.cursor = max(0, min(self.cursor + by, len(self._waiters) - 1))

    def on_click(self, event: Click) -> None:
        line = event.y + self.scroll_offset.y
        if line < len(self._waiters):
            self.cursor = line

    def render_line(self, y: int) -> Strip:
        at, width = y + self.scroll_offset.y, self.scrollable_content_region.width
        if at not in self._seen:
            self._seen |= self._words(range(at, min(at + 1, len(self._waiters))), width)
        if at >= len(self._waiters):
            return Strip.blank(width, self.rich_style)
        marked, ours = at == self.cursor, is_ours(self._waiters[at])
        look = "line" if ours else "other"
        if marked:
            look = "cursor" if self.has_focus else "blurred"
        style, mark = self._style(look)
        segments = [Segment("▸ " if marked else "  ", mark), Segment(self._seen.get(at, ""), style)]
        return Strip(segments).adjust_cell_length(width, style)

    def _style(self, look: str) -> tuple[Style, Style]:
        """The style of a line, and that of the mark before it."""
        if look not in self._styles:
            style = self.get_component_rich_style(f"waiting--{look}")
            self._styles[look] = style, style + self.get_component_rich_style("waiting--mark", partial=True)
        return self._styles[look]

    def notify_style_update(self) -> None:
        """Look the styles up anew: the theme may be another one."""
        self._styles.clear()
        super().notify_style_update()

    def _words(self, lines: range, width: int) -> dict[int, str]:
        """What these lines say now."""
        quota, moment, columns = self._quota, self._moment(), WaitingColumns.of(width)
        if quota is None:
            return {}
        return {at: waiter_words(self._waiters[at], quota, moment, columns) for at in lines}

    def _note(self) -> None:
        key = key_of(self._waiters[self.cursor]) if self.cursor < len(self._waiters) else ""
        if key != self._key:
            self._key = key
            self.post_message(self.Moved())


def _changed(before: str, after: str) -> tuple[int, int]:
    """The first cell that differs, and the one behind the last."""
    length = max(cell_len(before), cell_len(after))
    pairs = zip(before, after, strict=False)
    first = next((at for at, (old, new) in enumerate(pairs) if old != new), 0)
    return cell_len(after[:first]), length
