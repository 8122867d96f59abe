"""Blocks as lines of the terminal: each piece lays one block out, again only what is new, and paints lines.

To lay out is to learn how many lines there are and where they break; for lines out of sight that is all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rich.segment import Segment

from tui_app.ui.markdown.blocks import Kind, Leaf
from tui_app.ui.markdown.code import Code
from tui_app.ui.markdown.ink import Run, inked
from tui_app.ui.markdown.look import Look
from tui_app.ui.markdown.table import Table
from tui_app.ui.markdown.wrapping import Span, between, spans_of


class Piece(Protocol):
    """Draws one block, which may grow."""

    def grow(self, leaf: Leaf) -> None:
        """Take the block as it stands now."""

    def lay(self, width: int) -> int:
        """Lay it out in so many cells; how many lines that takes."""

    def paint(self, line: int, look: Look) -> list[Segment]:
        """One of the lines that were laid out."""

    @property
    def settled(self) -> int:
        """How many of the lines stay as they are whatever comes."""


class Words:
    """A paragraph or a heading."""

    def __init__(self) -> None:
        self._runs: list[list[Run]] = []
        self._level = 0
        self._source = ""
        self._rows: list[tuple[Sequence[Run], Span]] = []

    def grow(self, leaf: Leaf) -> None:
        """Take its words."""
        self._level = leaf.level
        source = "\n".join(leaf.lines).rstrip()
        if source != self._source or not self._runs:
            self._source, self._runs = source, inked(source)

    def lay(self, width: int) -> int:
        """Break its lines between words."""
        self._rows = [(runs, span) for runs in self._runs for span in spans_of(runs, width)]
        return len(self._rows)

    def paint(self, line: int, look: Look) -> list[Segment]:
        """A line of words."""
        runs, span = self._rows[line]
        over = look.heading(self._level) if self._level else None
        inks = [(text, look.words(ink)) for text, ink in between(runs, span)]
        return [Segment(text, over + style if over else style) for text, style in inks]

    @property
    def settled(self) -> int:
        """None before its end."""
        return 0


class Rule:
    """A line across."""

    def __init__(self) -> None:
        self._width = 1

    def grow(self, leaf: Leaf) -> None:
        """Nothing can change it."""

    def lay(self, width: int) -> int:
        """It is one line."""
        self._width = width
        return 1

    def paint(self, line: int, look: Look) -> list[Segment]:
        """The line."""
        return [Segment("─" * self._width, look.line)]

    @property
    def settled(self) -> int:
        """None before its end."""
        return 0


def piece_of(kind: Kind) -> Piece:
    """An empty piece for a block of this kind."""
    match kind:
        case Kind.PARAGRAPH | Kind.HEADING:
            return Words()
        case Kind.FENCE | Kind.INDENTED:
            return Code()
        case Kind.TABLE:
            return Table()
        case Kind.RULE:
            return Rule()
