"""The list of conversations that are kept, searched by every word that was said in them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import ClassVar, Final

from textual import events, getters, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input, Static

from tui_app.core.conversation import ConversationEntry
from tui_app.core.counts import counted
from tui_app.core.errors import InfertermError
from tui_app.core.findings import Hit, folded, matches
from tui_app.core.inference import Inference
from tui_app.ui.commands import bindings
from tui_app.ui.conversation_actions import ChosenConversation, ConversationActions
from tui_app.ui.typing_ahead import ended
from tui_app.ui.widgets.conversation_lines import entry_line, hit_lines, line, name_lines
from tui_app.ui.widgets.key_bar import KeyBar
from tui_app.ui.widgets.long_list import LongList
from tui_app.ui.widgets.title_bar import TitleBar

TYPING_S: Final = 0.08
"""How long nobody types before it is worth searching."""
MOST_HITS: Final = 200


def _conversation(found: ConversationEntry | Hit) -> int:
    """The id of the conversation that stands in a line."""
    return found.conversation_id if isinstance(found, Hit) else found.id


class ConversationsScreen(ConversationActions):
    """Returns the conversation that the person wants to go on with, or None.

    With `searching` the line to type in is open from the start.
    """

    CSS_PATH = "../chat.tcss"
    HELP = """
    Every conversation is kept, with the prompt that was not sent and what came of an answer
    that was cut. `/` searches every word of all prompts and answers, titles and endpoints; Enter opens
    the conversation at what was found. A deleted one can be brought back until inferterm ends.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("conversations")]

    rows = getters.query_one(LongList)
    search_line = getters.query_one(Input)

    def __init__(self, inference: Inference, *, searching: bool = False) -> None:
        super().__init__()
        self.inference, self._searching = inference, searching
        self._entries: tuple[ConversationEntry, ...] = ()
        self._by_id: dict[int, ConversationEntry] = {}
        self._folded: tuple[str, ...] = ()
        self._hits: tuple[Hit, ...] = ()
        self._found: tuple[ConversationEntry | Hit, ...] = ()
        self._read = self._stale = self._opening = False

    def compose(self) -> ComposeResult:
        yield TitleBar("conversations")
        yield Input(id="wanted", placeholder="any words of prompts, answers, titles", compact=True)
        yield Static(id="conversations-head")
        yield LongList()
        yield Static(id="conversations-empty")
        yield KeyBar()

    def on_mount(self) -> None:
        self.rows.focus()
        if self._searching:
            self.action_filter()
        self._begin()

    @property
    def wanted(self) -> str:
        """What is looked for."""
        return self.search_line.value.strip()

    @property
    def selected(self) -> ConversationEntry | None:
        """The conversation under the cursor."""
        chosen = self.chosen
        return self._by_id.get(chosen.id) if chosen else None

    @property
    def chosen(self) -> ChosenConversation | None:
        """The conversation under the cursor, with the turn that was found in it."""
        if self.rows.cursor >= len(self._found):
            return None
        found = self._found[self.rows.cursor]
        if isinstance(found, Hit):
            return ChosenConversation(found.conversation_id, found.endpoint, found.turn_id, self.wanted)
        return ChosenConversation(found.id, found.endpoint)

    @work(group="entries", exclusive=True)
    async def _begin(self) -> None:
        await self.reread()

    async def reread(self, at: int | None = None) -> None:
        """Read the list anew, search it for what is wanted, and put the cursor on a conversation."""
        try:
            self._entries = tuple(await self.inference.chats.entries())
            self._hits = tuple(await self.inference.chats.search(self.wanted, MOST_HITS))
        except InfertermError as error:
            self.complain(error)
        self._by_id = {each.id: each for each in self._entries}
        self._folded = tuple(map(folded, self._entries))
        self._read = True
        self._show(self.rows.cursor, at)

    @work(group="search", exclusive=True)
    async def _search(self) -> None:
        await asyncio.sleep(TYPING_S)
        try:
            self._hits = tuple(await self.inference.chats.search(self.wanted, MOST_HITS))
        except InfertermError as error:
            self.complain(error)
        self._stale = False
        self._show()
        if self._opening:
            self.action_open()

    def _show(self, cursor: int = 0, at: int | None = None) -> None:
        if not self._read:
            return
        words = self.wanted.casefold().split()
        if words:
            found = set(each.conversation_id for each in self._hits)
            texts = zip(self._entries, self._folded, strict=True)
            named = tuple(each for each, text in texts if matches(words, text) and each.id not in found)
            self._found = (*self._hits, *named)
        else:
            self._found = self._entries
        if at is not None:
            places = (place for place, each in enumerate(self._found) if _conversation(each) == at)
            cursor = next(places, cursor)
        self.rows.fill(len(self._found), self._line, height=2 if words else 1, cursor=cursor)
        self._head(words)
        self.set_class(not self._found, "-empty")
        self.refresh_bindings()

    def _head(self, words: Sequence[str]) -> None:
        head = line("Title", "Endpoint", "" if words else "turns", "last used", self.rows.row_width)
        self.query_one("#conversations-head", Static).update(Content("  ") + head.stylize("$text-muted"))
        nothing = "Nothing was said yet. A chat begins with its first prompt."
        self.query_one("#conversations-empty", Static).update(
            "Nothing matches." if self._entries else nothing
        )
        count = f"{len(self._entries):,}"
        if words:
            more = "or more " if len(self._hits) == MOST_HITS else ""
            talks = len(set(map(_conversation, self._found)))
            count = f"{talks:,} of {count} · {counted(len(self._hits), f'{more}turn')}"
        self.query_one(TitleBar).about = count

    def _line(self, index: int, width: int) -> Content:
        found = self._found[index]
        if isinstance(found, Hit):
            return hit_lines(found, time.time(), width)
        return (name_lines if self.wanted else entry_line)(found, time.time(), width)

    def on_resize(self) -> None:
        self._show(self.rows.cursor)

    def on_input_changed(self) -> None:
        self._stale, self._opening = True, False
        self._search()

    @work(group="found", name="action_found")
    async def on_input_submitted(self) -> None:
        """Go to what is found once it is: what is typed behind that is not meant for what stands there."""
        await ended(self, "entries", "search")
        self.rows.focus()

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape" and (self.search_line.value or self.search_line.has_focus):
            event.stop()
            event.prevent_default()
            self.search_line.value = ""
            self.search_line.remove_class("-open")
            self.rows.focus()
        elif event.key == "down" and self.search_line.has_focus:
            self.on_input_submitted()

    def on_long_list_moved(self) -> None:
        self.refresh_bindings()

    def on_long_list_chosen(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """Choose the conversation under the cursor, once what is looked for was found."""
        self._opening = self._stale
        if not self._stale:
            super().action_open()

    def action_filter(self) -> None:
        """Let the person type what is looked for."""
        self.search_line.add_class("-open")
        self.search_line.focus()
