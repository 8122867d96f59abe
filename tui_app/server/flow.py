"""A reply on its way from the service to a client of ours: noted, timed, its errors in our words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

from tui_app.core.conversation import Answer, Outcome
from tui_app.core.elastic_errors import Refused, elastic_error, stream_error, timed_out
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import ConnectionLost, InfertermError, ServiceRefused, WaitTooLong
from tui_app.core.events import Event, Queued, Retrying, Sent
from tui_app.core.inference import Inference
from tui_app.core.patience import Patience
from tui_app.core.quota import Source
from tui_app.core.replies import Reply
from tui_app.core.requests import Asking
from tui_app.core.retries import elastic_retry_delay
from tui_app.core.served import ServedState
from tui_app.server.call import Call
from tui_app.server.parameters import Duration, duration

TIMEOUT: Final = "120s"
"""How long a request may take whose client says nothing of it, as in Elasticsearch 9.5."""


class Flow:
    """One reply, asked for in the name of `call`; `timeout` covers the queue, retries and the call.

    Everything raises Refused.
    """

    def __init__(self, call: Call, reply: Reply, endpoint: Endpoint, where: str, timeout: Duration) -> None:
        self._call, self._reply, self._where, self._timeout = call, reply, where, timeout
        self._id = endpoint.inference_id
        self._deadline = asyncio.get_running_loop().time() + timeout.seconds
        self._early: list[Event] = []
        self._early_error: InfertermError | None = None
        self._events: AsyncGenerator[Event, None] | None = None

    async def whole(self) -> Answer:
        """The whole answer."""
        try:
            async with asyncio.timeout_at(self._deadline):
                async with aclosing(self._reply.events()) as events:
                    async for event in events:
                        self._note(event)
        except (InfertermError, TimeoutError) as error:
            raise self._refused(error) from None
        answer = self._reply.answer(Outcome.COMPLETE)
        self._call.entry.note(usage=answer.usage)
        return answer

    async def begin(self) -> None:
        """Wait until the service has begun to answer; the timeout says nothing of what comes after."""
        self._events = self._reply.events()
        try:
            async with asyncio.timeout_at(self._deadline):
                async for event in self._events:
                    self._note(event)
                    if not isinstance(event, Queued | Retrying | Sent):
                        self._early.append(event)
                        return
        except (InfertermError, TimeoutError) as error:
            if isinstance(error, ServiceRefused) and error.refusal.status is None:
                # The stream was opened, and its first event is the error.
                self._early_error = error
                return
            raise self._refused(error) from None

    async def events(self) -> AsyncGenerator[Event, None]:
        """What the service says, from its first event on, after `begin`."""
        assert self._events is not None
        try:
            async with aclosing(self._events) as events:
                for event in self._early:
                    yield event
                if self._early_error is not None:
                    raise self._early_error
                async for event in events:
                    yield event
        except InfertermError as error:
            self._call.trouble = error
            raise Refused(stream_error(error, self._id, self._where)) from None
        finally:
            self._call.entry.note(usage=self._reply.answer(Outcome.COMPLETE).usage)

    def _note(self, event: Event) -> None:
        match event:
            case Queued() | Retrying():
                self._call.entry.note(state=ServedState.WAITING)
            case Sent(queued_s=queued_s):
                self._call.entry.note(state=ServedState.RUNNING, waited_s=queued_s)

    def _refused(self, error: InfertermError | TimeoutError) -> Refused:
        if isinstance(error, TimeoutError | WaitTooLong):
            return Refused(timed_out(self._timeout.text, self._id))
        if isinstance(error, ServiceRefused | ConnectionLost):
            self._call.trouble = error
        return Refused(elastic_error(error, self._id, self._where))


async def open_flow(inference: Inference, call: Call, endpoint: Endpoint, asking: Asking) -> Flow:
    """Ask an endpoint in the name of `call`, within its parameter `timeout`. Raises Refused, KeyMissing, …"""
    limit = duration(call.parameters, "timeout", TIMEOUT)
    call.served_by = endpoint.inference_id
    call.entry.note(inference_id=endpoint.inference_id)
    patience = Patience(limit.seconds, elastic_retry_delay, only_to_begin=True)
    reply = await inference.ask_of(endpoint, asking, Source.SERVE, patience)
    return Flow(call, reply, endpoint, inference.url(endpoint), limit)
