"""One row of a batch, whole: what was asked, what came, what each check says, and how it was before."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tui_app.core.batch_comparison import difference
from tui_app.core.batch_items import Result, Row
from tui_app.core.batch_output import paid_words
from tui_app.core.text import plain
from tui_app.core.word_marks import Marked, compared
from tui_app.ui.commands import bindings
from tui_app.ui.marking import Marking
from tui_app.ui.widgets.batch_cells import sign
from tui_app.ui.widgets.key_bar import KeyBar
from tui_app.ui.widgets.title_bar import TitleBar

_DIFFERS = "bold underline $text-warning"


class BatchRowScreen(Marking, Screen[None]):
    """Shows a row as it stood when it was opened, beside how it was in an earlier run.

    `go` gives the row so many steps further, `mark` keeps a person's mark of one.
    """

    CSS_PATH = "../batches.tcss"
    HELP = """
    One row of a batch: its prompt, its answer, and what its checks say. Beside an earlier run, the words
    are marked in which the answers differ. Arrows and pages scroll, left and right go from row to row,
    digits mark, esc goes back to the table.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("batchrow")]

    def __init__(
        self,
        row: Row,
        earlier: Mapping[int, Row] | None,
        go: Callable[[int], Row | None],
        mark: Callable[[Row, int | None], Awaitable[None]],
        *,
        free: bool = False,
    ) -> None:
        super().__init__()
        self._row, self._earlier, self._go, self._mark = row, earlier or {}, go, mark
        self._marked: int | None = row.mark
        self._free = free

    def compose(self) -> ComposeResult:
        yield TitleBar("row")
        with VerticalScroll(id="row-parts"):
            yield Static(id="row-text")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one("#row-parts").focus()
        self._show()

    @work(group="show", exclusive=True)
    async def _show(self) -> None:
        """Show the row; what takes time is done off the event loop."""
        row = self._row
        bar = self.query_one(TitleBar)
        bar.about = f"{row.item.position + 1}, line {row.item.line}"
        bar.aside = Content.styled(f"{self._marked}★" if self._marked else "", "$accent")
        earlier = self._earlier.get(row.item.position)
        text = await asyncio.to_thread(row_text, row, earlier, free=self._free)
        self.query_one("#row-text", Static).update(text)

    def action_step(self, by: int) -> None:
        """Go to another row."""
        if (row := self._go(by)) is not None:
            self._row, self._marked = row, row.mark
            self.query_one("#row-parts", VerticalScroll).scroll_home(animate=False)
            self._show()

    def action_earlier(self) -> None:
        """Go to the row before."""
        self.action_step(-1)

    def action_later(self) -> None:
        """Go to the row after."""
        self.action_step(1)

    @work(group="mark")
    async def put_mark(self, mark: int | None) -> None:
        """Mark the row, or take its mark away."""
        self._marked = mark
        await self._mark(self._row, mark)
        self._show()

    def action_leave(self) -> None:
        """Back to the rows."""
        self.dismiss(None)


def row_text(row: Row, earlier: Row | None = None, *, free: bool = False) -> Content:
    """A row in paragraphs."""
    glyph, colour, word = sign(row)
    parts = [Content.styled(f"{glyph} {word}", colour)]
    if row.item.variation:
        settings = ", ".join(f"{name} {value}" for name, value in row.item.variation.items())
        parts.append(_part("Varied", settings))
    if system := row.item.request.settings.system:
        parts.append(_part("System", system))
    parts.append(_part("Prompt", row.item.prompt))
    if row.item.lead:
        parts.append(_part("The answer goes on from", row.item.lead))
    result, then = row.result, earlier.result if earlier else None
    if result is not None:
        now, before = compared(plain(result.text), plain(then.text if then else result.text))
        if result.error:
            parts.append(Content.assemble(("Error", "bold"), "\n", (plain(result.error), "$text-error")))
        if result.text:
            parts.append(_marked("Answer", now))
        parts += [_checks(row)] if result.verdicts else []
        parts.append(_figures(row, free=free))
        if earlier is not None and then is not None:
            name = f"Earlier ({sign(earlier)[2]})"
            parts.append(_marked(name, before) if then.text else _part(name, then.error))
            parts.append(_than(result, then))
    return Content("\n\n").join(parts)


def _than(now: Result, then: Result) -> Content:
    same = "the same text" if then.text == now.text else "words that differ are marked"
    more = difference(now, then)
    return Content.styled(f"{more.words} than then; {same}" if more else same, "$text-muted")


def _part(name: str, text: str) -> Content:
    return Content.assemble((name, "bold"), "\n", plain(text))


def _marked(name: str, marked: Marked) -> Content:
    stretches = [(each.text, _DIFFERS if each.differs else "") for each in marked]
    return Content.assemble((name, "bold"), "\n", *stretches)


def _figures(row: Row, *, free: bool) -> Content:
    result = row.result
    assert result is not None, "there is one"
    price = "price unknown" if result.dollars is None else paid_words(result.dollars, free=free)
    out = f"{result.usage.output_tokens:,}" if result.counted else "?"
    figures = (
        f"{result.usage.total_input:,} tokens in, {out} out, {price}, "
        f"{result.seconds:.1f} s, waited {result.timing.queued_s:.1f} s, {result.model}"
    )
    return Content.styled(figures, "$text-muted")


def _checks(row: Row) -> Content:
    lines = [Content.styled("Checks", "bold")]
    for verdict in row.result.verdicts if row.result else ():
        sign_, colour = ("✓", "$text-success") if verdict.passed else ("✗", "$text-error")
        name = f"{verdict.name}: " if verdict.name else ""
        why = f": {plain(verdict.why)}" if verdict.why else ""
        lines.append(Content.assemble((f"{sign_} ", colour), f"{name}{plain(verdict.check)}{why}"))
    return Content("\n").join(lines)
