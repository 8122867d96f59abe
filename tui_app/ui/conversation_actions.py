"""What a person can do with a conversation in the list of them."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass

from textual import work
from textual.screen import Screen

from tui_app.core.conversation import ConversationEntry
from tui_app.core.errors import InfertermError
from tui_app.core.inference import Inference
from tui_app.core.text import one_line
from tui_app.ui.widgets.conversation_lines import title_of
from tui_app.ui.widgets.key_bar import key_of


@dataclass(frozen=True, slots=True)
class ChosenConversation:
    """A conversation to go on with, and the turn at which it is to be opened."""

    id: int
    endpoint: str
    turn_id: int | None = None


class ConversationActions(Screen[ChosenConversation | None]):
    """The actions of the list of conversations."""

    inference: Inference
    deleted: list[tuple[int, str]]

    @property
    def selected(self) -> ConversationEntry | None:
        """The conversation under the cursor."""
        raise NotImplementedError

    @property
    def chosen(self) -> ChosenConversation | None:
        """The conversation under the cursor, with the turn that was found in it."""
        raise NotImplementedError

    async def reread(self) -> None:
        """Read the list anew."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a conversation is offered only where there is one."""
        if action in {"open", "rename", "delete", "pin"}:
            return self.selected is not None
        if action == "undo":
            return bool(self.deleted)
        return super().check_action(action, parameters)

    def complain(self, error: InfertermError) -> None:
        """Say what went wrong and what to do."""
        self.notify(f"{error}\n{error.advice}".strip(), severity="error", markup=False, timeout=12)

    async def _do(self, step: Awaitable[object]) -> bool:
        """Do something and show the list anew; say what went wrong if it did."""
        try:
            await step
        except InfertermError as error:
            self.complain(error)
            return False
        finally:
            await self.reread()
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
            await self._do(self.inference.chats.rename(entry.id, title.strip()))

    @work(group="change")
    async def action_pin(self) -> None:
        """Let the conversation stand first, or no longer."""
        if entry := self.selected:
            await self._do(self.inference.chats.pin(entry.id, not entry.pinned))

    @work(group="change")
    async def action_delete(self) -> None:
        """Delete the conversation under the cursor; it can be brought back."""
        entry = self.selected
        if entry is not None and await self._do(self.inference.chats.delete(entry.id)):
            self.deleted.append((entry.id, title_of(entry)))
            self.refresh_bindings()
            title = one_line(title_of(entry), limit=40)
            back = f"{key_of(self, 'conversations.undo')} brings it back until inferterm ends."
            self.notify(f"Deleted “{title}”. {back}", markup=False)

    @work(group="change")
    async def action_undo(self) -> None:
        """Bring back what was deleted last."""
        if self.deleted:
            conversation_id, title = self.deleted.pop()
            if await self._do(self.inference.chats.restore(conversation_id)):
                self.notify(f"“{one_line(title, limit=40)}” is back.", markup=False)
            self.refresh_bindings()
