"""The server for other programs: switched on and off, how to connect, and its live requests."""

from __future__ import annotations

from dataclasses import astuple
from typing import ClassVar, Final

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui_app.core.connecting import pastes
from tui_app.core.errors import InfertermError
from tui_app.core.served import ON_LOOPBACK, PortTaken, ServedRequest, ServeOptions, Server
from tui_app.core.served_words import HEAD, Cells, cells, how
from tui_app.ui.clipboard import copy
from tui_app.ui.commands import bindings
from tui_app.ui.screens.choice import Choice, ChoiceScreen
from tui_app.ui.widgets.columns import hung
from tui_app.ui.widgets.key_bar import KeyBar
from tui_app.ui.widgets.lines import Lines
from tui_app.ui.widgets.title_bar import TitleBar

CALM_S: Final = 0.25
"""The least time between two looks at the requests."""
_FIXED: Final = 8 + 7 + 12 + 9 + 8 + 12 + 2 * 6
_LEAST_PATH: Final = 16
_LABEL: Final = 12
_ANOTHER: Final = (
    Choice("free", "Any free port", "The screen says which."),
    Choice("no", "Leave it off"),
)
_OPEN: Final = "! no key is asked for: every program on this machine may use it"
_OFF: Final = (
    "The server is off.\n\n"
    "Switched on, it answers Elasticsearch's _inference API on this machine: every Elasticsearch client "
    "works against the same endpoints, keys and quota as this terminal. It asks for a key, and nothing "
    "but this machine can reach it.\n\n"
    "s switches it on."
)


class ServerScreen(Screen[None]):
    """One server of this process; it runs on when the screen is left, until it is stopped or the app ends."""

    CSS_PATH = "../server.tcss"
    HELP = """
    Elasticsearch's clients talk to the server as to a cluster. Requests wait in the same queue as the
    chats, and the quota's screen shows them. Enter shows the bodies of a request, with keys masked.

    The key of the server is not shown before k; copying gives the lines with the key in them.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("server")]

    lines = getters.query_one(Lines)

    def __init__(self, server: Server) -> None:
        super().__init__()
        self._server = server
        self._show_key = False
        self._shown: tuple[ServedRequest, ...] = ()
        self._later: Timer | None = None

    def compose(self) -> ComposeResult:
        yield TitleBar("server")
        with VerticalScroll(id="how", can_focus=False):
            yield Static(id="how-lines")
        yield Static(id="requests-head")
        yield Lines(markup=False, compact=True)
        yield KeyBar()

    def on_mount(self) -> None:
        self.lines.focus()
        self._unsubscribe = self._server.subscribe(self._changed)
        self._draw()

    def on_unmount(self) -> None:
        self._unsubscribe()

    def on_resize(self) -> None:
        self._shown = ()
        self._draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is possible."""
        if action in {"copy", "key"}:
            return self._server.serving is not None
        if action == "look":
            return self.lines.highlighted is not None
        return True

    @property
    def selected(self) -> ServedRequest | None:
        """The request under the cursor."""
        option = self.lines.highlighted_option
        return next((each for each in self._shown if option and str(each.id) == option.id), None)

    def _changed(self) -> None:
        """Look again, a few times a second at most."""
        if self._later is None:
            self._later = self.set_timer(CALM_S, self._look_again)

    def _look_again(self) -> None:
        self._later = None
        self._draw()

    def _draw(self) -> None:
        serving = self._server.serving
        bar = self.query_one(TitleBar)
        bar.about = serving.url if serving else ""
        sign = ("● serving", "$text-success") if serving else ("○ off", "$text-muted")
        bar.aside = Content.assemble(sign)
        self.query_one("#how-lines", Static).update(self._how() if serving else Content(_OFF))
        self._list(tuple(self._server.requests())[::-1])
        self.refresh_bindings()

    def _how(self) -> Content:
        serving = self._server.serving
        assert serving is not None
        notes = [f"! {note}" for note in serving.notes]
        notes += [_OPEN] if serving.key is None else []
        parts = [Content.styled("\n".join(notes), "$text-warning")]
        given = {paste.name: "\n".join(paste.lines) for paste in pastes(serving)}
        if serving.key is not None:
            given = {"API key": serving.key.get_secret_value(), **given}
        for name, text in given.items():
            shown = how(serving, text, show_key=self._show_key)
            line = Content.assemble((f"{name:<{_LABEL}}", "$text-muted"), shown)
            parts.append(hung(line, _LABEL, self.size.width - _LABEL - 6))
        return Content("\n").join(part for part in parts if part)

    def _list(self, requests: tuple[ServedRequest, ...]) -> None:
        if requests == self._shown and self._shown:
            return
        marked = self.lines.highlighted_option
        self._shown = requests
        width = self.lines.scrollable_content_region.width or self.size.width - 4
        self.lines.clear_options()
        self.lines.add_options(Option(_line(cells(each), width, each), id=str(each.id)) for each in requests)
        ids = [str(each.id) for each in requests]
        if ids:
            self.lines.highlighted = ids.index(marked.id) if marked and marked.id in ids else 0
        head = _line(HEAD, width).stylize("$text-muted")
        empty = Content.styled("No request has come yet.", "$text-muted")
        self.query_one("#requests-head", Static).update(head if ids else empty)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.action_look()

    def action_leave(self) -> None:
        """Back to where the person came from; the server runs on."""
        self.dismiss(None)

    def action_key(self) -> None:
        """Show the server's key, or hide it."""
        self._show_key = not self._show_key
        self._draw()

    @work(group="switch", exclusive=True)
    async def action_switch(self) -> None:
        """Switch the server on or off."""
        if self._server.serving is None:
            await self._start(ON_LOOPBACK)
        else:
            await self._server.stop()
        self._draw()

    async def _start(self, options: ServeOptions) -> None:
        try:
            await self._server.start(options)
        except PortTaken as error:
            about = f"{error}\n{error.advice}".strip()
            if await self.app.push_screen_wait(ChoiceScreen("The port is taken", about, _ANOTHER)) == "free":
                await self._start(ServeOptions(port=0))
        except InfertermError as error:
            self.notify(f"{error}\n{error.advice}".strip(), severity="error", markup=False, timeout=12)

    @work(group="copy", exclusive=True)
    async def action_copy(self) -> None:
        """Copy what to paste into a client, with the key."""
        serving = self._server.serving
        if serving is None:
            return
        given = {paste.name: "\n".join(paste.lines) for paste in pastes(serving)}
        given = {"URL": serving.url, **given}
        if serving.key is not None:
            given["API key"] = serving.key.get_secret_value()
        choices = [Choice(name, name) for name in given]
        chosen = await self.app.push_screen_wait(ChoiceScreen("Copy what?", "The key is in it.", choices))
        if chosen is not None:
            self.notify(await copy(self.app, given[chosen]), markup=False)

    def action_look(self) -> None:
        """Show one request with its bodies."""
        from tui_app.ui.screens.served_request import ServedRequestScreen

        if self.selected is not None:
            self.app.push_screen(ServedRequestScreen(self._server, self.selected.id))


def _line(shown: Cells, width: int, request: ServedRequest | None = None) -> Content:
    """One line of the list; numbers stand to the right, and the path gets what is left."""
    at, method, path, status, waited, took, tokens = astuple(shown)
    left = Content(path).truncate(max(_LEAST_PATH, width - _FIXED), ellipsis=True, pad=True)
    failed = request is not None and request.status is not None and request.status >= 400
    words = Content.assemble(
        (f"{at:<8}  {method:<7}  ", "$text-muted"),
        left,
        (f"  {status:<12}", "$text-error" if failed else ""),
        (f"  {waited:>9}  {took:>8}  {tokens:>12}", "$text-muted"),
    )
    return words.truncate(width, ellipsis=True)
