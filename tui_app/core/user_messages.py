"""What a person sends: a text, in which pieces may be folded away, and what is attached to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Self, TypeAlias

from tui_app.core.attachments import Attachment, image_block, line_words, size_words, text_block
from tui_app.core.errors import InvalidRequest
from tui_app.core.jsons import JsonObject, JsonValue

FOLD_LINES: Final = 20
FOLD_CHARACTERS: Final = 2_000
"""A paste of more lines, or more characters, is folded."""
MOST_PASTED: Final = 4_000_000
"""Bytes of a paste: as many as of a text file."""
GAP: Final = "\n\n"
TITLE_LENGTH: Final = 60

Span: TypeAlias = tuple[int, int]
"""A piece of a text, from a place up to another one."""
Drawing: TypeAlias = Callable[[Attachment], JsonObject]
"""How an image becomes a block of a request."""


@dataclass(frozen=True, slots=True)
class UserMessage:
    """A text and its attachments; `folds` are the pieces of it that were pasted and are shown as chips.

    `folds` are in their order and do not touch.
    """

    text: str = ""
    folds: tuple[Span, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    @classmethod
    def of(cls, given: UserMessage | str) -> UserMessage:
        """A text alone as a message; a message as it is."""
        return given if isinstance(given, UserMessage) else cls(given)

    def __bool__(self) -> bool:
        """Whether there is anything to send."""
        return bool(self.text.strip() or self.attachments)

    @property
    def title(self) -> str:
        """What a conversation is called that begins with it."""
        words = " ".join(self.text[: 40 * TITLE_LENGTH].split())
        return (words or ", ".join(each.name for each in self.attachments))[:TITLE_LENGTH]

    @property
    def images(self) -> tuple[Attachment, ...]:
        """The images that are attached."""
        return tuple(each for each in self.attachments if each.is_image)

    def check(self) -> Self:
        """The same. Raises InvalidRequest when there is nothing in it."""
        if not self:
            raise InvalidRequest("the prompt is empty", "Type what the model is to answer.")
        return self

    def followed_by(self, other: UserMessage, gap: str = GAP) -> UserMessage:
        """Both in one, with `gap` between their texts."""
        gap = gap if self.text and other.text else ""
        shift = len(self.text) + len(gap)
        moved = tuple((begin + shift, end + shift) for begin, end in other.folds)
        both = dict.fromkeys((*self.attachments, *other.attachments))
        return UserMessage(f"{self.text}{gap}{other.text}", (*self.folds, *moved), tuple(both))

    def content(self, draw: Drawing = image_block) -> JsonValue:
        """The `content` of the user's turn: attachments before the text, as models read them best."""
        if not self.attachments:
            return self.text
        blocks = [draw(each) if each.is_image else text_block(each) for each in self.attachments]
        return (*blocks, *([{"type": "text", "text": self.text}] if self.text.strip() else []))

    def pieces(self) -> Iterator[tuple[str, bool]]:
        """The text in pieces, each with whether it is folded."""
        at = 0
        for begin, end in self.folds:
            yield self.text[at:begin], False
            yield self.text[begin:end], True
            at = end
        yield self.text[at:], False

    @property
    def folded(self) -> str:
        """The text with a label in place of each folded piece."""
        if not self.folds:
            return self.text
        return "".join(label(piece) if is_folded else piece for piece, is_folded in self.pieces())


NOTHING: Final = UserMessage()
"""No message."""


def label(piece: str) -> str:
    """What stands for a folded piece: `[pasted 214 lines, 9.1 kB]`."""
    return f"[pasted {line_words(piece)}, {size_words(len(piece.encode('utf-8', 'replace')))}]"


def is_large(pasted: str) -> bool:
    """Whether a paste is worth a fold."""
    return len(pasted) > FOLD_CHARACTERS or pasted.removesuffix("\n").count("\n") >= FOLD_LINES


def sound_folds(spans: Iterable[Span], length: int) -> tuple[Span, ...]:
    """Those of the spans that can be folds of a text of that length."""
    kept: list[Span] = []
    for begin, end in sorted(spans):
        if (kept[-1][1] if kept else 0) <= begin < end <= length:
            kept.append((begin, end))
    return tuple(kept)


def refolded(text: str, pieces: Iterable[str]) -> UserMessage:
    """A text that was changed elsewhere, with those pieces folded that still stand in it, in their order.

    An editor may have taken the last line end.
    """
    folds: list[Span] = []
    at = 0
    for piece in pieces:
        whole = piece if text.find(piece, at) >= 0 else piece.removesuffix("\n")
        begin = text.find(whole, at)
        if begin >= 0 and whole:
            at = begin + len(whole)
            folds.append((begin, at))
    return UserMessage(text, tuple(folds))
