"""Chats: all conversations of this user, those that go on and those that are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from tui_app.core.chat import CONTINUE, Chat
from tui_app.core.conversation import Conversation, ConversationEntry, Outcome, Turn
from tui_app.core.errors import InfertermError, InvalidRequest
from tui_app.core.findings import Hit
from tui_app.core.office import Office
from tui_app.core.user_messages import UserMessage

if TYPE_CHECKING:
    from tui_app.core.chat_documents import Chapter
    from tui_app.core.prompted import Opening
    from tui_app.core.records import Record


class Chats:
    """All conversations of this user, those on screen and those kept. All raise StoreFailed."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._aside: dict[int, str] = {}

    async def entries(self, endpoint: str | None = None) -> Sequence[ConversationEntry]:
        """Conversations, the pinned first, then the latest."""
        return await self._office.history.entries(endpoint)

    async def search(self, text: str, limit: int = 100) -> Sequence[Hit]:
        """Turns in whose prompt and answer every word stands, the latest first."""
        return await self._office.history.search(text, limit)

    async def prompts(self, besides: int) -> Sequence[str]:
        """The latest prompts of all conversations but one, the oldest first."""
        return [each for each in await self._office.history.prompts(besides) if each != CONTINUE]

    def new(self, endpoint: str) -> Chat:
        """A new chat; nothing is kept before something is said."""
        at = self._office.clock()
        return Chat(Conversation(0, endpoint, "", at, at), self._office)

    async def begin(self, endpoint: str, opening: Opening, title: str = "") -> Chat:
        """A new chat in which a prompt is to be asked, with its system prompt and the turns before it."""
        at = self._office.clock()
        turns = opening.turns(endpoint, at)
        made = Conversation(
            0, endpoint, title, at, at, opening.settings, opening.prompt, turns, lead=opening.lead
        )
        return await self._kept(made)

    async def open(self, conversation_id: int, turn_id: int | None = None) -> Chat | None:
        """A kept conversation; the same object while this process lives.

        With `turn_id` it goes over to the version that has this turn, unless an answer is on its way.
        """
        chat = self._office.running.get(conversation_id)
        if (
            turn_id is not None
            and not (chat and chat.busy)
            and not await self._shows(conversation_id, turn_id)
        ):
            with suppress(InfertermError):
                await self._office.history.choose(conversation_id, turn_id)
        if chat:
            await chat.refresh()
            return chat
        conversation = await self._office.history.load(conversation_id)
        if conversation is None:
            return None
        return self._office.running.setdefault(conversation_id, Chat(conversation, self._office))

    async def _shows(self, conversation_id: int, turn_id: int) -> bool:
        found = await self._office.history.load(conversation_id)
        return found is None or any(turn.id == turn_id for turn in found.turns)

    async def latest(self, endpoint: str) -> Chat:
        """The conversation that an endpoint had last, or a new one."""
        latest = await self._office.history.latest(endpoint)
        chat = await self.open(latest) if latest is not None else None
        return chat or self.new(endpoint)

    async def fork(self, conversation: Conversation, turn_id: int) -> Chat:
        """A new chat that has all that was said up to a turn, which is still to end or has ended.

        A prompt to which nothing has come yet is its draft.
        """
        before = conversation.until(turn_id).turns
        turns, draft, lead = conversation.turns[: len(before) + 1], UserMessage(), ""
        title = f"{conversation.title} (from turn {len(turns)})"
        if turns[-1].answer.outcome is Outcome.RUNNING and turns[-1].answer.bare:
            turns, draft, lead = before, turns[-1].message, turns[-1].answer.lead
        ended = tuple(
            replace(turn, answer=replace(turn.answer, outcome=Outcome.STOPPED))
            if turn.answer.outcome is Outcome.RUNNING
            else turn
            for turn in turns
        )
        made = replace(
            conversation.with_unsent(draft),
            title=title,
            turns=ended,
            pinned=False,
            lead=lead,
            updated_at=self._office.clock(),
        )
        return await self._kept(made)

    async def _kept(self, made: Conversation) -> Chat:
        chat = await self.open(await self._office.history.put(made, made.turns))
        assert chat is not None, "it was kept just now"
        return chat

    async def chapters(self, conversation_ids: Iterable[int]) -> list[Chapter]:
        """Conversations with all versions of their turns. Raises InvalidRequest for one that is not there."""
        from tui_app.core.chat_documents import Chapter

        found = []
        for number in conversation_ids:
            conversation = await self._office.history.load(number)
            if conversation is None:
                raise InvalidRequest(f"there is no conversation {number}", "List them to see their numbers.")
            found.append(Chapter(conversation, tuple(await self._office.history.tree(number))))
        return found

    async def keep(self, chapter: Chapter) -> int:
        """Keep a conversation that comes from elsewhere as a new one, and tell its number."""
        return await self._office.history.put(chapter.conversation, chapter.turns)

    async def record(self, turn_id: int) -> Record | None:
        """What was sent for a turn and what came back, where that is kept still."""
        return await self._office.history.record(turn_id)

    async def rename(self, conversation_id: int, title: str) -> None:
        """Give a conversation another title."""
        if chat := self._office.running.get(conversation_id):
            await chat.rename(title)
        else:
            await self._office.history.rename(conversation_id, title)

    async def pin(self, conversation_id: int, pinned: bool) -> None:
        """Let a conversation stand first in the list, or no longer."""
        await self._office.history.pin(conversation_id, pinned)

    @property
    def deleted(self) -> Sequence[tuple[int, str]]:
        """What was deleted in this run and can be brought back: ids and titles, the latest last."""
        return tuple(self._aside.items())

    async def delete(self, conversation_id: int, title: str = "") -> None:
        """Forget a conversation when inferterm ends; a reply on its way is stopped first."""
        if chat := self._office.running.pop(conversation_id, None):
            await chat.stop()
        await self._office.history.set_aside(conversation_id, self._office.clock())
        self._aside[conversation_id] = title

    async def restore(self, conversation_id: int) -> None:
        """Bring back what was deleted in this run; what the disk keeps back can be tried again, last."""
        title = self._aside.pop(conversation_id, "")
        try:
            await self._office.history.set_aside(conversation_id, None)
        except InfertermError:
            self._aside = {conversation_id: title, **self._aside}
            raise

    def on_end(self, hear: Callable[[Chat, Turn], None]) -> Callable[[], None]:
        """Call `hear` with every turn that ends in this process, and its chat; returns what ends that."""
        self._office.heard.append(hear)
        return lambda: self._office.heard.remove(hear)

    async def aclose(self) -> None:
        """Stop every reply, keeping what came; forget what was deleted and nobody went on with since."""
        for chat in {*self._office.running.values(), *self._office.sending}:
            await chat.stop()
        with suppress(InfertermError):
            for conversation_id in self._aside:
                if await self._office.history.load(conversation_id) is None:
                    await self._office.history.delete(conversation_id)
