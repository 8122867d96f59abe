"""The Messages API, wherever it is: at a service itself, or by way of a cluster's endpoint."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

from tui_app.core.errors import InvalidRequest
from tui_app.core.events import ServiceEvent
from tui_app.core.jsons import JsonObject
from tui_app.core.service import ClusterTarget, Exchange, MessagesApi, ServiceModel, Target


class RoutedMessages(MessagesApi):
    """Sends what is for a cluster to the cluster, and everything else to `direct`."""

    def __init__(self, direct: MessagesApi) -> None:
        self._direct = direct

    def stream(
        self,
        target: Target,
        body: JsonObject,
        *,
        before_send: Callable[[], Awaitable[None]],
        on_exchange: Callable[[Exchange], None],
        silence_s: float = 600.0,
    ) -> AsyncGenerator[ServiceEvent, None]:
        """See `MessagesApi`; a cluster tells nothing of limits."""
        if isinstance(target, ClusterTarget):
            return target.cluster.stream(target.endpoint, body, before_send=before_send, silence_s=silence_s)
        return self._direct.stream(
            target, body, before_send=before_send, on_exchange=on_exchange, silence_s=silence_s
        )

    async def reach(self, base_url: str) -> float:
        """See `MessagesApi`."""
        return await self._direct.reach(base_url)

    async def models(self, target: Target) -> Sequence[ServiceModel]:
        """See `MessagesApi`."""
        return await self._direct.models(_direct(target))

    async def model(self, target: Target, model_id: str) -> ServiceModel:
        """See `MessagesApi`."""
        return await self._direct.model(_direct(target), model_id)

    async def count_tokens(self, target: Target, body: JsonObject) -> int:
        """See `MessagesApi`."""
        return await self._direct.count_tokens(_direct(target), body)

    async def aclose(self) -> None:
        """Close connections."""
        await self._direct.aclose()


def _direct(target: Target) -> Target:
    if isinstance(target, ClusterTarget):
        raise InvalidRequest("a cluster lists no models and counts no tokens")
    return target
