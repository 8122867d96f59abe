"""A turn as lines of the terminal: laid out for one width, painted where they are in sight."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from textual.content import Content
from textual.strip import Strip

from tui_app.core.answer_words import facts
from tui_app.core.chat_events import ChatEvent
from tui_app.core.conversation import Block, Outcome, Turn
from tui_app.core.events import BlockOpened, TextDelta, ThinkingDelta
from tui_app.ui.widgets.answer import joined
from tui_app.ui.widgets.answer_facts import lines
from tui_app.ui.widgets.prompt_words import asked
from tui_app.ui.widgets.turn_brush import Brush
from tui_app.ui.widgets.turn_parts import FoldPart, Painted, Part, PromptPart, Said, TextPart
from tui_app.ui.widgets.verdict import verdict

PROMPT_FROM: Final = 1
"""The first line of a turn's prompt: the one above it is empty."""
BlockPart: TypeAlias = TextPart | FoldPart
_EMPTY: Final = Painted(Strip.blank(0), Strip.blank(0))
_ELSEWHERE: Final = Content("○ this answer comes in another terminal")


@dataclass(frozen=True, slots=True)
class Manner:
    """How turns are told: `free` for the sandbox, `hint` says how versions are flipped."""

    free: bool = False
    hint: str = ""


class VersionsPart(Said):
    """Says which of several versions of a turn is shown."""

    def __init__(self, turn: Turn, hint: str) -> None:
        place = turn.versions.index(turn.id) + 1
        words = Content.styled(f"◂ version {place} of {len(turn.versions)} ▸", "bold $accent")
        super().__init__(lambda width: Content.assemble(words, (hint, "$text-muted")))


class TurnLines:
    """The lines of one turn; `live` while its reply comes in this process.

    `turned` are those of its blocks that are not folded, or unfolded, as they would be by themselves.
    """

    def __init__(
        self, turn: Turn, manner: Manner, *, live: bool = False, turned: Collection[int] = ()
    ) -> None:
        self.turn, self._manner, self._live = turn, manner, live
        self._turned = turned
        self.prompt = PromptPart(asked(turn))
        self._head: list[Part] = [self.prompt]
        if turn.id in turn.versions:
            self._head.append(VersionsPart(turn, manner.hint))
        self._blocks = {index: self._part(index, block) for index, block in enumerate(turn.answer.blocks)}
        self._foot = self._footing()
        self._parts: list[Part | None] = []
        self._starts: list[int] = []
        self._height = 0
        self.ready = False
        """Whether all of its text was taken in."""

    def __len__(self) -> int:
        return self._height

    @property
    def length(self) -> int:
        """How many characters of its text were taken in."""
        return sum(part.length for part in self._blocks.values() if isinstance(part, TextPart))

    @property
    def folds(self) -> dict[int, FoldPart]:
        """What can be folded, by the number of its block."""
        return {index: part for index, part in self._blocks.items() if isinstance(part, FoldPart)}

    @property
    def settled(self) -> int:
        """How many of the lines nothing that comes can change."""
        if not self._live or not self._parts:
            return self._height
        place = len(self._parts) - 1
        while place > 0 and self._parts[place] is None:
            place -= 1
        part = self._parts[place]
        return self._starts[place] + part.settled if part is not None else 0

    def take(self) -> Iterator[None]:
        """Take its text in, in steps."""
        for part in self._blocks.values():
            if isinstance(part, TextPart):
                yield from part.take()
        self.ready = True

    def grow(self, events: Iterable[ChatEvent]) -> Iterator[None]:
        """Take what came of its answer, in steps."""
        for event in joined(events):
            match event:
                case BlockOpened(index, kind, raw):
                    self._block(index, Block(kind, str(raw.get(kind) or ""), raw))
                case TextDelta(index, text):
                    part = self._block(index, Block("text"))
                    if isinstance(part, TextPart):
                        yield from part.take(text)
                case ThinkingDelta(index, text):
                    part = self._block(index, Block("thinking"))
                    if isinstance(part, FoldPart):
                        part.add(text)
                case _:
                    pass

    def settle(self, turn: Turn) -> None:
        """Show how it ended: only now is a tool's input whole."""
        self.turn, self._live = turn, False
        for index, block in enumerate(turn.answer.blocks):
            part = self._block(index, block)
            if isinstance(part, FoldPart):
                part.show(block)
        self._foot = self._footing()

    def lay(self, width: int, brush: Brush) -> int:
        """Lay out for a width in cells what was not yet; how many lines there are."""
        blocks: list[Part | None] = [each for part in self._blocks.values() for each in (part, None)]
        self._parts = [None, *self._head, None, *blocks, *self._foot]
        self._starts, self._height = [], 0
        for part in self._parts:
            self._starts.append(self._height)
            self._height += 1 if part is None else part.lay(width, brush)
        return self._height

    def paint(self, y: int, brush: Brush, *, chosen: bool) -> Painted:
        """One of the lines."""
        part, line = self.part_at(y)
        return _EMPTY if part is None else part.paint(line, brush, chosen=chosen)

    def part_at(self, y: int) -> tuple[Part | None, int]:
        """What has the line `y`, None between parts, and which of its lines that is."""
        place = bisect_right(self._starts, y) - 1
        return self._parts[place], y - self._starts[place]

    def around(self, y: int) -> range:
        """The lines of the part that has the line `y`."""
        place = bisect_right(self._starts, y)
        return range(self._starts[place - 1], self._starts[place] if place < len(self._starts) else len(self))

    @property
    def prompt_rows(self) -> range:
        """The lines of the prompt, once they are laid out."""
        return self.around(PROMPT_FROM) if self._starts else range(0)

    def _block(self, index: int, block: Block) -> BlockPart:
        if index not in self._blocks:
            self._blocks[index] = self._part(index, block)
        return self._blocks[index]

    def _part(self, index: int, block: Block) -> BlockPart:
        if block.kind == "text":
            return TextPart(block.text)
        return FoldPart(block, turned=index in self._turned)

    def _footing(self) -> list[Part | None]:
        """What there is to say at the end."""
        if self._live:
            return []
        if self.turn.answer.outcome is Outcome.RUNNING:
            return [Said(lambda width: _ELSEWHERE), None]
        said = facts(self.turn, free=self._manner.free)
        told = Said(lambda width: Content("\n".join(lines(said, width))))
        words = verdict(self.turn.answer)
        return [Said(lambda width: words), None, told] if words else [told]
