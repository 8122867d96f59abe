"""The lines of the totals' table: names on the left, numbers under their heads, a bar for the measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from textual.content import Content

from tui_app.core.charts import bar
from tui_app.core.totals import By, Group
from tui_app.core.totals_words import HEADS, Measure, cells, errors_words, group_words, measured
from tui_app.ui.widgets.columns import GAP, cell

_WIDTHS: Final = (8, 6, 7, 7, 10, 9, 7, 9, 6)
"""Cells of the columns under HEADS."""
_FEW: Final = {Measure.FIRST_TOKEN: (0, 5, 6, 7, 8), Measure.SPEED: (0, 5, 6, 7, 8), Measure.ERRORS: (0, 1)}
_USUAL: Final = (0, 2, 3, 4)
_ALL: Final = tuple(range(len(HEADS)))
_ROOMY, _BAR, _NAME = 112, 10, 18


@dataclass(frozen=True, slots=True)
class TotalsColumns:
    """Which of the HEADS are shown, and the cells of the name, the bar and the errors; 0 shows none."""

    shown: tuple[int, ...]
    name: int
    bar: int
    errors: int

    @classmethod
    def of(cls, width: int, measure: Measure) -> Self:
        """Share a line of `width` cells out."""
        errors = measure is Measure.ERRORS
        shown = _ALL if width >= _ROOMY and not errors else _FEW.get(measure, _USUAL)
        taken = sum(_WIDTHS[place] + len(GAP) for place in shown)
        left = width - taken
        bar_ = _BAR if left - _BAR - len(GAP) >= _NAME else 0
        left -= bar_ + len(GAP) if bar_ else 0
        more = max(0, left - 2 * _NAME) if errors else 0
        return cls(shown, max(8, left - more - (len(GAP) if more else 0)), bar_, more)


def head(columns: TotalsColumns, by: By) -> Content:
    """The names of the columns."""
    line = f"{by.value:<{columns.name}}" + (" " * (len(GAP) + columns.bar) if columns.bar else "")
    line += "".join(f"{GAP}{HEADS[place]:>{_WIDTHS[place]}}" for place in columns.shown)
    return Content.styled(line + (f"{GAP}errors" if columns.errors else ""), "$text-muted")


def group_line(group: Group, by: By, measure: Measure, columns: TotalsColumns, top: float) -> Content:
    """A group on one line; `top` fills its bar."""
    told = cells(group.sum)
    line = cell(Content(group_words(group, by)), columns.name)
    if columns.bar:
        line = Content.assemble(line, GAP, (bar(measured(group.sum, measure), top, columns.bar), "$primary"))
    for place in columns.shown:
        style = "$text-error" if HEADS[place] == "failed" and group.sum.failed else ""
        line = Content.assemble(line, GAP, (f"{told[place]:>{_WIDTHS[place]}}", style))
    if columns.errors:
        line = Content.assemble(line, GAP, cell(Content(errors_words(group.sum)), columns.errors))
    return line
