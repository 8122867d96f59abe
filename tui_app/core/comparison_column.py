"""One column of a comparison: its variation, its reply, and who watches it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Final

from tui_app.core.chat_events import Progress, TurnChanged, Watched
from tui_app.core.conversation import Answer, Conversation, Outcome, Settings, Turn
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InfertermError, TakenOut
from tui_app.core.events import Opened, Queued, Retrying, Sent
from tui_app.core.office import Office
from tui_app.core.preparing import check_sendable, request_of
from tui_app.core.quota import Source
from tui_app.core.replies import Reply, now
from tui_app.core.user_messages import UserMessage
from tui_app.core.variations import Variation

UNSENT: Final = "Taken back before it was sent."


class Column(Watched):
    """Asks one prompt at a time; its reply runs on while nobody watches."""

    def __init__(self, variation: Variation, office: Office, ended: Callable[[], None]) -> None:
        super().__init__()
        self.variation, self._office, self._ended = variation, office, ended
        self._turn: Turn | None = None
        self._settings = Settings()
        self._reply: Reply | None = None
        self._task: asyncio.Task[None] | None = None
        self._sent = False
        self.progress: Progress | None = None

    @property
    def busy(self) -> bool:
        """Whether a reply is on its way."""
        return self._task is not None and not self._task.done()

    @property
    def turn(self) -> Turn | None:
        """The prompt with what came so far; None before one is asked."""
        if self._turn is None or self._reply is None or not self.busy:
            return self._turn
        return replace(self._turn, answer=self._reply.answer(Outcome.RUNNING))

    @property
    def text(self) -> str | None:
        """The text of an answer that has ended; None while there is none, or it still comes."""
        return None if self._turn is None or self.busy else self._turn.answer.text

    @property
    def cut(self) -> bool:
        """Whether its answer ended before it was whole."""
        answer = self._turn.answer if self._turn else Answer()
        return answer.outcome is not Outcome.COMPLETE or answer.stop_reason == "max_tokens"

    def ask(self, prompt: UserMessage | str, settings: Settings) -> None:
        """Ask in the background, in place of what was asked before; not while a reply is on its way."""
        assert not self.busy, "an answer is still on its way"
        self._settings, self._reply, self._sent, self.progress = settings, None, False, None
        turn = Turn(0, "", self._office.clock(), self.variation.endpoint, self.variation.model)
        self._turn = turn.asking(UserMessage.of(prompt))
        self._task = asyncio.create_task(self._run(self._turn, settings))
        self._task.add_done_callback(self._end)
        self._tell(TurnChanged(self._turn))

    def skip_wait(self) -> None:
        """Make a retry that is counted down to now."""
        if self._reply:
            self._reply.skip_wait()

    async def stop(self) -> None:
        """Stop the reply, keeping what came; the other columns do not notice."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])

    async def settled(self) -> None:
        """Wait until no reply is on its way."""
        if self._task is not None and not self._task.done():
            await asyncio.wait([self._task])

    def conversation(self, endpoint: str, at: float) -> Conversation | None:
        """The prompt and its answer as a conversation with an endpoint; None where nothing has ended."""
        turn = self._turn
        if turn is None or self.busy:
            return None
        return Conversation(0, endpoint, turn.message.title, turn.asked_at, at, self._settings, turns=(turn,))

    async def _run(self, turn: Turn, settings: Settings) -> None:
        try:
            answer = await self._converse(turn, settings)
        except (asyncio.CancelledError, TakenOut):
            answer = self._so_far(Outcome.STOPPED, "" if self._sent else UNSENT)
        except InfertermError as error:
            answer = self._so_far(Outcome.FAILED, str(error), error.advice)
            await self._note(error)
        assert self._turn is not None, "it was asked"
        self._turn = replace(self._turn, answer=answer)

    def _end(self, task: asyncio.Task[None]) -> None:
        """Tell how it ended; an error that nobody foresaw reaches the loop's handler."""
        assert self._turn is not None, "it was asked"
        if self._turn.answer.outcome is Outcome.RUNNING:  # cancelled before its first step
            self._turn = replace(self._turn, answer=Answer(Outcome.STOPPED, error=UNSENT))
        self.progress, self._reply = None, None
        self._tell(TurnChanged(self._turn))
        self._ended()
        if not task.cancelled():
            task.result()

    async def _converse(self, turn: Turn, settings: Settings) -> Answer:
        office = self._office
        endpoint = self.variation.of(await office.endpoints.get(turn.endpoint))
        self._turn = replace(turn, model=endpoint.model)
        reply = await self._handed_in(endpoint, turn.message, settings)
        async with aclosing(reply.events()) as events:
            async for event in events:
                if isinstance(event, Queued | Retrying | Sent):
                    self._sent = self._sent or isinstance(event, Sent)
                    self.progress = Progress(event, now())
                elif isinstance(event, Opened):
                    self.progress = None
                self._tell(event)
        await self._note(None)
        return reply.answer(Outcome.COMPLETE)

    async def _handed_in(self, endpoint: Endpoint, message: UserMessage, settings: Settings) -> Reply:
        office, alone = self._office, Conversation(0, endpoint.inference_id, "", 0.0, 0.0, settings)
        route = await office.targets.route(endpoint)
        await check_sendable(office.vision, endpoint, alone, message)
        request = await request_of(office.vision, endpoint, alone, message)
        self._reply = office.desk.ask(route, request, Source.CHAT)
        return self._reply

    async def _note(self, error: InfertermError | None) -> None:
        """Remember how the endpoint does; what another model does says nothing of it."""
        if not self.variation.model:
            await self._office.note(self.variation.endpoint, error)

    def _so_far(self, outcome: Outcome, error: str = "", advice: str = "") -> Answer:
        if self._reply is None:
            return Answer(outcome, error=error, advice=advice)
        return self._reply.answer(outcome, error, advice)
