"""A chart of upright bars: block characters alone, so that it needs no colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui_app.core.charts import bars

_SIDE: Final = 9
_WIDEST: Final = 6


@dataclass(frozen=True, slots=True)
class Chart:
    """Values with the names of their columns; `top` and `bottom` are words for the ends of the scale."""

    heading: str = ""
    values: tuple[float, ...] = ()
    names: tuple[str, ...] = ()
    top: str = ""
    bottom: str = "0"


class BarChart(Widget):
    """Shows the latest values for which there is room, in all the height that it has."""

    DEFAULT_CSS: ClassVar[str] = "BarChart { height: 8; padding: 0 1; }"

    chart: reactive[Chart] = reactive(Chart(), layout=True)

    def render(self) -> Content:
        size = self.content_size
        return drawn(self.chart, size.width, size.height)


def drawn(chart: Chart, width: int, height: int) -> Content:
    """The chart in so many cells and lines: a heading, bars with their scale, a foot with names."""
    room, lines = max(1, width - _SIDE), max(1, height - 2)
    values, names = chart.values[-room:], chart.names[-room:]
    each = max(1, min(_WIDEST, room // max(1, len(values))))
    gap = 1 if each > 1 else 0
    side = [chart.top] + [""] * (lines - 2) + ([chart.bottom] if lines > 1 else [])
    rows = [Content.styled(chart.heading, "bold")]
    for words, line in zip(side, bars(values, lines), strict=True):
        wide = "".join(mark * (each - gap) + " " * gap for mark in line)
        rows.append(Content.assemble((f"{words:>{_SIDE - 2}} ", "$text-muted"), "│", (wide, "$primary")))
    rows.append(Content.styled(" " * _SIDE + foot(names, each), "$text-muted"))
    return Content("\n").join(rows)


def foot(names: Sequence[str], each: int) -> str:
    """Names under their columns of `each` cells, the last one always, others as far as there is room."""
    width = len(names) * each
    line = [" "] * max(width, max(map(len, names), default=0))
    last = max(0, min((len(names) - 1) * each, len(line) - len(names[-1]))) if names else 0
    end = 0
    for place, name in enumerate(names[:-1]):
        at = place * each
        if at >= end and at + len(name) < last:
            line[at : at + len(name)] = name
            end = at + len(name) + 3
    if names:
        line[last : last + len(names[-1])] = names[-1]
    return "".join(line).rstrip()
