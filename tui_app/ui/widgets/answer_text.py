"""The text of an answer as Markdown, whole or while it comes; only its end needs to be mounted."""

from __future__ import annotations

from typing import Final

from markdown_it import MarkdownIt
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Markdown

from tui_app.ui.widgets.markdown_pieces import Cutter, pieces_of, shown

WINDOW: Final = 10
"""How many pieces are mounted at first; earlier ones come when they are scrolled to."""
SAFE_SCHEMES: Final = ("http://", "https://", "mailto:")


def _parser() -> MarkdownIt:
    """GitHub's Markdown in which HTML is text: Textual would drop it unseen."""
    return MarkdownIt("gfm-like", {"html": False})


class AnswerText(Vertical):
    """One text block of an answer."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._cutter = Cutter()
        first, *more = self._cutter.add(shown(text))
        self._pieces = [first, *more]
        self._from = max(0, len(self._pieces) - WINDOW)

    @property
    def text(self) -> str:
        """The whole text as it is shown."""
        return "".join(self._pieces)

    def compose(self) -> ComposeResult:
        yield from map(self._piece, self._pieces[self._from :])

    async def add(self, text: str, *, following: bool = True) -> None:
        """Append a part of the text; when its end is followed, what lies far above is let go."""
        first, *more = self._cutter.add(shown(text))
        if first:
            self._pieces[-1] += first
            await self._markdowns[-1].append(first)
        for piece in more:
            self._pieces.append(piece)
            await self.mount(self._piece(piece))
        if more and following:
            await self._let_go()

    async def earlier(self) -> bool:
        """Mount what comes before that which is mounted; False when that is all."""
        if not self._from:
            return False
        begin = max(0, self._from - WINDOW // 2)
        pieces = [self._piece(text) for text in self._pieces[begin : self._from]]
        self._from = begin
        await self.mount_all(pieces, before=0)
        return True

    async def _let_go(self) -> None:
        surplus = self._markdowns[: -2 * WINDOW]
        if surplus:
            self._from += len(surplus)
            await self.remove_children(surplus)

    @property
    def _markdowns(self) -> list[Markdown]:
        return list(self.query_children(Markdown))

    def _piece(self, text: str) -> Markdown:
        return Markdown(text, parser_factory=_parser, open_links=False)

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        """Open what a browser opens, and say where it leads; anything else is only shown."""
        event.stop()
        if event.href.startswith(SAFE_SCHEMES):
            self.app.open_url(event.href)
            self.notify(f"Opened in the browser: {event.href}", markup=False)
        else:
            self.notify(f"Not opened, for it is no web address: {event.href}", markup=False)


def piece_count(text: str) -> int:
    """How many pieces a text will be, a measure of what it costs to mount."""
    return len(pieces_of(shown(text)))
