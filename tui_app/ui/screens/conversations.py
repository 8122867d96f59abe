"""The list of conversations that are kept: to go on with one, rename it, delete it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from textual import events, getters, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_app.core.conversation import ConversationEntry
from tui_app.core.durations import ago
from tui_app.core.errors import InfertermError
from tui_app.core.inference import Inference
from tui_app.core.text import one_line
from tui_app.ui.commands import bindings
from tui_app.ui.widgets.key_bar import KeyBar
from tui_app.ui.widgets.lines import Lines
from tui_app.ui.widgets.title_bar import TitleBar

_ENDPOINT, _NARROW_ENDPOINT, _TURNS, _AGE = 24, 14, 6, 12
_NARROW: Final = 100
_LEAST_TITLE: Final = 20
_UNTITLED: Final = "(a prompt that was not sent)"


def title_of(entry: ConversationEntry) -> str:
    """A conversation's title as the list shows it."""
    return one_line(entry.title, limit=200) or _UNTITLED


def matches(entry: ConversationEntry, wanted: str) -> bool:
    """Tell whether every word that is wanted stands in title or endpoint."""
    text = f"{entry.title} {entry.endpoint}".casefold()
    return all(word in text for word in wanted.casefold().split())


def line(title: str, endpoint: str, turns: str, age: str, width: int) -> Content:
    """One line of the list, in columns; numbers stand to the right."""
    second = _ENDPOINT if width >= _NARROW else _NARROW_ENDPOINT
    room = max(_LEAST_TITLE, width - second - _TURNS - _AGE - 5)
    cells = (Content(title), room), (Content.styled(endpoint, "$text-muted"), second)
    left = Content("  ").join([cell.truncate(size, ellipsis=True, pad=True) for cell, size in cells])
    return Content.assemble(left, f"{turns:>{_TURNS}}", (f"  {age:>{_AGE}}", "$text-muted"))


class ConversationsScreen(Screen[ConversationEntry | None]):
    """Returns the conversation that the person wants to go on with, or None."""

    CSS_PATH = "../chat.tcss"
    HELP = """
    Every conversation is kept, with the prompt that was not sent and what came of an answer
    that was cut. Renaming and deleting happens here; deleting asks first.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("conversations")]

    entries: reactive[Sequence[ConversationEntry]] = reactive((), init=False)
    wanted: reactive[str] = reactive("", init=False)

    options = getters.query_one(OptionList)
    filter_line = getters.query_one(Input)

    def __init__(self, inference: Inference, wall: Callable[[], float] = time.time) -> None:
        super().__init__()
        self.inference, self._wall = inference, wall

    def compose(self) -> ComposeResult:
        yield TitleBar("conversations")
        yield Input(id="wanted", placeholder="filter by title or endpoint", compact=True)
        yield Static(id="conversations-head")
        yield Lines(markup=False, compact=True)
        yield Static(id="conversations-empty")
        yield KeyBar()

    def on_mount(self) -> None:
        self.options.focus()
        self.read_entries()

    @work(group="entries", exclusive=True)
    async def read_entries(self) -> None:
        """Read the list anew."""
        try:
            self.entries = tuple(await self.inference.chats.entries())
        except InfertermError as error:
            self._complain(error)
        self._show()

    @property
    def selected(self) -> ConversationEntry | None:
        """The conversation under the cursor."""
        option = self.options.highlighted_option
        return next((each for each in self.entries if option and str(each.id) == option.id), None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a conversation is offered only where there is one."""
        if action in {"open", "rename", "delete"}:
            return self.selected is not None
        return super().check_action(action, parameters)

    def _show(self) -> None:
        marked = self.options.highlighted
        width = self.options.scrollable_content_region.width or self.size.width
        found = [each for each in self.entries if matches(each, self.wanted)]
        self.options.clear_options()
        self.options.add_options(Option(self._line(each, width), id=str(each.id)) for each in found)
        if found:
            self.options.highlighted = min(marked or 0, len(found) - 1)
        head = line("Title", "Endpoint", "turns", "last used", width)
        self.query_one("#conversations-head", Static).update(head.stylize("$text-muted"))
        empty = (
            "Nothing matches."
            if self.entries
            else "Nothing was said yet. A chat begins with its first prompt."
        )
        self.query_one("#conversations-empty", Static).update(empty)
        self.set_class(not found, "-empty")
        count = f"{len(found)} of {len(self.entries)}" if self.wanted else str(len(self.entries))
        self.query_one(TitleBar).about = count
        self.refresh_bindings()

    def _line(self, entry: ConversationEntry, width: int) -> Content:
        age = ago(max(0.0, self._wall() - entry.updated_at))
        return line(title_of(entry), one_line(entry.endpoint, limit=200), str(entry.turns), age, width)

    def on_resize(self) -> None:
        self._show()

    def watch_wanted(self) -> None:
        self._show()

    def on_input_changed(self, event: Input.Changed) -> None:
        self.wanted = event.value

    def on_input_submitted(self) -> None:
        self.options.focus()

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape" and (self.wanted or self.filter_line.has_focus):
            event.stop()
            event.prevent_default()
            self.filter_line.value = ""
            self.filter_line.remove_class("-open")
            self.options.focus()
        elif event.key == "down" and self.filter_line.has_focus:
            self.options.focus()

    def on_option_list_option_highlighted(self) -> None:
        self.refresh_bindings()

    def on_option_list_option_selected(self) -> None:
        self.action_open()

    def action_filter(self) -> None:
        """Let the person type what the list is to show."""
        self.filter_line.add_class("-open")
        self.filter_line.focus()

    def action_leave(self) -> None:
        """Choose nothing."""
        self.dismiss(None)

    def action_open(self) -> None:
        """Choose the conversation under the cursor."""
        if self.selected is not None:
            self.dismiss(self.selected)

    @work(group="rename", exclusive=True)
    async def action_rename(self) -> None:
        """Give the conversation another title."""
        from tui_app.ui.screens.line import LineScreen

        entry = self.selected
        if entry is None:
            return
        question = LineScreen("Another title", f"Until now: {title_of(entry)}", value=entry.title)
        title = await self.app.push_screen_wait(question)
        if title is None:
            return
        try:
            await self.inference.chats.rename(entry.id, title.strip())
        except InfertermError as error:
            self._complain(error)
        self.read_entries()

    @work(group="delete", exclusive=True)
    async def action_delete(self) -> None:
        """Delete the conversation under the cursor, if that is meant."""
        from tui_app.ui.screens.choice import Choice, ChoiceScreen

        entry = self.selected
        if entry is None:
            return
        turns = "1 turn" if entry.turns == 1 else f"{entry.turns} turns"
        about = f"{title_of(entry)}\nwith {entry.endpoint}, {turns}. An answer on its way is stopped."
        question = ChoiceScreen(
            "Delete this conversation?",
            about,
            (
                Choice("keep", "Keep it"),
                Choice("delete", "Delete it", "It cannot be brought back.", danger=True),
            ),
        )
        if await self.app.push_screen_wait(question) != "delete":
            return
        try:
            await self.inference.chats.delete(entry.id)
        except InfertermError as error:
            self._complain(error)
        self.read_entries()

    def _complain(self, error: InfertermError) -> None:
        self.notify(f"{error}\n{error.advice}".strip(), severity="error", markup=False, timeout=12)
