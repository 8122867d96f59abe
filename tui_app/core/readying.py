"""A prompt on its way into a conversation: looked at before it is kept as a turn, and not lost meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from tui_app.core.conversation import Conversation, Turn
from tui_app.core.errors import GivenBack
from tui_app.core.user_messages import UserMessage


@dataclass(eq=False, slots=True)
class Readying:
    """A prompt that is to be asked; `draft` stays unsent, `lead` begins the answer.

    It follows `parent`, None for the last turn; it is asked in place of `instead`, which is kept, or of
    `gone`, which is not. `new` says that no turn has it yet, `waits` that a service is asked first.
    """

    message: UserMessage
    draft: UserMessage = field(default_factory=UserMessage)
    lead: str = ""
    parent: int | None = None
    instead: Turn | None = None
    gone: Turn | None = None
    new: bool = True
    waits: bool = False
    _look: asyncio.Task[None] | None = field(default=None, init=False)
    _given_up: bool = field(default=False, init=False)
    _over: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    def earlier(self, conversation: Conversation) -> Conversation:
        """What was said before it."""
        replaced = self.instead or self.gone
        return conversation.until(replaced.id) if replaced else conversation

    def before(self, draft: UserMessage) -> UserMessage:
        """A draft that has it first, as long as no turn has it."""
        return self.message.followed_by(draft) if self.new else draft

    async def look(self, check: Coroutine[Any, Any, None]) -> None:
        """Wait for a check. Raises as that does, and GivenBack when it is given up meanwhile."""
        self._look = asyncio.create_task(check)
        if self._given_up:
            self._look.cancel()
        try:
            await self._look
        except asyncio.CancelledError:
            if self._given_up:
                raise GivenBack from None
            raise

    def end(self) -> None:
        """Let those go on who wait for it to be sent or given up."""
        self._over.set()

    async def give_up(self) -> None:
        """Wait for no check any more, until it is given back, or is a turn already."""
        self._given_up = True
        if self._look:
            self._look.cancel()
        await self._over.wait()
