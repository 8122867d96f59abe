"""JSON from servers that cut text between the two halves of a character, and the mending of it.

A server that counts in UTF-16 units can send `"\\ud83d"` in one piece and `"\\ude00"` in the next.
Neither is a character; a strict parser refuses both, and no file or terminal takes them.
"""

from __future__ import annotations

import json

from pydantic_core import from_json

from tui_app.core.characters import mended
from tui_app.core.jsons import JsonValue


def read_event(text: str) -> JsonValue:
    """Parse JSON; only a delta's `text` and `thinking` may still hold halves. Raises ValueError."""
    try:
        value: JsonValue = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        if "hex escape" not in str(error):
            raise
        return _read_halves(text)
    return value


class Mender:
    """Keeps the half at the end of one piece of text for the next piece."""

    def __init__(self) -> None:
        self._half = ""

    def add(self, piece: str) -> str:
        """The whole characters so far."""
        if not self._half and piece.isascii():
            return piece
        piece, self._half = self._half + piece, ""
        if "\ud800" <= piece[-1:] <= "\udbff":
            piece, self._half = piece[:-1], piece[-1]
        return mended(piece)

    def rest(self) -> str:
        """What is left at the end of a text: nothing, or U+FFFD for a half."""
        half, self._half = self._half, ""
        return mended(half)


def _read_halves(text: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(text)
        whole = _mended_throughout(value)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    delta, told = (part.get("delta") if isinstance(part, dict) else None for part in (whole, value))
    if isinstance(delta, dict) and isinstance(told, dict):
        delta.update({name: told[name] for name in ("text", "thinking") if name in told})
    return whole


def _mended_throughout(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return mended(value)
    if isinstance(value, list):
        return [_mended_throughout(item) for item in value]
    if isinstance(value, dict):
        return {mended(name): _mended_throughout(item) for name, item in value.items()}
    return value
