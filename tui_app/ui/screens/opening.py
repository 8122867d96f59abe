"""The first thing on the screen: the endpoints at a glance, while everything else is loaded."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tui_app.core.counts import counted
from tui_app.core.first_sight import Glance
from tui_app.ui.widgets.columns import GAP, MARGIN, Columns, cell, head_line
from tui_app.ui.widgets.title_bar import TitleBar


class OpeningScreen(Screen[None]):
    """Looks like the list of endpoints, which comes in its place."""

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, glances: tuple[Glance, ...]) -> None:
        super().__init__()
        self._glances = glances

    def compose(self) -> ComposeResult:
        count = len(self._glances)
        yield TitleBar("inferterm", counted(count, "endpoint") if count else "")
        yield Static(id="head")
        yield Static(id="glances")

    def on_resize(self) -> None:
        if not self._glances:
            return
        columns = Columns.of(self.size.width - MARGIN)
        self.query_one("#head", Static).update(head_line(columns))
        lines = [_line(glance, columns) for glance in self._glances[: self.size.height]]
        self.query_one("#glances", Static).update(Content("\n").join(lines))


def _line(glance: Glance, columns: Columns) -> Content:
    name = cell(Content.styled(glance.inference_id, "bold"), columns.id)
    rate = Content.styled(f"{glance.limit} a minute" if glance.limit else "", "$text-muted")
    cells = [name, cell(Content(glance.model), columns.model), rate] if columns.model else [name, rate]
    return Content.assemble("  ", Content(GAP).join(cells))
