"""Chats: conversations that go on whether or not somebody looks, each step kept as it happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from tui_app.core.conversation import Answer, Conversation, ConversationEntry, Outcome, Settings, Turn
from tui_app.core.endpoints import Endpoints
from tui_app.core.errors import InfertermError, InvalidRequest, ServiceRefused
from tui_app.core.events import Event
from tui_app.core.quota import Source
from tui_app.core.replies import Desk, Reply, now
from tui_app.core.requests import Request
from tui_app.core.storage import History
from tui_app.core.targets import Targets

CONTINUE: Final = "Continue exactly where you stopped."
SAVE_EVERY_S: Final = 1.0
"""A killed terminal loses at most this much of a stream."""
TITLE_LENGTH: Final = 60


@dataclass(frozen=True, slots=True)
class TurnChanged:
    """A turn came, or ended: `turn` is it as it stands now."""

    turn: Turn


@dataclass(frozen=True, slots=True)
class TurnRemoved:
    """A turn is gone."""

    turn_id: int


ChatEvent: TypeAlias = TurnChanged | TurnRemoved | Event
"""What a chat tells those who watch: reply events between the TurnChanged that begins and ends it."""


class Chat:
    """One conversation with one endpoint; its reply runs on while nobody watches."""

    def __init__(self, conversation: Conversation, office: Office) -> None:
        self._conversation, self._office = conversation, office
        self._reply: Reply | None = None
        self._task: asyncio.Task[None] | None = None
        self._watchers: set[asyncio.Queue[ChatEvent]] = set()

    @property
    def conversation(self) -> Conversation:
        """The conversation, with what came so far of an answer on its way."""
        if self._reply is None or not self._conversation.turns:
            return self._conversation
        last = self._conversation.turns[-1]
        return self._conversation.with_turn(replace(last, answer=self._reply.answer(Outcome.RUNNING)))

    @property
    def busy(self) -> bool:
        """Whether a reply is on its way."""
        return self._task is not None and not self._task.done()

    async def watch(self) -> AsyncGenerator[ChatEvent, None]:
        """Everything that happens from now on, for as long as it is iterated."""
        mine: asyncio.Queue[ChatEvent] = asyncio.Queue()
        self._watchers.add(mine)
        try:
            while True:
                yield await mine.get()
        finally:
            self._watchers.discard(mine)

    async def send(self, prompt: str) -> None:
        """Ask `prompt`. Raises InvalidRequest when it is empty or a reply is on its way."""
        if self.busy:
            raise InvalidRequest("an answer is still on its way", "Stop it with Esc, or wait for its end.")
        Request.of_prompt(prompt)
        await self._begin(prompt)
        endpoint = await self._office.endpoints.get(self._conversation.endpoint)
        turn = Turn(0, prompt, self._office.clock(), endpoint.inference_id, endpoint.model)
        turn = await self._office.history.add_turn(self._conversation.id, turn)
        messages = self._conversation.messages(prompt, endpoint=turn.endpoint, model=turn.model)
        self._conversation = replace(self._conversation.with_turn(turn), draft="")
        self._tell(TurnChanged(turn))
        request = Request(tuple(messages), self._conversation.settings)
        self._task = asyncio.create_task(self._run(turn, request))
        self._task.add_done_callback(_surface)
        await asyncio.sleep(0)

    async def stop(self) -> None:
        """Stop the reply; what came is kept and marked as stopped."""
        if self._task and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])

    def skip_wait(self) -> None:
        """Make a retry that is counted down to now."""
        if self._reply:
            self._reply.skip_wait()

    async def retry(self) -> None:
        """Ask the last prompt again in place of the answer that it got."""
        if self.busy or not self._conversation.turns:
            return
        last = self._conversation.turns[-1]
        await self._office.history.delete_turn(last.id)
        self._conversation = replace(self._conversation, turns=self._conversation.turns[:-1])
        self._tell(TurnRemoved(last.id))
        await self.send(last.prompt)

    async def proceed(self) -> None:
        """Let the model go on after `max_tokens`. Newer models take no prefill, so it is asked to."""
        await self.send(CONTINUE)

    async def configure(self, settings: Settings) -> None:
        """Change the settings of this chat; the endpoint stays as it is."""
        await self._begin("")
        await self._office.history.save_settings(self._conversation.id, settings)
        self._conversation = replace(self._conversation, settings=settings)

    async def keep_draft(self, draft: str) -> None:
        """Keep a prompt that was not sent."""
        if draft == self._conversation.draft or (not draft and not self._conversation.id):
            return
        await self._begin("")
        await self._office.history.save_draft(self._conversation.id, draft)
        self._conversation = replace(self._conversation, draft=draft)

    async def rename(self, title: str) -> None:
        """Give the conversation another title."""
        await self._begin("")
        await self._office.history.rename(self._conversation.id, title)
        self._conversation = replace(self._conversation, title=title)

    async def _begin(self, prompt: str) -> None:
        """See to it that the conversation is kept, and is called after its first prompt."""
        title, current = " ".join(prompt.split())[:TITLE_LENGTH], self._conversation
        if not current.id:
            made = await self._office.history.create(
                current.endpoint, title, current.settings, self._office.clock()
            )
            self._conversation = made
            self._office.opened(self)
        elif title and not current.title:
            await self._office.history.rename(current.id, title)
            self._conversation = replace(current, title=title)

    async def _run(self, turn: Turn, request: Request) -> None:
        try:
            answer = await self._converse(turn, request)
        except asyncio.CancelledError:
            answer = self._so_far(Outcome.STOPPED)
        except InfertermError as error:
            answer = self._so_far(Outcome.FAILED, str(error), error.advice)
            await self._office.failed(turn.endpoint, error)
        try:
            await self._office.history.save_answer(turn.id, answer, self._office.clock())
        except InfertermError as error:
            answer = replace(answer, error=f"{answer.error} This answer could not be kept: {error}".strip())
        self._reply = None
        turn = replace(turn, answer=answer)
        self._conversation = self._conversation.with_turn(turn)
        self._tell(TurnChanged(turn))

    async def _converse(self, turn: Turn, request: Request) -> Answer:
        endpoint = await self._office.endpoints.get(turn.endpoint)
        route = await self._office.targets.route(endpoint)
        self._reply = reply = self._office.desk.ask(route, request, Source.CHAT)
        saved_at = now()
        async with aclosing(reply.events()) as events:
            async for event in events:
                self._tell(event)
                if now() - saved_at >= SAVE_EVERY_S:
                    saved_at = now()
                    partial = reply.answer(Outcome.RUNNING)
                    await self._office.history.save_answer(turn.id, partial, self._office.clock())
        await self._office.succeeded(turn.endpoint)
        return reply.answer(Outcome.COMPLETE)

    def _so_far(self, outcome: Outcome, error: str = "", advice: str = "") -> Answer:
        if self._reply is None:
            return Answer(outcome, error=error, advice=advice)
        return self._reply.answer(outcome, error, advice)

    def _tell(self, event: ChatEvent) -> None:
        for watcher in self._watchers:
            watcher.put_nowait(event)


class Office:
    """What chats work with."""

    def __init__(
        self,
        endpoints: Endpoints,
        targets: Targets,
        desk: Desk,
        history: History,
        clock: Callable[[], float],
    ) -> None:
        self.endpoints, self.targets, self.desk, self.history = endpoints, targets, desk, history
        self.clock = clock
        self.running: dict[int, Chat] = {}

    def opened(self, chat: Chat) -> None:
        """Remember a chat by its id, so that it is opened once."""
        self.running[chat.conversation.id] = chat

    async def failed(self, inference_id: str, error: InfertermError) -> None:
        """Remember an endpoint's last error."""
        refused = isinstance(error, ServiceRefused) and error.refusal.status == 401
        news = {"key_refused": True} if refused else {}
        await self.endpoints.note(inference_id, failed_at=self.clock(), error=str(error), **news)

    async def succeeded(self, inference_id: str) -> None:
        """Remember that the endpoint's key is taken."""
        await self.endpoints.note(inference_id, key_refused=False)


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

    async def delete(self, conversation_id: int) -> None:
        """Forget a conversation; a reply on its way is stopped first."""
        if chat := self._office.running.pop(conversation_id, None):
            await chat.stop()
        await self._office.history.delete(conversation_id)

    async def aclose(self) -> None:
        """Stop every reply, keeping what came."""
        for chat in list(self._office.running.values()):
            await chat.stop()


def _surface(task: asyncio.Task[None]) -> None:
    """Let an error that nobody foresaw reach the loop's handler instead of dying with its task."""
    if not task.cancelled():
        task.result()
