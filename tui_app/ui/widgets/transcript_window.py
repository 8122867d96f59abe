"""How many turns of a conversation are mounted at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tui_app.core.conversation import Turn

WINDOW_TURNS: Final = 12
WINDOW_LENGTH: Final = 8_000
"""How many turns are mounted at first, and about how many characters."""
STEP_TURNS: Final = 3
STEP_LENGTH: Final = 5_000
"""How many are mounted at a time when one scrolls on."""


def window(turns: Sequence[Turn], end: int, most: int = WINDOW_TURNS, longest: int = WINDOW_LENGTH) -> int:
    """Where the turns before `end` begin that are mounted together."""
    begin, length = end, 0
    while begin and end - begin < most and length < longest:
        begin -= 1
        length += len(turns[begin].answer.text)
    return begin
