"""Something that belongs to a prompt, whole: the text of a file or of a paste, what is known of an image."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content, Span
from textual.screen import Screen

from tui_app.core.attachments import Attachment, facts, line_words, size_words
from tui_app.core.text import one_line, plain
from tui_app.core.visual_tokens import visual_tokens
from tui_app.ui.commands import bindings
from tui_app.ui.widgets.key_bar import KeyBar
from tui_app.ui.widgets.line_pieces import pieces
from tui_app.ui.widgets.long_list import LongList
from tui_app.ui.widgets.title_bar import TitleBar
from tui_app.ui.widgets.turn_selection import spans_of


class EnclosureScreen(Screen[None]):
    """Shows one, from its first line to its last; words that were `sought`, in small letters, are marked."""

    CSS_PATH = "../chat.tcss"
    HELP = """
    A file as it was when it was attached, or a text that was pasted and folded. Arrows and pages go
    through it, c copies its text, esc goes back. Of an image a terminal shows no more than what is
    known of it.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("enclosure")]

    def __init__(self, text: str, attachment: Attachment | None = None, sought: Sequence[str] = ()) -> None:
        super().__init__()
        self._text, self._attachment, self._sought = text, attachment, sought
        self._rows: list[str] = []
        self._list = LongList()

    def compose(self) -> ComposeResult:
        yield TitleBar("attached" if self._attachment else "pasted")
        yield self._list
        yield KeyBar()

    def on_mount(self) -> None:
        each = self._attachment
        size = size_words(len(self._text.encode("utf-8", "replace")))
        words = (
            f"{one_line(each.name, limit=60)}, {facts(each)}" if each else f"{line_words(self._text)}, {size}"
        )
        self.query_one(TitleBar).about = words
        self._list.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is no text of an image to copy."""
        return bool(self._text) if action == "copy" else True

    @work(group="fit", exclusive=True)
    async def on_resize(self) -> None:
        """Break its lines anew, beside the event loop: there may be millions."""
        width, each = max(8, self._list.row_width), self._attachment
        text = "\n".join(_image_lines(each)) if each and each.is_image else self._text
        rows = await asyncio.to_thread(_rows_of, text, width)
        anew = not self._rows
        cursor = await asyncio.to_thread(_first_of, self._sought, rows) if anew else self._list.cursor
        self._rows = rows
        self._list.fill(len(rows), self._row, cursor=cursor)
        if anew:
            above = max(0, cursor - self._list.size.height // 2)
            self.call_after_refresh(self._list.scroll_to, y=above, animate=False)

    def _row(self, index: int, width: int) -> Content:
        row = plain(self._rows[index]).expandtabs(4)[:width]
        return Content(row, [Span(*span, "bold $accent underline") for span in spans_of(self._sought, row)])

    @work(group="copy", exclusive=True)
    async def action_copy(self) -> None:
        """Copy the text."""
        from tui_app.ui.clipboard import copy

        self.notify(await copy(self.app, self._text), markup=False)

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)


def _rows_of(text: str, width: int) -> list[str]:
    return list(chain.from_iterable(pieces(line, width) for line in text.split("\n")))


def _first_of(words: Sequence[str], rows: Sequence[str]) -> int:
    """The first row that has the rarest of some words, and most of the others."""
    counts, best = Counter[str](), dict[str, tuple[int, int]]()
    for place, row in enumerate(rows) if words else ():
        folded = row.lower()
        held = [word for word in words if word in folded]
        for word in held:
            counts[word] += 1
            if len(held) > best.get(word, (0, 0))[0]:
                best[word] = len(held), place
    return best[min(counts, key=counts.__getitem__)][1] if counts else 0


def _image_lines(each: Attachment) -> list[str]:
    return [
        f"name     {each.name}",
        f"type     {each.media_type}",
        f"size     {each.width}x{each.height} pixels, {each.size:,} bytes",
        f"tokens   {_tokens(each)}",
        f"sha-256  {each.digest}",
    ]


def _tokens(each: Attachment) -> str:
    """What an image weighs, for models of both kinds where that differs."""
    before, since = (visual_tokens(each.width, each.height, fine=fine) for fine in (False, True))
    return f"about {since:,}" if before == since else f"about {since:,}, before Claude 4.7 {before:,}"
