"""What was sent for an answer and what came back, with every event and its time."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen

from tui_app.core.records import Record, curl
from tui_app.core.text import one_line
from tui_app.ui.commands import bindings
from tui_app.ui.widgets.key_bar import KeyBar
from tui_app.ui.widgets.long_list import LongList
from tui_app.ui.widgets.record_lines import lines
from tui_app.ui.widgets.title_bar import TitleBar


class InspectorScreen(Screen[bool]):
    """Shows one exchange; returns True when the prompt is to be sent again."""

    CSS_PATH = "../chat.tcss"
    HELP = """
    The last attempt of a request: how long each step took, what was sent, which headers came back,
    and every event with the seconds since the prompt was asked. A key is never kept; the curl command
    takes it from the variable ANTHROPIC_API_KEY. The latest 500 exchanges are kept.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("inspect")]

    rows = getters.query_one(LongList)

    def __init__(self, record: Record, prompt: str) -> None:
        super().__init__()
        self._record, self._prompt = record, prompt
        self._lines: list[Content] = []

    def compose(self) -> ComposeResult:
        yield TitleBar("inspector")
        yield LongList()
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(TitleBar).about = one_line(self._prompt, limit=80)
        self.rows.focus()

    @work(group="fit", exclusive=True)
    async def on_resize(self) -> None:
        """Lay it out anew, beside the event loop: a request may have megabytes."""
        self._lines = await asyncio.to_thread(lines, self._record, self.rows.row_width)
        self.rows.fill(len(self._lines), lambda index, width: self._lines[index], cursor=self.rows.cursor)

    @work(group="copy", exclusive=True)
    async def action_curl(self) -> None:
        """Copy the request as a curl command."""
        from tui_app.ui.clipboard import copy

        self.notify(await copy(self.app, await asyncio.to_thread(curl, self._record)), markup=False)

    def action_again(self) -> None:
        """Send the prompt again."""
        self.dismiss(True)

    def action_leave(self) -> None:
        """Back to the chat."""
        self.dismiss(False)
