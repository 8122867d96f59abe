"""The Messages API over httpx, which is imported at the first request."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

from tui_app.adapters.http_clients import HttpClients
from tui_app.adapters.model_entries import model_of, models_of, next_page
from tui_app.core.events import ServiceEvent
from tui_app.core.jsons import JsonObject
from tui_app.core.service import Exchange, ServiceModel, Target

if TYPE_CHECKING:
    from tui_app.adapters.messages_line import MessagesLine

_PAGE: Final = 1000
_PAGES: Final = 20
"""Entries of a page, the most that the API gives, and how many pages are read at most."""
_NOT_COUNTED: Final = frozenset(
    {"max_tokens", "stream", "metadata", "temperature", "top_p", "top_k", "stop_sequences", "service_tier"}
)
"""Parts of a request that token counting refuses as unknown."""


class HttpMessagesApi:
    """Fulfils the port `MessagesApi`: one call, one request; no redirect is followed, no cookie kept.

    `version` is inferterm's own, for the user agent; `connect_s` bounds connecting. Belongs to the
    event loop in which it is first used.
    """

    def __init__(self, version: str, *, connect_s: float = 5.0) -> None:
        self._clients = HttpClients(f"inferterm/{version}")
        self._connect_s = connect_s

    async def stream(
        self,
        target: Target,
        body: JsonObject,
        *,
        before_send: Callable[[], Awaitable[None]],
        on_exchange: Callable[[Exchange], None],
        silence_s: float = 600.0,
    ) -> AsyncGenerator[ServiceEvent, None]:
        """POST /v1/messages, `body` as it is; closing the generator closes the connection at once.

        Raises ServiceRefused, ConnectionLost, InvalidRequest, and what `before_send` raises.
        """
        line = await self._line(target)
        async with aclosing(line.stream(body, before_send, on_exchange, silence_s)) as events:
            async for event in events:
                yield event

    async def reach(self, base_url: str) -> float:
        """Connect (with TLS) and send nothing: seconds it took. Raises ConnectionLost, InvalidRequest."""
        client = await self._clients.fresh(base_url)
        from tui_app.adapters.messages_line import seconds_to_reach

        async with client:
            return await seconds_to_reach(client, base_url, self._connect_s)

    async def models(self, target: Target) -> Sequence[ServiceModel]:
        """GET /v1/models, all pages up to 20,000 entries; 404 too for what is no list of models."""
        line = await self._line(target)
        from tui_app.adapters.messages_line import no_route

        found: dict[str, ServiceModel] = {}
        after: str | None = None
        for _ in range(_PAGES):
            query = {"limit": _PAGE} | ({"after_id": after} if after else {})
            page = await line.json("GET", f"/v1/models?{urlencode(query)}")
            models = models_of(page)
            if models is None:
                raise no_route("/v1/models")
            found |= {model.id: model for model in models}
            if (after := next_page(page, after)) is None:
                break
        return tuple(found.values())

    async def model(self, target: Target, model_id: str) -> ServiceModel:
        """GET /v1/models/{id}; 404 too for what is no model."""
        line = await self._line(target)
        from tui_app.adapters.messages_line import no_route

        path = f"/v1/models/{quote(model_id, safe='', errors='replace')}"
        model = model_of(await line.json("GET", path))
        if model is None:
            raise no_route(path)
        return model

    async def count_tokens(self, target: Target, body: JsonObject) -> int:
        """POST /v1/messages/count_tokens, of what counts in `body`; 404 too for what is no count."""
        line = await self._line(target)
        from tui_app.adapters.messages_line import no_route

        path = "/v1/messages/count_tokens"
        counted = {name: value for name, value in body.items() if name not in _NOT_COUNTED}
        told = await line.json("POST", path, counted)
        tokens = told.get("input_tokens") if isinstance(told, dict) else None
        if not isinstance(tokens, int) or isinstance(tokens, bool):
            raise no_route(path)
        return tokens

    async def aclose(self) -> None:
        """Close connections."""
        await self._clients.aclose()

    async def _line(self, target: Target) -> MessagesLine:
        client = await self._clients.kept(target.base_url)
        from tui_app.adapters.messages_line import MessagesLine

        return MessagesLine(client, target, self._connect_s)
