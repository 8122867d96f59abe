"""A turn whose reply is on its way: asked, heard, kept as it grows, and ended one way or another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import Final

from tui_app.core.chat_events import ChatEvent, Progress, ReplyFailed
from tui_app.core.conversation import Answer, Conversation, Outcome, Turn
from tui_app.core.errors import InfertermError, TakenOut
from tui_app.core.events import Event, Opened, Queued, Retrying, Sent
from tui_app.core.office import Office
from tui_app.core.preparing import request_of
from tui_app.core.quota import Source
from tui_app.core.records import Recorder
from tui_app.core.replies import Reply, now

SAVE_EVERY_S: Final = 1.0
"""A killed terminal loses at most this much of a stream."""


class LiveTurn:
    """One turn of a chat while it is answered, after all of `earlier`; `tell` hears every event."""

    def __init__(
        self, turn: Turn, earlier: Conversation, office: Office, tell: Callable[[ChatEvent], None]
    ) -> None:
        self._turn, self._earlier, self._office, self._tell = turn, earlier, office, tell
        self._reply: Reply | None = None
        self._recorder: Recorder | None = None
        self._sent = False
        self._failure = ""
        self.progress: Progress | None = None

    @property
    def turn(self) -> Turn:
        """The turn with what came so far of its answer."""
        if self._reply is None:
            return self._turn
        return replace(self._turn, answer=self._answer(self._reply, Outcome.RUNNING))

    def skip_wait(self) -> None:
        """Make a retry that is counted down to now."""
        if self._reply:
            self._reply.skip_wait()

    async def run(self) -> Turn | None:
        """Ask, and give the turn as it ended; None when it was stopped or taken out before it was sent."""
        try:
            answer = await self._converse()
        except (asyncio.CancelledError, TakenOut):
            if not self._sent:
                return None
            answer = self._so_far(Outcome.STOPPED, f"Given up: {self._failure}" if self._failure else "")
        except InfertermError as error:
            answer = self._so_far(Outcome.FAILED, str(error), error.advice)
            self._tell(ReplyFailed(error))
            await self._office.note(self._turn.endpoint, error)
        trouble = await self._save(answer)
        await self._save_record()
        if trouble:
            answer = replace(answer, error=f"{answer.error} This answer could not be kept: {trouble}".strip())
        return replace(self._turn, answer=answer)

    async def _converse(self) -> Answer:
        office = self._office
        endpoint = await office.endpoints.get(self._turn.endpoint)
        route = await office.targets.route(endpoint)
        request = await request_of(office.vision, endpoint, self._earlier, self._turn.message)
        request = request.led_by(self._turn.answer.lead)
        self._recorder = recorder = Recorder(now)
        self._reply = reply = office.desk.ask(
            route, request, Source.CHAT, recorder=recorder, conversation_id=self._earlier.id
        )
        saved_at = now()
        async with aclosing(reply.events()) as events:
            async for event in events:
                self._hear(event)
                if self._sent and now() - saved_at >= SAVE_EVERY_S:
                    saved_at = now()
                    await self._save(self._answer(reply, Outcome.RUNNING))
        await office.note(self._turn.endpoint, None)
        return self._answer(reply, Outcome.COMPLETE)

    def _hear(self, event: Event) -> None:
        if isinstance(event, Queued | Retrying | Sent):
            waits = isinstance(event, Queued) and event.attempt == 1
            self._sent = isinstance(event, Sent) or (self._sent and not waits)
            if isinstance(event, Retrying):
                self._failure = event.reason
            self.progress = Progress(event, now())
        elif isinstance(event, Opened):
            self.progress, self._failure = None, ""
        self._tell(event)

    async def _save(self, answer: Answer) -> str:
        """Keep an answer; a disk that refuses must not end the stream, so its words are returned."""
        try:
            await self._office.history.save_answer(self._turn.id, answer, self._office.clock())
        except InfertermError as error:
            return str(error)
        return ""

    async def _save_record(self) -> None:
        """Keep what was sent and what came, for who wants to look; failing to is not worth an answer."""
        if self._recorder and self._sent:
            with suppress(InfertermError):
                record, at = self._recorder.record(), self._office.clock()
                await self._office.history.save_record(self._turn.id, record, at)

    def _so_far(self, outcome: Outcome, error: str = "", advice: str = "") -> Answer:
        if self._reply is None:
            return Answer(outcome, error=error, advice=advice, lead=self._turn.answer.lead)
        return self._answer(self._reply, outcome, error, advice)

    def _answer(self, reply: Reply, outcome: Outcome, error: str = "", advice: str = "") -> Answer:
        """What came so far, after the beginning that the turn has given it."""
        return reply.answer(outcome, error, advice).led_by(self._turn.answer.lead)


def surface(task: asyncio.Task[None]) -> None:
    """Let an error that nobody foresaw reach the loop's handler instead of dying with its task."""
    if not task.cancelled():
        task.result()
