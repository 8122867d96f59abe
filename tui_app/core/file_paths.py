"""Paths of files in what somebody types, pastes or drops: plain, quoted, escaped, or as a file:// address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

MOST_READ: Final = 20_000
"""Characters of a text that are looked through."""
MOST_PATHS: Final = 20
_WORD: Final = re.compile(
    r"(?<!\S)(?:'(?P<single>(?:[^'\n]|'\\'')+)'(?=[.,;:!?]*(?!\S))"
    r'|"(?P<double>(?:[^"\\\n]|\\.)+)"(?=[.,;:!?]*(?!\S))'
    r"|(?P<bare>(?:[^\s\\]|\\[^\n])+)(?!\S))"
)
_PUNCTUATION: Final = ".,;:!?"
"""Ends a sentence, and hardly a file's name."""
_BEGINNINGS: Final = ("/", "~/", "./", "../")


@dataclass(frozen=True, slots=True)
class Mention:
    """A path in a text: where it stands there, and what it names."""

    begin: int
    end: int
    path: str


def mentions(text: str) -> tuple[Mention, ...]:
    """All that may be paths in a text, in their order; whether a file is there is not looked at."""
    return tuple(_mentions(text[:MOST_READ]))


def dropped(text: str) -> tuple[Mention, ...]:
    """The paths of a text that is nothing else, as terminals paste dropped files; none of any other."""
    found = mentions(text) if len(text) <= MOST_READ else ()
    at = 0
    for each in found:
        if text[at : each.begin].strip():
            return ()
        at = each.end
    return () if text[at:].strip() else found


def without(text: str, gone: Mention) -> str:
    """The text without a path and the space before it."""
    return (text[: gone.begin].rstrip(" ") + text[gone.end :]) if gone.begin else text[gone.end :].lstrip(" ")


def _mentions(text: str) -> Iterator[Mention]:
    found = 0
    for match in _WORD.finditer(text):
        path, end = _path_of(match), match.end()
        if path is not None:
            if match["bare"] and match.group() != text.strip():
                shorter = path.rstrip(_PUNCTUATION)
                path, end = shorter, end - (len(path) - len(shorter))
            yield Mention(match.start(), end, path)
            found += 1
            if found == MOST_PATHS:
                return


def _path_of(match: re.Match[str]) -> str | None:
    if (single := match["single"]) is not None:
        word = single.replace("'\\''", "'")
    elif (double := match["double"]) is not None:
        word = re.sub(r"\\([\"\\$`])", r"\1", double)
    else:
        word = re.sub(r"\\(.)", r"\1", match["bare"])
    if word.lower().startswith("file:"):
        return _local(word)
    return word if word.startswith(_BEGINNINGS) and word.strip("/~.") else None


def _local(address: str) -> str | None:
    """The path of a file:// address on this machine."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    path = unquote(address.partition(":")[2].removeprefix("//")[len(parts.netloc) :])
    return path if host in {"", "localhost"} and path.startswith("/") and "\0" not in path else None
