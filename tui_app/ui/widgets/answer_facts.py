"""The facts of an answer on one calm line: model, tokens, cost, times, request id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.content import Content

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
