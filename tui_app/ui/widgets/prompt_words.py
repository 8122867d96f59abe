"""What was asked as the transcript shows it, and the text for which a part of that stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from tui_app.core.conversation import Turn
from tui_app.core.user_messages import label
from tui_app.ui.widgets.chips import chip_words
from tui_app.ui.widgets.markdown_pieces import shown

PROMPT_LINES: Final = 40
"""A longer prompt is shown in part."""


class Stretch(NamedTuple):
    """A part of what is shown; `whole` is the text for which it stands if that is another."""

    words: str
    whole: str | None = None

    @property
    def text(self) -> str:
        """What is copied of it."""
        return self.words if self.whole is None else self.whole


def asked(turn: Turn) -> tuple[Stretch, ...]:
    """What was asked: what is folded as its label, the end of much as its size, files by their names."""
    pieces = [
        Stretch(label(piece), piece) if is_folded else Stretch(shown(piece))
        for piece, is_folded in turn.message.pieces()
    ]
    *before, last = pieces
    stretches = list(_cut([*before, Stretch(last.words.rstrip())]))
    files = "   ".join(chip_words(each).plain for each in turn.attachments)
    gap = "\n" if files and any(each.words for each in stretches) else ""
    return (*stretches, Stretch(gap + files))


def standing_for(turn: Turn, words: Iterable[str]) -> dict[str, int]:
    """What is shown of a prompt in place of texts, with how many of some words, in small letters, those hold.

    Only of those that hold any; the labels are in small letters too.
    """
    wanted = set(words)

    def held(text: str) -> int:
        folded = text.lower()
        return sum(word in folded for word in wanted)

    labels = [(each.words.strip(), held(each.whole)) for each in asked(turn) if each.whole is not None]
    files = [(chip_words(each).plain, held(each.text)) for each in turn.attachments]
    return {label.lower(): count for label, count in (*labels, *files) if count}


def words_of(stretches: Iterable[Stretch]) -> str:
    """All that is shown."""
    return "".join(each.words for each in stretches)


def text_between(stretches: Iterable[Stretch], begin: int, end: int) -> str:
    """The text for which some of the shown characters stand; of a label in part, those characters."""
    found: list[str] = []
    at = 0
    for each in stretches:
        after = at + len(each.words)
        if begin <= at and after <= end:
            found.append(each.text)
        elif after > begin and at < end:
            found.append(each.words[max(0, begin - at) : end - at])
        at = after
    return "".join(found)


def _cut(stretches: list[Stretch]) -> Iterator[Stretch]:
    """The first lines, and how many more there are in place of those; no label goes over a line's end."""
    rows = words_of(stretches).split("\n")
    left = len("\n".join(rows[:PROMPT_LINES]))
    rest: list[str] = []
    for each in stretches:
        if rest or len(each.words) > left:
            yield from [Stretch(each.words[:left])] if left else []
            rest.append(each.words[left:] if left else each.text)
            left = 0
        else:
            yield each
            left -= len(each.words)
    if rest:
        yield Stretch(f"\n… {len(rows) - PROMPT_LINES:,} lines more", "".join(rest))
