"""vim's keys for moving, where no text is typed."""

from __future__ import annotations

from typing import Final

from textual.events import Key

MOVES: Final = {
    "j": "down",
    "k": "up",
    "h": "left",
    "l": "right",
    "g": "home",
    "upper_g": "end",
    "G": "end",
    "ctrl+d": "pagedown",
    "ctrl+u": "pageup",
}
"""What each of them stands for."""

MOVED: Final = {
    "endpoints.key": "K",
    "endpoints.clusters": "C",
    "export.key": "K",
    "clusters.pull": "L",
    "server.key": "K",
}
"""Commands whose letter moves, and the capital that is theirs while vim's keys are on."""


def as_vim(event: Key) -> Key:
    """The key that a key stands for, with the letter that was typed; itself where it is none of vim's."""
    move = MOVES.get(event.key)
    return event if move is None else Key(move, event.character)
