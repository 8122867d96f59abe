"""What a search through all conversations finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tui_app.core.conversation import ConversationEntry


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


def matches(words: Sequence[str], text: str) -> bool:
    """Tell whether every word stands in a text; both are folded already."""
    return all(word in text for word in words)


def folded(entry: ConversationEntry) -> str:
    """Title and endpoint, in which case does not matter."""
    return f"{entry.title} {entry.endpoint}".casefold()
