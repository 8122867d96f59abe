"""What the sandbox answers: something true about the prompt, in the form that was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice, pairwise
from typing import Final

from tui_app.sandbox import parts, prose
from tui_app.sandbox.facts import Facts, excerpt, several
from tui_app.sandbox.models import Model
from tui_app.sandbox.readings import Reading, read_settings
from tui_app.sandbox.requests import MessageRequest
from tui_app.sandbox.wishes import Wishes, read_wishes

_TITLES: Final = (
    "What was asked",
    "Word by word",
    "What can be counted",
    "How it is put together",
    "What else there is to say",
    "At the end",
)
_HINT: Final = (
    "Ask for 300 words with a table and a list to see more, or send `think`, `slow` or "
    "`status 529` as the whole prompt."
)
_WORDS_A_PARAGRAPH: Final = 60
_WORDS_BESIDE_PARTS: Final = 45


def compose(request: MessageRequest, model: Model) -> str:
    """Write the answer to a request, as Markdown; the same request has the same answer."""
    facts = Facts(request.prompt)
    wishes = read_wishes(request.prompt)
    readings = read_settings(request, model)
    if wishes.any_length or wishes.any_part:
        return _Document(facts, wishes, readings).text()
    if wishes.brief:
        return f"{prose.opening()} {_summary(facts)}"
    return _report(facts, readings)


def _summary(facts: Facts) -> str:
    if not facts.words:
        return f"It has {several(len(facts.text), 'character')} and no words."
    return (
        f"It has {several(len(facts.words), 'word')} in {several(facts.sentences, 'sentence')}, "
        f"the longest of them “{facts.longest}”."
    )


def _report(facts: Facts, readings: Sequence[Reading]) -> str:
    most, times = facts.counted.most_common(1)[0] if facts.counted else ("", 0)
    often = f" It says “{most}” {_times(times)}." if times > 1 else ""
    size = f"{several(len(facts.text), 'character')}, {several(facts.tokens, 'token')}"
    lines = [f"- **{reading.name}:** {reading.value}" for reading in readings]
    return "\n\n".join(
        [
            f"**{prose.opening()}**",
            f"You wrote {excerpt(facts.text)} ({size}). {_summary(facts)}{often}"
            if facts.text
            else "The last turn has no text of its own.",
            "This is how the request was read:\n\n" + "\n".join(lines),
            _HINT,
        ]
    )


def _times(number: int) -> str:
    return "twice" if number == 2 else f"{number:,} times"


class _Document:
    """An answer of a wished length or with wished parts."""

    def __init__(self, facts: Facts, wishes: Wishes, readings: Sequence[Reading]) -> None:
        self._facts, self._wishes = facts, wishes
        sentences = prose.sentences(facts)
        self._parts = list(self._wished_parts(sentences))
        self._sentences = chain((reading.sentence for reading in readings), sentences)

    def text(self) -> str:
        room = self._room()
        wanted = self._wishes.paragraphs or max(1, room // _WORDS_A_PARAGRAPH)
        titles: Sequence[str] = ()
        if self._wishes.headings:
            titles = _TITLES[: max(2, wanted)]
            room -= sum(prose.words_in(title) for title in titles)
        paragraphs = _joined(self._prose(max(1, room)), max(wanted, len(titles)))
        if titles:
            sections = zip(titles, _spread(paragraphs, len(titles)), strict=False)
            paragraphs = [part for title, own in sections for part in (f"## {title}", *own)]
        return "\n\n".join([*paragraphs, *self._parts])

    def _wished_parts(self, sentences: Iterator[str]) -> Iterator[str]:
        wishes = self._wishes
        if wishes.bullets or wishes.numbered:
            yield parts.bullet_list(islice(sentences, wishes.items or 5), wishes.numbered)
        if wishes.table:
            yield parts.table(self._facts, wishes.items)
        if wishes.code:
            yield parts.code(self._facts, wishes)

    def _room(self) -> int:
        """Say how many words are left for prose and headings."""
        wishes = self._wishes
        if not wishes.words:
            return (wishes.paragraphs or 1) * _WORDS_BESIDE_PARTS
        return wishes.words - sum(prose.words_in(part) for part in self._parts)

    def _prose(self, words: int) -> list[str]:
        if self._wishes.sentences:
            return [prose.opening(), *islice(self._sentences, self._wishes.sentences - 1)]
        opening = prose.opening(words)
        return [opening, *prose.prose(self._sentences, words - prose.words_in(opening))]


def _spread(things: Sequence[str], groups: int) -> list[list[str]]:
    """Split into so many runs of nearly the same length, none of them empty."""
    groups = max(1, min(groups, len(things)))
    ends = [len(things) * group // groups for group in range(groups + 1)]
    return [list(things[start:end]) for start, end in pairwise(ends)]


def _joined(sentences: Sequence[str], paragraphs: int) -> list[str]:
    return [" ".join(run) for run in _spread(sentences, paragraphs)]
