"""What terminals make of keys: some come as others, some not at all, and one Textual has no name for."""

from __future__ import annotations

from enum import Enum
from typing import Final, cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.keys import REPLACED_KEYS, key_to_character

_SAME: Final = {
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+h": "backspace",
    "ctrl+left_square_bracket": "escape",
    "ctrl+slash": "ctrl+underscore",
}
"""Keys that a terminal sends as another one's."""
_FORMS: Final = {
    "ctrl+space": ("ctrl+@", "ctrl+space"),
    "ctrl+at": ("ctrl+@", "ctrl+space"),
}
"""Keys that come under another name, or under one of two."""
_KEPT: Final = {"ctrl+a": "GNU screen", "ctrl+b": "tmux"}
"""Keys that a multiplexer takes for itself."""
_RARE: Final = frozenset({"super", "hyper", "meta"})
_UNCODED: Final = frozenset({"enter", "tab", "backspace", "escape"})
_CONTROLS: Final = frozenset(
    {"at", "@", "backslash", "right_square_bracket", "circumflex_accent", "underscore"}
)
"""What besides letters has a control character."""


class _Missing(Enum):
    """Keys that Textual reads without their modifier."""

    ALT_ENTER = "alt+enter"


def tell_apart() -> None:
    """Have Textual read alt+enter as such: it takes the escape before it for nothing, and so for enter."""
    cast("dict[str, object]", ANSI_SEQUENCES_KEYS)["\x1b\r"] = (_Missing.ALT_ENTER,)


def same_as(key: str) -> str:
    """The key as which a terminal sends this one, empty where it is sent as itself."""
    return _SAME.get(key, "")


def forms(key: str) -> tuple[str, ...]:
    """The names under which a key may come."""
    return _FORMS.get(key, (key,))


def is_text(key: str) -> bool:
    """Whether a key types a character."""
    character = key_to_character(REPLACED_KEYS.get(key, key))
    return character is not None and character.isprintable()


def unsure(key: str) -> str:
    """Why a key may never come, empty where every terminal sends it."""
    if key in _KEPT:
        return f"{_KEPT[key]} keeps {key} for itself"
    *modifiers, last = key.split("+")
    held = set(modifiers)
    coded = (len(last) == 1 and last.isalpha()) or last in _CONTROLS
    rare = (
        held & _RARE
        or ("shift" in held and last in _UNCODED - {"tab"})
        or ("ctrl" in held and (last in _UNCODED or (is_text(last) and ("shift" in held or not coded))))
    )
    return f"few terminals send {key}" if rare else ""
