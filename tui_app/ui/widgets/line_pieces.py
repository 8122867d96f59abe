"""A long line in pieces that fit into a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len, chop_cells


def pieces(line: str, width: int) -> Iterable[str]:
    """A line in pieces of at most `width` cells, tabs as spaces; at least one, which may be empty."""
    line = line.expandtabs(4)
    if not line.isascii() and cell_len(line) != len(line):
        return chop_cells(line, width)
    return (line[at : at + width] for at in range(0, max(1, len(line)), width))
