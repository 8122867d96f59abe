"""Sentences about a prompt, as many as are wanted, always the same for the same prompt."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import count, cycle
from typing import Final

from tui_app.sandbox.facts import Facts, several

_OPENINGS: Final = (
    "Sandbox.",
    "Sandbox answer.",
    "Sandbox, no model.",
    "Sandbox answer, no model.",
    "Sandbox answer, not a model's.",
    "Sandbox answer, not written by any model.",
    "Sandbox answer, worked out from your prompt and not by a model.",
)

_OF_THE_SANDBOX: Final = (
    "The sandbox reads a request as the real service would and refuses what that would refuse.",
    "It counts tokens by a rule of its own, so its numbers agree with each other and no further.",
    "Ask the same again and the same text comes back, streamed or in one piece.",
    "Each answer has a request id, and headers that say how much of the limit is left.",
    "A stop sequence ends this text where it first occurs, and the answer names the sequence.",
    "With a lower limit on output tokens the text would end in the middle of a sentence.",
    "A prompt of two words, status and a number, brings the error that has this number.",
    "The single word slow brings a stream in small pieces, and think one with thinking before it.",
    "Nothing of what you write leaves this machine, and nothing of it is kept on disk.",
    "Lists, tables, headings and code come when a prompt asks for them by name.",
    "What is left of the limit comes back evenly, a little with every second.",
    "A model that does not exist is refused by its name, and so is a field that does not.",
    "The words refuse and separators, sent alone, bring what their names say.",
    "Send cut short alone to see a connection that drops in the middle of an answer.",
    "A key other than the sandbox's own is refused, in whichever header it comes.",
    "Earlier turns are read for their number only, and the system prompt for its size.",
)


def words_in(text: str) -> int:
    """Count words as a person would: what stands between spaces and has a letter or digit."""
    return sum(any(sign.isalnum() for sign in part) for part in text.split())


def opening(words: int | None = None) -> str:
    """Say that this is the sandbox, in at most so many words."""
    fitting = [text for text in _OPENINGS if words is None or words_in(text) <= words]
    return (fitting or _OPENINGS)[-1 if fitting else 0]


def sentences(facts: Facts) -> Iterator[str]:
    """Give sentences about the words of a prompt and about the sandbox, without end."""
    of_the_sandbox = cycle(_OF_THE_SANDBOX)
    for turn in count():
        for number, (place, word) in enumerate(facts.first_places):
            yield _ABOUT_A_WORD[(number + turn) % len(_ABOUT_A_WORD)](facts, place, word)
            if number % 3 == 2:
                yield next(of_the_sandbox)
        yield next(of_the_sandbox)


def prose(stream: Iterator[str], words: int) -> list[str]:
    """Take sentences that have exactly so many words together; the last is cut to fit."""
    chosen: list[str] = []
    left = words
    for sentence in stream:
        if left <= 0:
            break
        parts = sentence.split()
        if len(parts) > left:
            parts = parts[:left]
            parts[-1] = parts[-1].rstrip(".,;:") + "."
        chosen.append(" ".join(parts))
        left -= len(parts)
    return chosen


def _place(facts: Facts, place: int, word: str) -> str:
    return f"“{word}” is word {place + 1} of {len(facts.words)} and has {_letters(word)}."


def _times(facts: Facts, place: int, word: str) -> str:
    times = facts.counted[word.lower()]
    often = "only once" if times == 1 else f"{times} times"
    return f"The prompt says “{word}” {often}."


def _neighbour(facts: Facts, place: int, word: str) -> str:
    if place + 1 == len(facts.words):
        return f"The prompt ends with “{word}”."
    return f"After “{word}” comes “{facts.words[place + 1]}”."


def _backwards(facts: Facts, place: int, word: str) -> str:
    return f"Read backwards, “{word}” is “{word[::-1]}”."


def _rank(facts: Facts, place: int, word: str) -> str:
    longer = len(facts.lengths) - bisect_right(facts.lengths, len(word))
    if not longer:
        return f"No word of the prompt is longer than “{word}”."
    are = "word is" if longer == 1 else "words are"
    return f"{longer:,} {are} longer than “{word}”."


def _initial(facts: Facts, place: int, word: str) -> str:
    same = facts.initials[word[0].lower()]
    if same == 1:
        return f"No other word begins like “{word}”."
    return f"{same:,} different words begin like “{word}”."


def _vowels(facts: Facts, place: int, word: str) -> str:
    vowels = several(sum(sign in "aeiou" for sign in word.lower()), "vowel")
    return f"Among the signs of “{word}” there are {vowels}."


def _letters(word: str) -> str:
    return several(sum(sign.isalpha() for sign in word), "letter")


_ABOUT_A_WORD: Final[tuple[Callable[[Facts, int, str], str], ...]] = (
    _place,
    _times,
    _neighbour,
    _backwards,
    _rank,
    _initial,
    _vowels,
)
