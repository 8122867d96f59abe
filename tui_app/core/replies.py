"""Replies: a request's way through the queue, over the wire, with its retries, as one stream of events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, TypeVar

from tui_app.core.answers import GrowingAnswer
from tui_app.core.conversation import Answer, Outcome, Timing
from tui_app.core.error_kinds import ErrorKind, kind_of
from tui_app.core.errors import ConnectionLost, InfertermError, Loss, ServiceRefused, WaitTooLong
from tui_app.core.events import (
    Event,
    Finished,
    Queued,
    Retrying,
    Sent,
    ServiceEvent,
    TextDelta,
    ThinkingDelta,
)
from tui_app.core.patience import Patience
from tui_app.core.place import Place
from tui_app.core.quota import Source
from tui_app.core.receipts import Asker, receipt
from tui_app.core.records import Recorder, Unrecorded
from tui_app.core.requests import Asking
from tui_app.core.retries import RETRIES, closes_group
from tui_app.core.targets import Route

if TYPE_CHECKING:
    from tui_app.core.desk import Desk

T = TypeVar("T")
AT_ONCE_S = 0.1
"""How long a request whose turn was taken back while it connected waits unseen for the next one."""


class _TurnLost(Exception):
    """The group was closed, paused or its limit lowered before the request was sent: it waits again."""


class Reply:
    """One reply on its way: iterate `events` once; `answer` is what there is so far."""

    def __init__(
        self,
        desk: Desk,
        route: Route,
        request: Asking,
        source: Source,
        patience: Patience,
        *,
        on_send: Callable[[], Awaitable[None]] | None = None,
        recorder: Recorder | None = None,
        conversation_id: int | None = None,
    ) -> None:
        self._conversation_id = conversation_id
        self._failures: list[ErrorKind] = []
        self._outcome = Outcome.STOPPED
        self._desk, self._route, self._request = desk, route, request
        self._on_send, self._recorder = on_send, recorder or Unrecorded()
        self._source, self._patience = source, patience
        self._growing = GrowingAnswer()
        self._skip = asyncio.Event()
        self._asked_at = now()
        self._queued_s = 0.0
        self._since: float | None = None
        self._sent_at: float | None = None
        self._first_at: float | None = None
        self._opened = False

    def skip_wait(self) -> None:
        """Make the next attempt now instead of after its countdown."""
        self._skip.set()
        self._desk.queue.reopen_group(self._route.group)

    def answer(self, outcome: Outcome, error: str = "", advice: str = "") -> Answer:
        """What came so far, with how it ended."""
        first = None
        if self._first_at is not None and self._sent_at is not None:
            first = self._first_at - self._sent_at
        streamed = None if self._first_at is None else now() - self._first_at
        timing = Timing(self._queued_s, first, now() - self._asked_at, streamed)
        return self._growing.answer(outcome, timing, error, advice)

    async def events(self) -> AsyncGenerator[Event, None]:
        """All events to `Finished`. Raises what `core.errors` says of keys, quota, service and network.

        A retry that the service lets wait does so in the queue, where it is seen; others pause here.
        However it ends, a request that was sent, or that found nobody to be sent to, is written down.
        """
        attempt = 1
        try:
            while True:
                try:
                    async with aclosing(self._attempt(attempt)) as events:
                        async for event in events:
                            self._growing.add(event)
                            yield event
                    self._outcome = Outcome.COMPLETE
                    yield Finished(self.answer(Outcome.COMPLETE))
                    return
                except (ServiceRefused, ConnectionLost) as error:
                    self._failures.append(kind_of(error))
                    delay = self._delay(error, attempt)
                    attempt += 1
                    self._skip.clear()
                    queued = closes_group(error)
                    yield Retrying(str(error), delay, attempt, RETRIES + 1, queued)
                if not queued and not self._skip.is_set():
                    await self._pause(delay)
        except InfertermError:
            self._outcome = Outcome.FAILED
            raise
        finally:
            self._write_down()

    def _delay(self, error: ServiceRefused | ConnectionLost, attempt: int) -> float:
        """How long until the next attempt. Raises `error`, or WaitTooLong, where there is none."""
        delay = None if self._opened else self._patience.rule(error, attempt)
        if delay is None:
            raise error
        if closes_group(error):
            delay = self._desk.queue.closed_for(self._route.group)
        self._check_patience(error, delay)
        return delay

    async def _attempt(self, attempt: int) -> AsyncGenerator[Event, None]:
        async with self._desk.join(self._route, self._source, attempt, self._since) as place:
            while not self._opened:
                joined_at = now()
                async with aclosing(place.standings()) as standings:
                    while (standing := await self._soon(anext(standings, None))) is not None:
                        self._desk.begins_to_wait()
                        why = standing.reason or ""
                        self._check_wait(standing.expected_in_s, why)
                        yield Queued(standing.position, standing.expected_in_s, why, attempt)
                self._queued_s += now() - joined_at
                self._since = place.bid.arrival
                self._recorder.granted(attempt)
                yield Sent(attempt, self._queued_s)
                with suppress(_TurnLost):
                    async with aclosing(self._sending(place)) as events:
                        async for event in events:
                            yield event
                    return

    async def _sending(self, place: Place) -> AsyncGenerator[Event, None]:
        """Send and give what comes; raises _TurnLost when it has to wait again before it was sent."""

        async def before_send() -> None:
            if self._on_send is not None:
                await self._on_send()
            try:
                async with asyncio.timeout(AT_ONCE_S):
                    await place.sent()
            except TimeoutError:
                raise _TurnLost from None
            self._sent_at = now()
            self._recorder.sent()

        sending = self._desk.send(self._route, self._request, before_send, self._recorder)
        async with aclosing(sending) as stream:
            while (event := await self._awaited(stream)) is not None:
                self._note(event)
                self._recorder.heard(event)
                yield event

    def _note(self, event: Event) -> None:
        self._opened = True
        if self._first_at is None and isinstance(event, TextDelta | ThinkingDelta):
            self._first_at = now()

    @property
    def _deadline(self) -> float | None:
        total = self._patience.total_s
        return None if total is None else self._asked_at + total

    async def _soon(self, step: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout_at(self._deadline):
                return await step
        except TimeoutError:
            raise WaitTooLong(f"its turn did not come within {self._patience.total_s:g} s") from None

    async def _awaited(self, stream: AsyncIterator[ServiceEvent]) -> ServiceEvent | None:
        """The next event, None at the end; a silence longer than the caller's patience is a loss."""
        until = now() + self._patience.silence_s
        if not self._opened and self._deadline is not None:
            until = max(self._deadline, now() + 1.0)
        try:
            async with asyncio.timeout_at(until):
                return await anext(stream, None)
        except TimeoutError:
            raise ConnectionLost(
                Loss.TIMEOUT,
                f"the service was silent for {self._patience.silence_s:g} s",
                "Try again, or wait longer.",
            ) from None

    def _write_down(self) -> None:
        if self._sent_at is None and not self._failures:
            return
        endpoint, answer = self._route.endpoint, self.answer(self._outcome)
        asker = Asker(
            endpoint.inference_id,
            endpoint.model,
            self._source,
            self._conversation_id,
            sandbox=endpoint.local.sandbox,
        )
        at = self._desk.wall() - answer.timing.total_s
        streamed = bool(self._request.body(endpoint).get("stream"))
        self._desk.note(receipt(asker, answer, at, self._failures, streamed=streamed))

    def _check_wait(self, expected_in_s: float, reason: str) -> None:
        if self._deadline is None or now() + expected_in_s <= self._deadline:
            return
        why = f" ({reason})" if reason else ""
        raise WaitTooLong(
            f"the next request may start in {expected_in_s:.0f} s{why}, "
            f"later than the {self._patience.total_s:g} s allowed",
            expected_in_s,
            "Wait longer, or raise the endpoint's rate limit.",
        )

    def _check_patience(self, error: ServiceRefused | ConnectionLost, delay: float) -> None:
        if self._deadline is None or now() + delay <= self._deadline:
            return
        if isinstance(error, ServiceRefused) and error.refusal.retry_after_s is not None:
            self._check_wait(delay, str(error))
        raise error

    async def _pause(self, delay: float) -> None:
        try:
            async with asyncio.timeout(delay):
                await self._skip.wait()
        except TimeoutError:
            return


def now() -> float:
    """Seconds of the running loop's clock."""
    return asyncio.get_running_loop().time()
