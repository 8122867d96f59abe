"""The facts of an answer on one calm line: model, tokens, cost, times, request id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

_GAP: Final = " · "


def lines(pieces: Sequence[str], width: int) -> list[str]:
    """Put as many pieces on each line as fit; no piece is torn apart unless it is wider than a line."""
    made: list[str] = []
    for piece in pieces:
        longer = f"{made[-1]}{_GAP}{piece}" if made else piece
        if made and Content(longer).cell_length <= width:
            made[-1] = longer
        else:
            made.append(piece)
    return made


class AnswerFacts(Widget):
    """Shows facts, dim, on as few lines as the width allows."""

    DEFAULT_CSS = """
    AnswerFacts { height: auto; width: 1fr; }
    """

    def __init__(self, pieces: Sequence[str]) -> None:
        super().__init__()
        self._pieces = tuple(pieces)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(1, len(lines(self._pieces, width)))

    def render(self) -> Content:
        return Content("\n".join(lines(self._pieces, self.content_size.width)))
