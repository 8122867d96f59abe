"""Something that belongs to a prompt, whole: the text of a file or of a paste, what is known of an image."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen

from tui_app.core.attachments import Attachment, facts, line_words, size_words
from tui_app.core.text import one_line, plain
from tui_app.ui.commands import bindings
from tui_app.ui.widgets.key_bar import KeyBar
from tui_app.ui.widgets.long_list import LongList
from tui_app.ui.widgets.title_bar import TitleBar


class EnclosureScreen(Screen[None]):
    """Shows one, from its first line to its last."""

    CSS_PATH = "../chat.tcss"
    HELP = """
    A file as it was when it was attached, or a text that was pasted and folded. Arrows and pages go
    through it, c copies its text, esc goes back. Of an image a terminal shows no more than what is
    known of it.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("enclosure")]

    def __init__(self, text: str, attachment: Attachment | None = None) -> None:
        super().__init__()
        self._text, self._attachment = text, attachment
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

    def on_resize(self) -> None:
        width = max(8, self._list.row_width)
        each = self._attachment
        lines = iter(_image_lines(each)) if each and each.is_image else iter(self._text.split("\n"))
        self._rows = list(chain.from_iterable(_cut(line, width) for line in lines))
        self._list.fill(len(self._rows), self._row, cursor=self._list.cursor)

    def _row(self, index: int, width: int) -> Content:
        return Content(plain(self._rows[index]).expandtabs(4)[:width])

    @work(group="copy", exclusive=True)
    async def action_copy(self) -> None:
        """Copy the text."""
        from tui_app.ui.clipboard import copy

        self.notify(await copy(self.app, self._text), markup=False)

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)


def _cut(line: str, width: int) -> Iterator[str]:
    """A line in pieces that fit."""
    line = line.expandtabs(4)
    return (line[at : at + width] for at in range(0, max(1, len(line)), width))


def _image_lines(each: Attachment) -> list[str]:
    return [
        f"name     {each.name}",
        f"type     {each.media_type}",
        f"size     {each.width}x{each.height} pixels, {each.size:,} bytes",
        f"tokens   about {each.tokens:,}",
        f"sha-256  {each.digest}",
    ]
