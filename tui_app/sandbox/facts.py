"""What can be told of a prompt without understanding it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from tui_app.sandbox.tokens import count

_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_SENTENCE: Final = re.compile(r"[.!?\u2026\u3002\uff01\uff1f]+(?=\s|$)|\n+|$")
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]<>#|~!&])")
_LONGEST_SHOWN: Final = 24


@dataclass(frozen=True)
class Facts:
    """A text and what can be counted in it."""

    text: str

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its words in order, without punctuation, cut where they are very long."""
        found = (match.group() for match in _WORD.finditer(self.text))
        return tuple(word if len(word) <= _LONGEST_SHOWN else word[:_LONGEST_SHOWN] + "…" for word in found)

    @cached_property
    def counted(self) -> Counter[str]:
        """How often each word is there, in lower case, in order of first appearance."""
        return Counter(word.lower() for word in self.words)

    @cached_property
    def first_places(self) -> tuple[tuple[int, str], ...]:
        """Its different words, each with the place where it stands first, from 0."""
        first: dict[str, tuple[int, str]] = {}
        for place, word in enumerate(self.words):
            first.setdefault(word.lower(), (place, word))
        return tuple(first.values())

    @cached_property
    def lengths(self) -> list[int]:
        """The lengths of its words, shortest first."""
        return sorted(len(word) for word in self.words)

    @cached_property
    def initials(self) -> Counter[str]:
        """How many different words begin with each sign."""
        return Counter(word[0] for word in self.counted)

    @cached_property
    def tokens(self) -> int:
        """Its size in tokens."""
        return count(self.text)

    @cached_property
    def sentences(self) -> int:
        """How many sentences it has; at least one where there is a word."""
        parts = (part for part in _SENTENCE.split(self.text) if _WORD.search(part))
        return sum(1 for _ in parts)

    @cached_property
    def longest(self) -> str:
        """Its longest word, the first of several; empty without words."""
        return max(self.words, key=len, default="")


def excerpt(text: str, length: int = 60) -> str:
    """Give the start of a text on one line, in quotes, safe in Markdown."""
    line = " ".join(text.split())
    cut = line if len(line) <= length else line[: length - 1].rstrip() + "…"
    return "“" + _MARKDOWN.sub(r"\\\1", cut) + "”"


def several(number: int, one: str) -> str:
    """Say a number and what it counts: `1 word`, `1,200 words`."""
    return f"{number:,} {one if number == 1 else one + 's'}"
