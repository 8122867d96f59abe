"""The text of an answer with words marked in it, as it is drawn."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Final, TypeAlias

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from tui_app.core.word_marks import Marked
from tui_app.ui.markdown.look import Look
from tui_app.ui.markdown.page import Page
from tui_app.ui.widgets.answer import AnswerView
from tui_app.ui.widgets.answer_text import AnswerText
from tui_app.ui.widgets.markdown_pieces import shown

Spans: TypeAlias = Mapping[int, Sequence[tuple[int, int]]]
"""Marks by line: from and to, in characters."""

_BREATH: Final = 50
"""How many lines are read before others have their turn."""
_READ_WIDTH: Final = 80


def spans_of(marked: Marked) -> dict[int, list[tuple[int, int]]]:
    """The marks of a text by its lines; those over several lines are cut, and begin and end with a sign."""
    found: dict[int, list[tuple[int, int]]] = {}
    line = column = 0
    for stretch in marked:
        for number, part in enumerate(stretch.text.split("\n")):
            if number:
                line, column = line + 1, 0
            bare = part.strip()
            if stretch.differs and bare:
                start = column + part.index(bare)
                found.setdefault(line, []).append((start, start + len(bare)))
            column += len(part)
    return found


async def lines_of(text: str) -> list[str]:
    """The lines of an answer as they would be drawn, for one that is not in sight."""
    page, look = Page(), Look.of({}, dark=True)
    page.lay(_READ_WIDTH)
    for number, _ in enumerate(page.feed(shown(text))):
        if not number % _BREATH:
            await asyncio.sleep(0)
    made = []
    for y in range(len(page)):
        made.append(page.paint(y, look).text.rstrip())
        if not y % _BREATH:
            await asyncio.sleep(0)
    return made


class MarkedText(AnswerText):
    """Marks words without moving any; marks for another width are not drawn."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"marked-text--differs"}
    DEFAULT_CSS = """
    MarkedText > .marked-text--differs {
        background: $warning-muted; color: $text-warning; text-style: bold underline;
    }
    """

    _spans: Spans = {}  # noqa: RUF012 - never changed, only replaced
    _spans_width = 0

    def mark(self, spans: Spans) -> None:
        """Mark these, and nothing else."""
        if spans or self._spans:
            self._spans, self._spans_width = spans, self._page.width
            self._kept.clear()
            self.refresh()

    async def lines(self) -> list[str]:
        """The lines as they are drawn now."""
        self._lay(self.size.width)
        made = []
        for y in range(len(self._page)):
            made.append(super()._painted(y).text.rstrip())
            if not y % _BREATH:
                await asyncio.sleep(0)
        return made

    def _painted(self, y: int) -> Strip:
        strip = super()._painted(y)
        spans = self._spans.get(y) if self._page.width == self._spans_width else None
        return Strip.join(list(self._parted(strip, spans))) if spans else strip

    def _parted(self, strip: Strip, spans: Sequence[tuple[int, int]]) -> Iterator[Strip]:
        text, style = strip.text, self.get_component_rich_style("marked-text--differs", partial=True)
        at = 0
        for start, end in spans:
            first, last = cell_len(text[:start]), cell_len(text[:end])
            yield strip.crop(at, first)
            chosen = strip.crop(first, last)
            yield Strip(Segment.apply_style(chosen, None, style), chosen.cell_length)
            at = last
        yield strip.crop(at, strip.cell_length)


class MarkedAnswer(AnswerView):
    """An answer in whose text words can be marked."""

    text_type = MarkedText

    async def lines(self) -> list[str]:
        """The lines of its text as they are drawn now."""
        return [line for text in self.query(MarkedText) for line in await text.lines()]

    async def mark(self, spans: Spans) -> None:
        """Mark these, by the lines of `lines`."""
        first = 0
        for text in self.query(MarkedText):
            count = len(await text.lines())
            text.mark({y - first: each for y, each in spans.items() if first <= y < first + count})
            first += count

    def unmark(self) -> None:
        """Mark nothing."""
        for text in self.query(MarkedText):
            text.mark({})
