"""One row of a batch, whole: what was asked, what came, and what each check says."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tui_app.core.batch_items import Row
from tui_app.core.batch_plans import dollars
from tui_app.core.text import plain
from tui_app.ui.commands import bindings
from tui_app.ui.widgets.batch_cells import sign
from tui_app.ui.widgets.key_bar import KeyBar
from tui_app.ui.widgets.title_bar import TitleBar


class BatchRowScreen(Screen[None]):
    """Shows a row as it stood when it was opened, beside how it was in an earlier run."""

    CSS_PATH = "../batches.tcss"
    HELP = """
    One row of a batch: its prompt, its answer, and what its checks say. Arrows and pages scroll, esc goes
    back to the table.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("batchrow")]

    def __init__(self, row: Row, earlier: Row | None = None) -> None:
        super().__init__()
        self._row, self._earlier = row, earlier

    def compose(self) -> ComposeResult:
        yield TitleBar("row", f"{self._row.item.position + 1}, line {self._row.item.line}")
        with VerticalScroll(id="row-parts"):
            yield Static(row_text(self._row, self._earlier), id="row-text")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one("#row-parts").focus()

    def action_leave(self) -> None:
        """Back to the rows."""
        self.dismiss(None)


def row_text(row: Row, earlier: Row | None = None) -> Content:
    """A row in paragraphs."""
    glyph, colour, word = sign(row)
    parts = [Content.styled(f"{glyph} {word}", colour)]
    system = row.item.request.settings.system
    if system:
        parts.append(_part("System", system))
    parts.append(_part("Prompt", row.item.prompt))
    if (result := row.result) is not None:
        if result.error:
            parts.append(Content.assemble(("Error", "bold"), "\n", (plain(result.error), "$text-error")))
        if result.text:
            parts.append(_part("Answer", result.text))
        parts += [_checks(row)] if result.verdicts else []
        price = "price unknown" if result.dollars is None else dollars(result.dollars)
        figures = (
            f"{result.usage.total_input:,} tokens in, {result.usage.output_tokens:,} out, {price}, "
            f"{result.seconds:.1f} s, waited {result.timing.queued_s:.1f} s, {result.model}"
        )
        parts.append(Content.styled(figures, "$text-muted"))
    if earlier is not None and earlier.result is not None:
        parts.append(_part(f"Earlier ({sign(earlier)[2]})", earlier.result.text or earlier.result.error))
    return Content("\n\n").join(parts)


def _part(name: str, text: str) -> Content:
    return Content.assemble((name, "bold"), "\n", plain(text))


def _checks(row: Row) -> Content:
    lines = [Content.styled("Checks", "bold")]
    for verdict in row.result.verdicts if row.result else ():
        sign_, colour = ("✓", "$text-success") if verdict.passed else ("✗", "$text-error")
        name = f"{verdict.name}: " if verdict.name else ""
        why = f": {plain(verdict.why)}" if verdict.why else ""
        lines.append(Content.assemble((f"{sign_} ", colour), f"{name}{plain(verdict.check)}{why}"))
    return Content("\n").join(lines)
