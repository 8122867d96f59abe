"""The turns of a conversation and the lines of those in sight and near; the others can be made again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tui_app.core.conversation import Turn
from tui_app.ui.widgets.turn_brush import Brush
from tui_app.ui.widgets.turn_heights import Bulk, Heights
from tui_app.ui.widgets.turn_lines import Manner, TurnLines
from tui_app.ui.widgets.turn_parts import Painted
from tui_app.ui.widgets.turn_sight import Sight

AT_ONCE: Final = 16_000
"""How many characters are laid out before anything is drawn; what is more comes bit by bit."""
KEPT_PAGES: Final = 3
"""How far out of sight lines are that are let go."""


class Shelf:
    """Lays turns out as they come into sight; nothing is drawn before `fit` and `colour`."""

    def __init__(self) -> None:
        self.sight = Sight()
        self.turns: tuple[Turn, ...] = ()
        self.live = False
        self.width = 0
        self._bulks: list[Bulk] = []
        self._laid: dict[int, TurnLines] = {}
        self._turned: dict[int, set[int]] = {}
        self._manner = Manner()
        self.brush: Brush | None = None

    @property
    def held(self) -> int:
        """How many turns have lines now."""
        return len(self._laid)

    @property
    def last(self) -> TurnLines | None:
        """The lines of the last turn, if it is laid out."""
        return self._laid.get(len(self.turns) - 1)

    def place(self, turn_id: int | None) -> int | None:
        """Where a turn stands; None if it is not there."""
        return next((index for index, turn in enumerate(self.turns) if turn.id == turn_id), None)

    def make(self, turn: Turn, manner: Manner, *, live: bool) -> TurnLines:
        """The lines of a turn, to be taken in and laid out."""
        return TurnLines(turn, manner, live=live, turned=self._turned.get(turn.id, ()))

    def show(
        self, turns: Sequence[Turn], manner: Manner, *, live: bool, made: Mapping[int, TurnLines]
    ) -> None:
        """Hold another conversation; `made` are lines that were taken in already."""
        self.turns, self._manner, self.live = tuple(turns), manner, live
        self._bulks = [Bulk.of(turn) for turn in turns]
        self._laid = dict(made)
        self.sight.show(self._heights())
        self.reveal()

    def add(self, turn: Turn) -> None:
        """Put a turn below all others whose answer is on its way."""
        self.turns, self.live = (*self.turns, turn), True
        self._bulks.append(Bulk.of(turn))
        self.sight.added(self._bulks[-1].height(self.width))
        lines = self._laid[len(self.turns) - 1] = self.make(turn, self._manner, live=True)
        for _ in lines.take():
            pass
        self._lay(len(self.turns) - 1)

    def settle(self, turn: Turn) -> None:
        """The last turn has ended."""
        self.turns, self.live = (*self.turns[:-1], turn), False
        self._bulks[-1] = Bulk.of(turn)
        if self.last is not None:
            self.last.settle(turn)
            self.grew()

    def forget(self, index: int) -> None:
        """Take a turn away."""
        self.live = self.live and index != len(self.turns) - 1
        self.turns = (*self.turns[:index], *self.turns[index + 1 :])
        del self._bulks[index]
        laid = {at: lines for at, lines in self._laid.items() if at != index}
        self._laid = {at - (at > index): lines for at, lines in laid.items()}
        self.sight.gone(index)
        self.reveal()

    def fit(self, width: int, rows: int, foot: int) -> None:
        """Have another size; only what is near is laid out anew."""
        if width != self.width:
            self.width = width
            self.sight.stretch(self._heights())
        self.sight.fit(rows, foot)
        self.reveal()

    def colour(self, brush: Brush) -> None:
        """Have other colours."""
        self.brush = brush
        for index in [*self._laid]:
            self._lay(index)
        self.reveal()

    def grew(self) -> None:
        """The last turn got more."""
        if self.last is not None and self.brush is not None and self.width:
            self.sight.grew(len(self.turns) - 1, self.last.lay(self.width, self.brush))

    def turn_over(self, index: int, number: int) -> None:
        """Fold a block of a turn that is not folded, or unfold it; its title stays where it is."""
        lines = self._laid[index]
        part = lines.folds[number]
        part.turn()
        self._turned.setdefault(lines.turn.id, set()).symmetric_difference_update({number})
        if self.brush is not None:
            self.sight.grew(index, lines.lay(self.width, self.brush))
        self.reveal()

    def reveal(self) -> None:
        """Lay out what is in sight, as far as that is done at once, and let go what is far."""
        left = AT_ONCE
        while self.brush is not None and self.width and self.sight.rows:
            missing = [index for index in self.sight.turns() if index not in self._laid]
            if not missing:
                break
            for index in missing:
                left -= self._bulks[index].characters
                lines = self._laid[index] = self.make(self.turns[index], self._manner, live=False)
                if left >= 0:
                    for _ in lines.take():
                        pass
                    self._lay(index)
        kept = {*self.sight.turns(KEPT_PAGES), *([len(self.turns) - 1] if self.live else [])}
        self._laid = {index: lines for index, lines in self._laid.items() if index in kept}

    def wanted(self) -> TurnLines | None:
        """A turn that is to be taken in next: one in sight, or near enough to be in sight soon."""
        for pages in (0, 1):
            for index in self.sight.turns(pages):
                lines = self._laid.get(index)
                if lines is None:
                    lines = self._laid[index] = self.make(self.turns[index], self._manner, live=False)
                if not lines.ready:
                    return lines
        return None

    def taken(self, lines: TurnLines) -> None:
        """A turn was taken in."""
        for index, each in self._laid.items():
            if each is lines:
                self._lay(index)
                return

    def lines(self, index: int) -> TurnLines:
        """All lines of a turn, be they in sight or not."""
        kept = self._laid.get(index)
        if kept is not None and kept.ready:
            return kept
        lines = self.make(self.turns[index], self._manner, live=False)
        for _ in lines.take():
            pass
        if self.brush is not None:
            lines.lay(self.width, self.brush)
        return lines

    def at(self, row: int) -> tuple[int, int] | None:
        """Which turn has a row of the window, and which of its lines that is."""
        y = row + self.sight.top - self.sight.blank
        return self.sight.heights.at(y) if 0 <= y < self.sight.heights.total else None

    def laid(self, index: int) -> TurnLines | None:
        """The lines of a turn, if they can be painted."""
        lines = self._laid.get(index)
        return lines if lines is not None and len(lines) else None

    def paint(self, lines: TurnLines, line: int, *, chosen: bool) -> Painted:
        """A line of a turn."""
        assert self.brush is not None
        return lines.paint(line, self.brush, chosen=chosen)

    def texts(self, lines: TurnLines) -> Iterator[str]:
        """The words of all lines of a turn."""
        for line in range(len(lines)):
            yield self.paint(lines, line, chosen=False).words.text.rstrip()

    def _lay(self, index: int) -> None:
        if self.brush is not None and self.width and self._laid[index].ready:
            self.sight.laid(index, self._laid[index].lay(self.width, self.brush))

    def _heights(self) -> Heights:
        """As laid out, else as estimated."""
        heights = Heights(bulk.height(self.width) for bulk in self._bulks)
        for index, lines in self._laid.items():
            if self.brush is not None and self.width and lines.ready:
                heights[index] = lines.lay(self.width, self.brush)
        return heights
