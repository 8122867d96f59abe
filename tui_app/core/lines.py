"""A line to one endpoint: asked many times, its key looked up once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from tui_app.core.desk import Desk
from tui_app.core.endpoint import Endpoint
from tui_app.core.patience import Patience
from tui_app.core.quota import Group, Quota, Source
from tui_app.core.replies import Reply
from tui_app.core.requests import Asking
from tui_app.core.targets import Route

OnSend: TypeAlias = Callable[[], Awaitable[None]]
"""Awaited when the connection stands, immediately before a request is sent."""


class Line:
    """A way to ask an endpoint as it is now."""

    def __init__(self, desk: Desk, route: Route) -> None:
        self._desk, self._route = desk, route

    @property
    def endpoint(self) -> Endpoint:
        """Who is asked."""
        return self._route.endpoint

    @property
    def group(self) -> Group:
        """The budget that it draws on."""
        return self._route.group

    def ask(
        self, request: Asking, source: Source, patience: Patience = Patience(), on_send: OnSend | None = None
    ) -> Reply:
        """Hand in a request; nothing happens until its events are iterated."""
        return self._desk.ask(self._route, request, source, patience, on_send=on_send)

    def quota(self) -> Quota:
        """What the endpoint's limit leaves. Raises LedgerFailed."""
        return self._desk.queue.quota(self.group, self.endpoint.limit)

    def now(self) -> float:
        """The time of the clock on which `quota` counts."""
        return self._desk.queue.clock.now()
