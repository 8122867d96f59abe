"""What a prompt asks of the form of its answer: how long, and with what in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

MOST_WORDS: Final = 20_000
"""The longest answer, in words."""

_END: Final = 2_000
_ONES: Final = {
    word: number
    for number, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1
    )
}
_SCALES: Final = {"dozen": 12, "hundred": 100, "thousand": 1_000}
_ONE: Final = rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,9}}|{'|'.join(_ONES)})"
_NUMBER: Final = rf"(?P<one>{_ONE})?[\s-]*(?P<scale>{'|'.join(_SCALES)})?"
_KIND: Final = r"(?:(?:numbered|bullet|bulleted|short|long|brief|key|main)\s+)?"
_LANGUAGES: Final = {
    "javascript": "javascript",
    "js": "javascript",
    "json": "json",
    "bash": "bash",
    "shell": "bash",
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """The form that a prompt asks for; None and False where it asks for nothing.

    `words`, `sentences` and `paragraphs` are how many, `items` how many lines a list or a table
    has, `language` is that of a code block.
    """

    words: int | None = None
    sentences: int | None = None
    paragraphs: int | None = None
    items: int | None = None
    brief: bool = False
    headings: bool = False
    bullets: bool = False
    numbered: bool = False
    table: bool = False
    code: bool = False
    language: str = "python"

    @property
    def any_part(self) -> bool:
        """Tell whether something beside prose is asked for."""
        return self.headings or self.bullets or self.numbered or self.table or self.code

    @property
    def any_length(self) -> bool:
        """Tell whether a length of the prose is asked for."""
        return bool(self.words or self.sentences or self.paragraphs)


def read_wishes(prompt: str) -> Wishes:
    """Read the wishes of an English prompt, of a long one only at its start and at its end.

    What is not understood asks for nothing.
    """
    is_long = len(prompt) > 2 * _END
    text = (f"{prompt[:_END]}\n{prompt[-_END:]}" if is_long else prompt).lower()
    words = _number(text, r"words?")
    if words is None and _says(text, r"long|detailed|essay|in depth"):
        words = 400
    language = next((_LANGUAGES[word] for word in _LANGUAGES if _says(text, word)), "python")
    return Wishes(
        words=min(words, MOST_WORDS) if words else None,
        sentences=_up_to(500, _number(text, r"sentences?")),
        paragraphs=_up_to(100, _number(text, r"paragraphs?")),
        items=_up_to(100, _number(text, r"(?:items?|points?|bullets?|steps?|rows?)")),
        brief=_says(text, r"brief|briefly|short|shortly|concise|concisely|tersely"),
        headings=_says(text, r"headings?|headers?|sections?"),
        bullets=_says(text, r"lists?|bullets?|bullet points?"),
        numbered=_says(text, r"numbered|steps?|ordered list"),
        table=_says(text, r"tables?|rows?"),
        code=_says(text, r"code|snippets?|scripts?|code blocks?"),
        language=language,
    )


def _says(text: str, pattern: str) -> bool:
    refused = r"(?<!\bno )(?<!\bwithout )(?<!\bwithout a )(?<!\bwithout any )"
    return re.search(rf"{refused}\b(?:{pattern})\b", text) is not None


def _up_to(most: int, number: int | None) -> int | None:
    return None if number is None else min(most, number)


def _number(text: str, unit: str) -> int | None:
    less = r"(?P<less>(?:under|below|less than|fewer than)\s+)?"
    for found in re.finditer(rf"{less}(?<![\w.,]){_NUMBER}[\s-]*\b{_KIND}{unit}\b", text):
        one, scale = found["one"], found["scale"]
        if not one and not scale:
            continue
        number = _ONES.get(one, 0) or int((one or "1").replace(",", ""))
        number = number * _SCALES.get(scale, 1) - (1 if found["less"] else 0)
        if number > 0:
            return number
    return None
