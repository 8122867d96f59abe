"""The face of a terminal that has no room."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static


class TooSmallScreen(Screen[None]):
    """Says how much room is needed, covers what would be broken, and goes by itself."""

    def __init__(self, room: tuple[int, int]) -> None:
        super().__init__()
        self.needed = room
        self._leaving = False

    def compose(self) -> ComposeResult:
        yield Static(id="too-small")

    def on_resize(self) -> None:
        self._look()

    def on_screen_resume(self) -> None:
        self._look()

    def _look(self) -> None:
        size, (width, height) = self.app.size, self.needed
        if size.width >= width and size.height >= height:
            if self.app.screen is self and not self._leaving:  # a terminal may tell its size twice
                self._leaving = True
                self.dismiss(None)
            return
        words = Content.assemble(
            ("This terminal is too small\n\n", "bold"),
            f"{size.width} by {size.height} cells, inferterm needs {width} by {height}\n",
            ("Make it larger, or ctrl+q to quit.", "$text-muted"),
        )
        self.query_one("#too-small", Static).update(words)
