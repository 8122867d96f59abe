"""One conversation that goes on whether or not somebody looks, each step kept as it happens."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing, contextmanager, suppress
from dataclasses import replace
from typing import Final

from tui_app.core.chat_events import ChatEvent, DraftReturned, Progress, TurnChanged, TurnRemoved, Watch
from tui_app.core.conversation import Answer, Conversation, Outcome, Settings, Turn
from tui_app.core.errors import InfertermError, InvalidRequest
from tui_app.core.events import Event, Opened, Queued, Retrying, Sent
from tui_app.core.office import Office
from tui_app.core.quota import Source
from tui_app.core.replies import Reply, now
from tui_app.core.requests import Request

CONTINUE: Final = "Continue exactly where you stopped."
SAVE_EVERY_S: Final = 1.0
"""A killed terminal loses at most this much of a stream."""
TITLE_LENGTH: Final = 60


class Chat:
    """One conversation with one endpoint; its reply runs on while nobody watches.

    All that keeps something raises StoreFailed.
    """

    def __init__(self, conversation: Conversation, office: Office) -> None:
        self._conversation, self._office = conversation, office
        self._reply: Reply | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping = self._sent = False
        self._failure = ""
        self._progress: Progress | None = None
        self._watches: set[Watch] = set()
        self._beginning = asyncio.Lock()

    @property
    def conversation(self) -> Conversation:
        """The conversation, with what came so far of an answer on its way."""
        if self._reply is None or not self._conversation.turns:
            return self._conversation
        last = self._conversation.turns[-1]
        return self._conversation.with_turn(replace(last, answer=self._reply.answer(Outcome.RUNNING)))

    @property
    def title(self) -> str:
        """What the conversation is called; empty before the first prompt."""
        return self._conversation.title

    @property
    def settings(self) -> Settings:
        """The settings of this chat alone."""
        return self._conversation.settings

    @property
    def busy(self) -> bool:
        """Whether a reply is on its way."""
        return self._task is not None and not self._task.done()

    @property
    def progress(self) -> Progress | None:
        """How far a reply is that did not begin yet: queued, counting down to a retry, sent."""
        return self._progress if self.busy else None

    @contextmanager
    def watch(self) -> Iterator[Watch]:
        """Everything that happens from now on; nothing comes between this and a look at the rest."""
        watch = Watch()
        self._watches.add(watch)
        try:
            yield watch
        finally:
            self._watches.discard(watch)

    async def send(self, prompt: str) -> None:
        """Ask `prompt`. Raises InvalidRequest when it is empty or a reply is on its way."""
        await self._send(prompt, draft="")

    async def proceed(self) -> None:
        """Let the model go on after `max_tokens`. Newer models take no prefill, so it is asked to."""
        await self._send(CONTINUE, draft=self._conversation.draft)

    async def retry(self) -> None:
        """Ask the last prompt again; the answer that it got stays until the new request is sent."""
        if self.busy or not self._conversation.turns:
            return
        last = self._conversation.turns[-1]
        endpoint = await self._office.endpoints.get(self._conversation.endpoint)
        if (last.endpoint, last.model) != (endpoint.inference_id, endpoint.model):
            await self._office.history.delete_turn(last.id)
            self._forget(last.id)
            await self._send(last.prompt, draft=self._conversation.draft)
            return
        earlier = replace(self._conversation, turns=self._conversation.turns[:-1])
        await self._ask(replace(last, answer=Answer()), earlier, before=last)

    async def stop(self) -> None:
        """Stop the reply; what came is kept and marked as stopped.

        A prompt that was not sent yet becomes the draft again, and an answer that it was to
        replace stays.
        """
        if self._task is None or self._task.done():
            return
        if not self._stopping:
            self._stopping = True
            self._task.cancel()
        await asyncio.wait([self._task])

    def skip_wait(self) -> None:
        """Make a retry that is counted down to now."""
        if self._reply:
            self._reply.skip_wait()

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

    async def refresh(self) -> bool:
        """Read again what another terminal may have added; True when something did."""
        if self.busy or not self._conversation.id:
            return False
        found = await self._office.history.load(self._conversation.id)
        if found is None or self.busy or found.turns == self._conversation.turns:
            return False
        self._conversation = replace(self._conversation, turns=found.turns, title=found.title)
        return True

    async def _send(self, prompt: str, draft: str) -> None:
        if self.busy:
            raise InvalidRequest("an answer is still on its way", "Stop it with Esc, or wait for its end.")
        Request.of_prompt(prompt)
        endpoint = await self._office.endpoints.get(self._conversation.endpoint)
        await self._begin(prompt)
        turn = Turn(0, prompt, self._office.clock(), endpoint.inference_id, endpoint.model)
        turn = await self._office.history.add_turn(self._conversation.id, turn)
        if draft:
            await self._office.history.save_draft(self._conversation.id, draft)
        self._conversation = replace(self._conversation, draft=draft)
        await self._ask(turn, self._conversation, before=None)

    async def _ask(self, turn: Turn, earlier: Conversation, before: Turn | None) -> None:
        messages = earlier.messages(turn.prompt, endpoint=turn.endpoint, model=turn.model)
        request = Request(tuple(messages), self._conversation.settings)
        self._conversation = self._conversation.with_turn(turn)
        self._stopping = self._sent = False
        self._failure, self._progress = "", None
        self._tell(TurnChanged(turn))
        self._task = asyncio.create_task(self._run(turn, request, before))
        self._task.add_done_callback(_surface)
        await asyncio.sleep(0)

    async def _begin(self, prompt: str) -> None:
        """See to it that the conversation is kept, and is called after its first prompt."""
        title, office = " ".join(prompt.split())[:TITLE_LENGTH], self._office
        async with self._beginning:
            current = self._conversation
            if not current.id:
                self._conversation = await office.history.create(
                    current.endpoint, title, current.settings, office.clock()
                )
                office.opened(self)
            elif title and not current.title:
                await office.history.rename(current.id, title)
                self._conversation = replace(current, title=title)

    async def _run(self, turn: Turn, request: Request, before: Turn | None) -> None:
        try:
            answer = await self._converse(turn, request)
        except asyncio.CancelledError:
            if not self._sent:
                await self._take_back(turn, before)
                return
            answer = self._so_far(Outcome.STOPPED, self._given_up())
        except InfertermError as error:
            answer = self._so_far(Outcome.FAILED, str(error), error.advice)
            await self._note(turn.endpoint, error)
        trouble = await self._save(turn.id, answer)
        if trouble:
            answer = replace(answer, error=f"{answer.error} This answer could not be kept: {trouble}".strip())
        self._end(replace(turn, answer=answer))

    async def _converse(self, turn: Turn, request: Request) -> Answer:
        endpoint = await self._office.endpoints.get(turn.endpoint)
        route = await self._office.targets.route(endpoint)
        self._reply = reply = self._office.desk.ask(route, request, Source.CHAT)
        saved_at = now()
        async with aclosing(reply.events()) as events:
            async for event in events:
                self._hear(event)
                if self._sent and now() - saved_at >= SAVE_EVERY_S:
                    saved_at = now()
                    await self._save(turn.id, reply.answer(Outcome.RUNNING))
        await self._note(turn.endpoint, None)
        return reply.answer(Outcome.COMPLETE)

    def _hear(self, event: Event) -> None:
        if isinstance(event, Queued | Retrying | Sent):
            waits = isinstance(event, Queued) and event.attempt == 1
            self._sent = isinstance(event, Sent) or (self._sent and not waits)
            if isinstance(event, Retrying):
                self._failure = event.reason
            self._progress = Progress(event, now())
        elif isinstance(event, Opened):
            self._progress, self._failure = None, ""
        self._tell(event)

    async def _save(self, turn_id: int, answer: Answer) -> str:
        """Keep an answer; a disk that refuses must not end the stream, so its words are returned."""
        try:
            await self._office.history.save_answer(turn_id, answer, self._office.clock())
        except InfertermError as error:
            return str(error)
        return ""

    async def _note(self, endpoint: str, error: InfertermError | None) -> None:
        """Remember how the endpoint does; failing to is not worth an answer."""
        with suppress(InfertermError):
            if error:
                await self._office.failed(endpoint, error)
            else:
                await self._office.succeeded(endpoint)

    async def _take_back(self, turn: Turn, before: Turn | None) -> None:
        """Undo a turn that was not sent: the answer it was to replace comes back, else its prompt."""
        if before is not None:
            self._end(before)
            return
        draft = "\n\n".join(filter(None, (turn.prompt, self._conversation.draft)))
        with suppress(InfertermError):
            await self._office.history.delete_turn(turn.id)
            await self._office.history.save_draft(self._conversation.id, draft)
        self._reply = None
        self._forget(turn.id)
        self._conversation = replace(self._conversation, draft=draft)
        self._tell(DraftReturned(turn.prompt))

    def _forget(self, turn_id: int) -> None:
        turns = tuple(turn for turn in self._conversation.turns if turn.id != turn_id)
        self._conversation = replace(self._conversation, turns=turns)
        self._tell(TurnRemoved(turn_id))

    def _end(self, turn: Turn) -> None:
        self._reply, self._progress = None, None
        self._conversation = self._conversation.with_turn(turn)
        self._tell(TurnChanged(turn))

    def _given_up(self) -> str:
        return f"Given up: {self._failure}" if self._failure else ""

    def _so_far(self, outcome: Outcome, error: str = "", advice: str = "") -> Answer:
        if self._reply is None:
            return Answer(outcome, error=error, advice=advice)
        return self._reply.answer(outcome, error, advice)

    def _tell(self, event: ChatEvent) -> None:
        for watch in self._watches:
            watch.tell(event)


def _surface(task: asyncio.Task[None]) -> None:
    """Let an error that nobody foresaw reach the loop's handler instead of dying with its task."""
    if not task.cancelled():
        task.result()
