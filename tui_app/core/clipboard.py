"""Copying: by which way a text went, what of that is certain, and what to do where nothing is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of a copy: `words` say by which way it went; `sure` tells that somebody confirmed it."""

    words: str
    sure: bool


class Clipboard(Protocol):
    """Where copied text goes."""

    async def copy(self, text: str, to_terminal: Callable[[str], None] | None) -> Copied:
        """Copy by every way that there is; `to_terminal` writes a sequence, None where nobody reads one."""
        ...


def count_words(text: str) -> str:
    """How much it is: `1 character`, `1,200 characters`."""
    return f"{len(text):,} character{'' if len(text) == 1 else 's'}"
