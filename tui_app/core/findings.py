"""What a search through all conversations finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Hit:
    """A turn that holds what was looked for; `asked_at` is wall-clock seconds.

    `excerpt` is the text round the first find in pieces, each with whether it was looked for.
    """

    conversation_id: int
    turn_id: int
    endpoint: str
    title: str
    asked_at: float
    where: Literal["prompt", "answer", "file"]
    excerpt: tuple[tuple[str, bool], ...]
