"""What a person can do with a conversation in the list of them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable
from dataclasses import dataclass
from pathlib import Path

from textual import work
from textual.screen import Screen

from tui_app.core.conversation import ConversationEntry
from tui_app.core.counts import counted
from tui_app.core.errors import InfertermError
from tui_app.core.inference import Inference
from tui_app.core.text import one_line
from tui_app.ui.widgets.conversation_lines import title_of
from tui_app.ui.widgets.key_bar import key_of


@dataclass(frozen=True, slots=True)
class ChosenConversation:
    """A conversation to go on with, the turn at which it is to be opened, the words that it was found by."""

    id: int
    endpoint: str
    turn_id: int | None = None
    words: str = ""


class ConversationActions(Screen[ChosenConversation | None]):
    """The actions of the list of conversations."""

    inference: Inference

    @property
    def selected(self) -> ConversationEntry | None:
        """The conversation under the cursor."""
        raise NotImplementedError

    @property
    def chosen(self) -> ChosenConversation | None:
        """The conversation under the cursor, with the turn that was found in it."""
        raise NotImplementedError

    async def reread(self, at: int | None = None) -> None:
        """Read the list anew, and put the cursor on a conversation; without one it stays on its line."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a conversation is offered only where there is one."""
        if action in {"open", "rename", "delete", "pin", "export"}:
            return self.selected is not None
        if action == "undo":
            return bool(self.inference.chats.deleted)
        return super().check_action(action, parameters)

    def complain(self, error: InfertermError) -> None:
        """Say what went wrong and what to do."""
        self.notify(f"{error}\n{error.advice}".strip(), severity="error", markup=False, timeout=12)

    async def _do(self, step: Awaitable[object], at: int | None = None) -> bool:
        """Do something and show the list anew, with the cursor at a conversation; say what went wrong."""
        try:
            await step
        except InfertermError as error:
            self.complain(error)
            return False
        finally:
            await self.reread(at)
        return True

    def action_leave(self) -> None:
        """Choose nothing."""
        self.dismiss(None)

    def action_open(self) -> None:
        """Choose the conversation under the cursor."""
        if self.chosen is not None:
            self.dismiss(self.chosen)

    @work(group="rename", exclusive=True)
    async def action_rename(self) -> None:
        """Give the conversation another title."""
        from tui_app.ui.screens.line import LineScreen

        entry = self.selected
        if entry is None:
            return
        question = LineScreen("Another title", f"Until now: {title_of(entry)}", value=entry.title)
        title = await self.app.push_screen_wait(question)
        if title is not None:
            await self._do(self.inference.chats.rename(entry.id, title.strip()), at=entry.id)

    @work(group="change")
    async def action_pin(self) -> None:
        """Let the conversation stand first, or no longer."""
        if entry := self.selected:
            await self._do(self.inference.chats.pin(entry.id, not entry.pinned), at=entry.id)

    @work(group="change")
    async def action_delete(self) -> None:
        """Delete the conversation under the cursor; it can be brought back."""
        entry = self.selected
        if entry is not None and await self._do(self.inference.chats.delete(entry.id, title_of(entry))):
            title = one_line(title_of(entry), limit=40)
            back = f"{key_of(self, 'conversations.undo')} brings it back until inferterm ends."
            self.notify(f"Deleted “{title}”. {back}", markup=False)

    @work(group="export", exclusive=True)
    async def action_export(self) -> None:
        """Write the conversation to a file."""
        from tui_app.ui.screens.choice import Choice, ChoiceScreen

        entry = self.selected
        if entry is None:
            return
        choices = (
            Choice("md", "Markdown", "For people: what is shown, with model, tokens, cost and times."),
            Choice("json", "JSON", "Everything, with all versions; it can be imported again."),
        )
        suffix = await self.app.push_screen_wait(ChoiceScreen("Export as", title_of(entry), choices))
        if suffix is None:
            return
        try:
            path = await self._export(entry, suffix)
        except InfertermError as error:
            self.complain(error)
        else:
            if path is not None:
                self.notify(f"Saved to {path}.", markup=False)

    async def _export(self, entry: ConversationEntry, suffix: str) -> Path | None:
        from tui_app.core.chat_documents import written
        from tui_app.core.chat_markdown import markdown
        from tui_app.ui.text_files import save_text

        chapters = await self.inference.chats.chapters([entry.id])
        text = written(chapters) if suffix == "json" else markdown(chapters[0].conversation)
        name = re.sub(r"[^\w.-]+", "-", title_of(entry)[:40]).strip("-.") or "conversation"
        return await save_text(self.app, text, f"~/{name}.{suffix}")

    @work(group="import", exclusive=True)
    async def action_import(self) -> None:
        """Keep the conversations of a file."""
        from tui_app.core.chat_documents import read
        from tui_app.ui.text_files import open_text

        try:
            text = await open_text(self.app, "Import which file?")
            chapters = [] if text is None else await asyncio.to_thread(read, text)
            for chapter in chapters:
                await self.inference.chats.keep(chapter)
        except InfertermError as error:
            self.complain(error)
        else:
            if chapters:
                self.notify(f"Kept {counted(len(chapters), 'conversation')}.", markup=False)
        await self.reread()

    @work(group="change")
    async def action_undo(self) -> None:
        """Bring back what was deleted last."""
        if deleted := self.inference.chats.deleted:
            conversation_id, title = deleted[-1]
            if await self._do(self.inference.chats.restore(conversation_id), at=conversation_id):
                self.notify(f"“{one_line(title, limit=40)}” is back.", markup=False)
