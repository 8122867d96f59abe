"""The desk where requests are handed in."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Final
from urllib.parse import quote

from tui_app.core.cluster_asks import cluster_body
from tui_app.core.errors import ServiceRefused
from tui_app.core.events import ServiceEvent
from tui_app.core.jsons import JsonObject
from tui_app.core.patience import FOR_EVER, SILENCE_S, Patience
from tui_app.core.place import Place
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Source
from tui_app.core.receipts import Receipt
from tui_app.core.records import CLUSTER_KEY, Recorder
from tui_app.core.replies import Reply
from tui_app.core.requests import Asking
from tui_app.core.retries import closes_group
from tui_app.core.service import ClusterTarget, Exchange, MessagesApi
from tui_app.core.targets import Route

NONE_LEFT: Final = "the service has no requests left for this key"
"""Why a group is closed by an answer that was none of too many requests."""

UNTOLD_S: Final = 1.0
"""How long a refusal for rate closes a group that tells neither how long nor what is left."""


class Desk:
    """Where requests are handed in: the queue in front, the wire behind; `note` hears of what ended.

    `begins_to_wait` is called when a request has to, `wall` tells wall-clock seconds.
    """

    def __init__(
        self,
        queue: RequestQueue,
        api: MessagesApi,
        note: Callable[[Receipt], None] = lambda receipt: None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.queue, self._api, self.wall = queue, api, wall
        self.note = note
        self.begins_to_wait: Callable[[], None] = lambda: None

    def ask(
        self,
        route: Route,
        request: Asking,
        source: Source,
        patience: Patience = FOR_EVER,
        *,
        on_send: Callable[[], Awaitable[None]] | None = None,
        recorder: Recorder | None = None,
        conversation_id: int | None = None,
    ) -> Reply:
        """Hand in a request; nothing happens until its events are iterated.

        `on_send` is awaited immediately before each attempt is sent; Queued after it: it was not sent.
        `recorder` writes down what is sent and what comes; `conversation_id` is the chat that asks.
        """
        return Reply(
            self,
            route,
            request,
            source,
            patience,
            on_send=on_send,
            recorder=recorder,
            conversation_id=conversation_id,
        )

    def join(self, route: Route, source: Source, attempt: int, since: float | None) -> Place:
        """Take a place in the queue; a retry's is the one that it had. Raises QueueFull, LedgerFailed."""
        return self.queue.join(
            route.group,
            route.endpoint.limit,
            member=route.endpoint.inference_id,
            source=Source.RETRY if attempt > 1 else source,
            head=attempt > 1,
            since=since,
        )

    async def send(
        self,
        route: Route,
        request: Asking,
        before_send: Callable[[], Awaitable[None]],
        recorder: Recorder,
    ) -> AsyncGenerator[ServiceEvent, None]:
        """Make one attempt; what the service says of its own limits is told to everybody."""
        sent_at, body = self.queue.clock.now(), request.body(route.endpoint)
        refill_s: float | None = None
        recorder.prepared(*on_the_wire(route, body))

        async def sending() -> None:
            nonlocal sent_at
            await before_send()
            sent_at = self.queue.clock.now()

        def exchanged(exchange: Exchange) -> None:
            nonlocal refill_s
            recorder.answered(exchange)
            self.queue.note_told(route.group, exchange.limits, sent_at)
            refill_s = _refill_s(exchange, route.endpoint.limit)
            if refill_s is not None and exchange.status != 429:
                self.queue.close_group(route.group, refill_s, NONE_LEFT)

        stream = self._api.stream(
            route.target, body, before_send=sending, on_exchange=exchanged, silence_s=SILENCE_S
        )
        try:
            async with aclosing(stream) as events:
                async for event in events:
                    yield event
        except ServiceRefused as error:
            if closes_group(error):
                self._close(route, error, refill_s)
            raise

    def _close(self, route: Route, error: ServiceRefused, refill_s: float | None) -> None:
        asked = (error.refusal.retry_after_s, refill_s, UNTOLD_S)
        after = next(seconds for seconds in asked if seconds is not None)
        self.queue.close_group(route.group, after, error.refusal.message)


def _refill_s(exchange: Exchange, limit: int) -> float | None:
    """How long one request's worth takes to refill, if an answer told that none is left; else None.

    `limit` stands for the service's own where that was not told.
    """
    spent = (told for told in exchange.limits if told.name == "requests" and told.remaining == 0)
    return next((60 / (told.limit or limit) for told in spent), None)


def on_the_wire(route: Route, body: JsonObject) -> tuple[str, str, JsonObject]:
    """Where a body goes, with which kind of key, and what is made of it on the way."""
    target = route.target
    if not isinstance(target, ClusterTarget):
        return f"{target.base_url.rstrip('/')}/v1/messages", target.auth_scheme, body
    theirs = target.endpoint
    path = f"_inference/{theirs.task_type}/{quote(theirs.inference_id, safe='')}/_stream"
    return f"{target.base_url}/{path}", CLUSTER_KEY, cluster_body(theirs.task_type, body)
