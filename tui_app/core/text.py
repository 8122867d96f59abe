"""Foreign text made fit to be shown: no escape sequences, no control characters, no more than fits."""

from __future__ import annotations

import json
import re

_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_].*?(?:\x07|\x1b\\|\x9c|$)|[ -/]*[0-~])"
    r"|\x9b[0-?]*[ -/]*[@-~]",
    re.DOTALL,
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Return `text` without terminal escape sequences, control and direction characters; lines stay."""
    return _CONTROLS.sub("", _ESCAPES.sub("", text.replace("\r\n", "\n").replace("\x85", "\n")))


def brief(text: str, *, limit: int = 300, lines: int = 3) -> str:
    """Return at most `lines` non-empty lines and `limit` characters of `text`, made plain."""
    kept = [line.strip() for line in plain(text).splitlines() if line.strip()]
    cut = "\n".join(kept[:lines])
    return cut if len(kept) <= lines and len(cut) <= limit else f"{cut[: limit - 1].rstrip()}…"


def one_line(value: object, *, limit: int = 40) -> str:
    """Name a value in a message: on one line, plain, cut at `limit` characters."""
    words = value if isinstance(value, str) else json.dumps(value, default=str)
    text = " ".join(plain(words).split())
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
