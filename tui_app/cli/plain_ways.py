"""Something to choose by its number in a plain chat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Way:
    """Words, and what they lead to."""

    words: str
    run: Callable[[], Awaitable[None]]
