"""What stands before the lines of a block: the bars of quotes, bullets, numbers, indentation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.segment import Segment
from textual.strip import Strip

from tui_app.ui.markdown.blocks import Container
from tui_app.ui.markdown.look import Look

_BAR: Final = "▌ "


class Margin:
    """The margin of one block, given its containers and those of the block before it."""

    def __init__(self, containers: tuple[Container, ...], before: tuple[Container, ...], look: Look) -> None:
        signs = [_sign(each) for each in containers]
        blanks = [
            sign if not each.sign else " " * len(sign) for each, sign in zip(containers, signs, strict=True)
        ]
        shared = sum(1 for _ in _shared(containers, before))
        self._style = look.quiet
        self._first = "".join(blanks[:shared] + signs[shared:])
        self._rest = "".join(blanks)
        self._gap = "".join(blanks[:shared]).rstrip()
        quoted = any(not each.sign for each in containers)
        self._under = look.quiet if quoted else None

    @property
    def gap(self) -> Strip:
        """An empty line before the block."""
        return Strip([Segment(self._gap, self._style)]) if self._gap else Strip.blank(0)

    def beside(self, line: list[Segment], width: int, *, first: bool) -> Strip:
        """A line with the margin, no wider than `width`; the first gets bullets and numbers."""
        before = self._first if first else self._rest
        words = line if self._under is None else list(Segment.apply_style(line, self._under))
        strip = Strip([Segment(before, self._style), *words] if before else words)
        return strip if strip.cell_length <= width else strip.crop(0, width)


def margin_width(containers: tuple[Container, ...]) -> int:
    """How many cells the margin of a block takes."""
    return sum(len(_sign(each)) for each in containers)


def _sign(container: Container) -> str:
    if not container.sign:
        return _BAR
    return f"{container.number:>2} " if container.sign in ".)" else " • "


def _shared(one: tuple[Container, ...], two: tuple[Container, ...]) -> Iterator[Container]:
    for first, second in zip(one, two, strict=False):
        if first.serial != second.serial:
            return
        yield first
