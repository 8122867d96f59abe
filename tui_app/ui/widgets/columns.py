"""The columns of the list of endpoints, as wide as there is room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from textual.content import Content

GAP: Final = "  "


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide each column is, in cells; `verified` is 0 where there is no room for it."""

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
        gaps = len(GAP) * (4 if verified else 3)
        quota = width - 2 - id_ - model - key - verified - gaps
        return cls(id_, model, max(10, min(44, quota)), key, verified)


def head_line(columns: Columns) -> Content:
    """The names of the columns."""
    names = [("Endpoint", columns.id), ("Model", columns.model), ("Quota in any 60 s", columns.quota)]
    names += [("Key", columns.key)] + ([("Verified", columns.verified)] if columns.verified else [])
    return Content.styled("  " + GAP.join(name[:width].ljust(width) for name, width in names), "$text-muted")


def cell(words: Content, width: int) -> Content:
    """Words cut or filled to a width."""
    return words.truncate(width, ellipsis=True).pad_right(max(0, width - words.cell_length))
