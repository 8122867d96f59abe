"""One request that the server answers, with its bodies, live."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from tui_app.core.served import ServedRequest, Server
from tui_app.core.served_words import whole
from tui_app.core.text import plain
from tui_app.ui.commands import bindings
from tui_app.ui.widgets.key_bar import KeyBar
from tui_app.ui.widgets.title_bar import TitleBar

CALM_S = 0.25


class ServedRequestScreen(Screen[None]):
    """Shows one request for as long as the server remembers it; keys are masked in its bodies."""

    CSS_PATH = "../server.tcss"
    HELP = """
    One request of another program, with what it sent and what it was answered. Keys are masked. Arrows
    and pages scroll, esc goes back.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("served")]

    def __init__(self, server: Server, request_id: int) -> None:
        super().__init__()
        self._server, self._request_id = server, request_id
        self._later: Timer | None = None

    def compose(self) -> ComposeResult:
        yield TitleBar("request")
        with VerticalScroll(id="served-parts"):
            yield Static(id="served-text")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one("#served-parts").focus()
        self._unsubscribe = self._server.subscribe(self._changed)
        self._draw()

    def on_unmount(self) -> None:
        self._unsubscribe()

    def _changed(self) -> None:
        if self._later is None:
            self._later = self.set_timer(CALM_S, self._draw)

    def _draw(self) -> None:
        self._later = None
        found = next((each for each in self._server.requests() if each.id == self._request_id), None)
        if found is not None:
            self.query_one(TitleBar).about = f"{found.method} {found.path}"
            self.query_one("#served-text", Static).update(_text(found))

    def action_leave(self) -> None:
        """Back to the list."""
        self.dismiss(None)


def _text(request: ServedRequest) -> Content:
    parts = (Content.assemble((name, "bold"), "\n", plain(text), "\n") for name, text in whole(request))
    return Content("\n").join(parts)
