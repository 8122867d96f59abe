"""The strip of starts: the last 60 seconds of a group, moving while there is something in them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui_app.core.activity import Start
from tui_app.core.quota import Source
from tui_app.core.starts import Picture, picture, recent, tally
from tui_app.ui.widgets.start_cells import QUIET, Cell, axis, chart_row, height, legend

FOOT: Final = 2
"""Lines below the stacks: the axis and the legend."""
_SOURCES: Final = tuple(source.value for source in Source)
_ENDS: Final = ("", "-part", "-elsewhere", "-elsewhere-part")


def _looks() -> str:
    """The looks of the sources: this process on a full colour, others on a shade of it."""
    pieces = [
        f"& > .start--{name} {{ color: $background; background: $start-{name}; text-style: bold; }}"
        f"& > .start--{name}-part {{ color: $start-{name}; }}"
        f"& > .start--{name}-elsewhere {{ color: $start-{name}; background: $start-{name} 22%; }}"
        f"& > .start--{name}-elsewhere-part {{ color: $start-{name} 60%; }}"
        f"&:ansi > .start--{name}-elsewhere {{ background: ansi_default; }}"
        for name in _SOURCES
    ]
    return "\n".join(pieces)


class StartStrip(Widget):
    """Shows `starts` as they stand at the moment last given to `show`; draws only what looks different."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"start--{name}{end}" for name in _SOURCES for end in _ENDS),
        *(
            f"start--{name}"
            for name in ("unsent", "unsent-part", "count", "ground", "grid", "words", "note", "axis")
        ),
    }
    DEFAULT_CSS = f"""
    StartStrip {{
        height: 6;
        {_looks()}
        & > .start--unsent {{ color: $foreground; text-style: bold; }}
        & > .start--unsent-part {{ color: $foreground; }}
        & > .start--count {{ color: $foreground; text-style: bold; }}
        & > .start--grid {{ color: $rule; }}
        & > .start--words {{ color: $foreground; }}
        & > .start--note, & > .start--axis {{ color: $text-muted; }}
    }}
    """

    starts: reactive[tuple[Start, ...]] = reactive((), init=False, repaint=False)

    def __init__(self, *, id: str | None = None) -> None:
        self._styles: dict[str, Style] = {}
        super().__init__(id=id)
        self._now = 0.0
        self._picture = Picture(((),), (0,), (None,))
        self._shown: tuple[Start, ...] = ()
        self._legend: tuple[Cell, ...] = ()

    def show(self, now: float) -> None:
        """Let it be `now`."""
        self._now = now
        self._draw()

    def watch_starts(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    @property
    def _rows(self) -> int:
        return max(1, self.size.height - FOOT)

    def _draw(self) -> None:
        if not self.size.width:
            return
        width, rows = self.size.width, self._rows
        shown = recent(self.starts, self._now)
        drawn = picture(shown, self._now, width, rows)
        words = tuple(legend(tally(shown), drawn.scale, width))
        before, self._picture = self._picture, drawn
        both_seen = bool(shown) == bool(self._shown) and len(drawn.stacks) == len(before.stacks)
        said, self._shown, self._legend = self._legend, shown, words
        if not both_seen:
            self.refresh()
            return
        if drawn != before:
            high = min(rows, max(height(drawn), height(before)))
            self.refresh(Region(0, rows - high, width, high))
        if words != said:
            self.refresh(Region(0, rows + 1, width, 1))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y < self._rows:
            row = self._rows - 1 - y
            return self._strip(chart_row(self._picture, row) if self._shown else self._quiet(y))
        if y == self._rows:
            return self._strip([(axis(width), "axis")])
        return self._strip(self._legend)

    def _quiet(self, y: int) -> Iterable[Cell]:
        """Words in the middle of an empty strip."""
        at = y - (self._rows - len(QUIET)) // 2
        words = QUIET[at] if 0 <= at < len(QUIET) else ""
        return [(words.center(self.size.width), "note")]

    def _style(self, look: str) -> Style:
        if look not in self._styles:
            self._styles[look] = self.get_component_rich_style(f"start--{look}")
        return self._styles[look]

    def notify_style_update(self) -> None:
        """Look the styles up anew: the theme may be another one."""
        self._styles.clear()
        super().notify_style_update()

    def _strip(self, cells: Iterable[Cell]) -> Strip:
        segments = [
            Segment("".join(text for text, _ in run), self._style(look))
            for look, run in groupby(cells, key=lambda cell: cell[1])
        ]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)
