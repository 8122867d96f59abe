"""What a turn is drawn of: its prompt, the blocks of its answer, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple, Protocol

from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.strip import Strip

from tui_app.core.conversation import Block
from tui_app.core.text import one_line
from tui_app.ui.markdown.page import Page
from tui_app.ui.widgets.answer_blocks import FOLDED, content_of, title_of
from tui_app.ui.widgets.markdown_pieces import shown
from tui_app.ui.widgets.plain_lines import PlainLines
from tui_app.ui.widgets.prompt_words import Stretch, text_between, words_of
from tui_app.ui.widgets.turn_brush import Brush

LEAD: Final = 2
"""How many cells are left free before words."""
_BLANK: Final = Strip.blank(LEAD)


class Painted(NamedTuple):
    """A line: what stands before its words, the words, and what they are drawn on to the right."""

    lead: Strip
    words: Strip
    ground: Style | None = None


class Part(Protocol):
    """A stretch of lines of a turn."""

    def lay(self, width: int, brush: Brush) -> int:
        """Lay it out for a width in cells; how many lines that takes."""

    def paint(self, y: int, brush: Brush, *, chosen: bool) -> Painted:
        """One of the lines that were laid out."""

    @property
    def settled(self) -> int:
        """How many of the lines nothing that comes can change."""


class PromptPart:
    """A prompt on a surface of its own; a bar before it says so without colour."""

    def __init__(self, asked: Sequence[Stretch]) -> None:
        self._asked = asked
        self._lines = PlainLines(words_of(asked))

    def lay(self, width: int, brush: Brush) -> int:
        """Break its lines, and leave a cell free behind them."""
        return self._lines.lay(max(1, width - LEAD - 1))

    def paint(self, y: int, brush: Brush, *, chosen: bool) -> Painted:
        """A line; all of them stand out while the cursor is on the turn."""
        style, bar = (brush.chosen, brush.chosen_bar) if chosen else (brush.prompt, brush.bar)
        lead = Strip([Segment("▌", bar), Segment(" ", style)], LEAD)
        return Painted(lead, Strip([Segment(self._lines.line(y), style)]), style)

    @property
    def settled(self) -> int:
        """It stays."""
        return len(self._lines)

    def text(self, begin: tuple[int, int], end: tuple[int, int]) -> str:
        """The text from one line and character of it to another; what is folded is whole."""
        return text_between(self._asked, self._lines.offset(*begin), self._lines.offset(*end))


class Said:
    """Something that is said of an answer, as content made for a width."""

    def __init__(self, said: Callable[[int], Content]) -> None:
        self._said = said
        self._strips: list[Strip] = []

    def lay(self, width: int, brush: Brush) -> int:
        """Draw it."""
        room = max(1, width - LEAD)
        self._strips = brush.draw(self._said(room), room)
        return len(self._strips)

    def paint(self, y: int, brush: Brush, *, chosen: bool) -> Painted:
        """A line of it."""
        return Painted(_BLANK, self._strips[y])

    @property
    def settled(self) -> int:
        """It stays."""
        return len(self._strips)


class TextPart:
    """A text block as Markdown, whole or while it comes."""

    def __init__(self, text: str) -> None:
        self._page, self._waiting = Page(), shown(text)
        self.length = 0
        """How many characters were taken in."""

    def take(self, text: str = "") -> Iterator[None]:
        """Take in what it was made with and more text, in steps; before the last its end is not there."""
        text, self._waiting = self._waiting + shown(text), ""
        if text:
            yield from self._page.feed(text)
            self.length += len(text)

    def lay(self, width: int, brush: Brush) -> int:
        """Break its lines."""
        self._page.lay(max(1, width - LEAD))
        return len(self._page)

    def paint(self, y: int, brush: Brush, *, chosen: bool) -> Painted:
        """A line of Markdown."""
        return Painted(_BLANK, self._page.paint(y, brush.look))

    @property
    def settled(self) -> int:
        """Those above the block that may grow."""
        return self._page.settled


class FoldPart:
    """A block under a title that folds it: thinking, a tool call, what inferterm does not know."""

    def __init__(self, block: Block, *, turned: bool) -> None:
        self.kind, self._raw = block.kind, block.raw
        self.open = (block.kind not in FOLDED) is not turned
        self._body = PlainLines(content_of(block))
        self._given = not block.text
        self._title: Strip | None = None
        self._brush: Brush | None = None

    def show(self, block: Block) -> None:
        """Show the block as it is at its end."""
        self._raw, self._body, self._title = block.raw, PlainLines(content_of(block)), None

    def add(self, text: str) -> None:
        """Append thinking that is on its way."""
        if self._given:
            self._body, self._given = PlainLines(), False
        self._body.add(shown(text))

    def turn(self) -> None:
        """Unfold it, or fold it."""
        self.open, self._title = not self.open, None

    def lay(self, width: int, brush: Brush) -> int:
        """A line for the title, and those of the body below it if that is unfolded."""
        if self._title is None or self._brush is not brush:
            words = f"{'▾' if self.open else '▸'} {one_line(title_of(self.kind, self._raw), limit=200)}"
            self._title, self._brush = Strip([Segment(words, brush.quiet)]), brush
        return 1 + (self._body.lay(max(1, width - 2 * LEAD)) if self.open else 0)

    def paint(self, y: int, brush: Brush, *, chosen: bool) -> Painted:
        """The title, or a line of the body."""
        if not y:
            assert self._title is not None
            return Painted(_BLANK, self._title)
        style = brush.thinking if self.kind == "thinking" else brush.quiet
        return Painted(Strip.blank(2 * LEAD), Strip([Segment(self._body.line(y - 1), style)]))

    @property
    def settled(self) -> int:
        """The title alone, until the answer has ended."""
        return 1
