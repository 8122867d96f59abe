"""Chats: all conversations of this user, those that go on and those that are kept."""

from __future__ import annotations

from collections.abc import Sequence

from tui_app.core.chat import Chat
from tui_app.core.conversation import Conversation, ConversationEntry
from tui_app.core.office import Office


class Chats:
    """All conversations of this user, those on screen and those kept."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def entries(self, endpoint: str | None = None) -> Sequence[ConversationEntry]:
        """Conversations, the latest first."""
        return await self._office.history.entries(endpoint)

    def new(self, endpoint: str) -> Chat:
        """A new chat; nothing is kept before something is said."""
        at = self._office.clock()
        return Chat(Conversation(0, endpoint, "", at, at), self._office)

    async def open(self, conversation_id: int) -> Chat | None:
        """A kept conversation; the same object while this process lives."""
        if chat := self._office.running.get(conversation_id):
            await chat.refresh()
            return chat
        conversation = await self._office.history.load(conversation_id)
        if conversation is None:
            return None
        chat = self._office.running.setdefault(conversation_id, Chat(conversation, self._office))
        return chat

    async def latest(self, endpoint: str) -> Chat:
        """The conversation that an endpoint had last, or a new one."""
        entries = await self._office.history.entries(endpoint)
        chat = await self.open(entries[0].id) if entries else None
        return chat or self.new(endpoint)

    async def rename(self, conversation_id: int, title: str) -> None:
        """Give a conversation another title. Raises StoreFailed."""
        if chat := self._office.running.get(conversation_id):
            await chat.rename(title)
        else:
            await self._office.history.rename(conversation_id, title)

    async def delete(self, conversation_id: int) -> None:
        """Forget a conversation; a reply on its way is stopped first."""
        if chat := self._office.running.pop(conversation_id, None):
            await chat.stop()
        await self._office.history.delete(conversation_id)

    async def aclose(self) -> None:
        """Stop every reply, keeping what came."""
        for chat in list(self._office.running.values()):
            await chat.stop()
