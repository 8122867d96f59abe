"""What a chat came to so far, for the line on top of its screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from textual import work
from textual.content import Content
from textual.screen import Screen

from tui_app.core.chat import Chat
from tui_app.core.errors import InfertermError
from tui_app.core.inference import Inference
from tui_app.core.totals_words import brief_words

ROOMY: Final = 100
"""Columns from which the number of requests is told too."""

GAP: Final = 7
"""Cells of the line that are nobody's: its edges, between place and title, before the right end."""


class ChatTotals(Screen[None]):
    """Counts the requests of the chat that is shown, beside all else that happens."""

    inference: Inference
    chat: Chat
    counted = ""

    def show_head(self) -> None:
        """Say anew who answers, and what it came to."""
        raise NotImplementedError

    @property
    def conversation_id(self) -> int:
        """The id of the chat that is shown, 0 before anything is kept of it."""
        return self.chat.conversation.id

    @work(group="totals", exclusive=True)
    async def count(self) -> None:
        """Count anew; a line that cannot be told is left out: the screen of totals says why."""
        try:
            total = await self.inference.totals.chat(self.conversation_id)
        except InfertermError:
            self.counted = ""
        else:
            self.counted = brief_words(total)
        self.show_head()

    def aside(self, head: str, settings: Sequence[str]) -> Content:
        """What stands at the right end: what the chat came to and its own settings, beside its `head`.

        The head, up to three fifths of the line, comes before what the chat came to.
        """
        own = f"this chat: {' · '.join(settings)}" if settings else ""
        requests, _, short = self.counted.partition(" · ")
        told = (f"{requests} · {short}" if self.size.width >= ROOMY else "", short, short.partition(" · ")[0])
        ways = [" · ".join(filter(None, (each, own))) for each in told if each]
        room = self.size.width - min(cell_len(head), self.size.width * 3 // 5) - GAP
        return Content.styled(next((words for words in ways if len(words) <= room), own), "$text-muted")
