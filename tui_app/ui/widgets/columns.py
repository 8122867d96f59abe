"""The columns of the list of endpoints, as wide as there is room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from textual.content import Content

GAP: Final = "  "
MARGIN: Final = 3
"""Cells of a screen beside the lines of its list: air on both sides, and a scrollbar."""
LEAST: Final = 30
"""Cells below which words are not squeezed."""


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide each column is, in cells; `model` and `verified` are 0 where there is no room for them."""

    id: int
    model: int
    quota: int
    key: int
    verified: int

    @classmethod
    def of(cls, width: int) -> Self:
        """Share a line of `width` cells out; the quota gets what is left."""
        roomy = width >= 96
        id_, model, key, verified = (21, 18, 12, 13) if roomy else (17, 17, 12, 0)
        if width >= 130:
            id_, model = 30, 26
        elif width < 70:
            id_, model = max(10, width - 41), 0
        gaps = len(GAP) * (2 + bool(model) + bool(verified))
        quota = width - 2 - id_ - model - key - verified - gaps
        return cls(id_, model, max(10, min(44, quota)), key, verified)

    @property
    def after_id(self) -> int:
        """The cells of all columns but the first, with the gaps between them."""
        widths = [each for each in (self.model, self.quota, self.key, self.verified) if each]
        return sum(widths) + len(GAP) * (len(widths) - 1)


def head_line(columns: Columns) -> Content:
    """The names of the columns."""
    names = [("Endpoint", columns.id), ("Model", columns.model), ("Quota in any 60 s", columns.quota)]
    names += [("Key", columns.key), ("Verified", columns.verified)]
    shown = GAP.join(name[:width].ljust(width) for name, width in names if width)
    return Content.styled("  " + shown, "$text-muted")


def hung(line: Content, label: int, room: int) -> Content:
    """Wrap a line so that what follows stands under its words, not under its label of `label` cells."""
    name, words = line.divide([label])
    rows = [row for part in words.split("\n", allow_blank=True) for row in part.wrap(max(LEAST, room))]
    return Content.assemble(name, Content("\n" + " " * label).join(row.rstrip() for row in rows))


def cell(words: Content, width: int) -> Content:
    """Words cut or filled to a width."""
    return words.truncate(width, ellipsis=True).pad_right(max(0, width - words.cell_length))
