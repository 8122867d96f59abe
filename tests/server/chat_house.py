"""A server with an endpoint for chats, and a client of it, for tests."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.cli.bench import NoSandbox
from tests.core.bodies import body
from tests.fakes_history import MemoryHistory
from tests.fakes_keys import FakeKeys
from tests.fakes_storage import FakeConnections, MemoryEndpoints, MemoryHealth
from tests.server.bench import OwnKeysInMemory
from tui_app.adapters.clock import SystemClock
from tui_app.adapters.ledger import SqliteLedger
from tui_app.adapters.ledger_file import MEMORY
from tui_app.core.endpoint import Endpoint
from tui_app.core.inference import Inference
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Pacing
from tui_app.core.served import ServeOptions
from tui_app.core.service import MessagesApi
from tui_app.server.server import InferenceServer

CHAT = "/_inference/chat_completion/chat"
FAST = {"rate_limit": {"requests_per_minute": 100_000}}


@dataclass(frozen=True, slots=True)
class ChatHouse:
    """A running server and its client; `store` holds its endpoints."""

    client: httpx.AsyncClient
    server: InferenceServer
    inference: Inference
    store: MemoryEndpoints

    async def post(self, path: str, whole: object) -> httpx.Response:
        """Send a body as it is."""
        content = whole if isinstance(whole, str) else json.dumps(whole)
        return await self.client.post(path, content=content, headers={"content-type": "application/json"})


def endpoint(inference_id: str, task_type: str, **settings: Any) -> Endpoint:  # noqa: ANN401 - JSON
    """An endpoint with a key and a limit that nobody meets."""
    service = {"model_id": "claude-haiku-4-5", **FAST, **settings}
    return Endpoint.parse(inference_id, body(task_type=task_type, service_settings=service))[0]


@asynccontextmanager
async def chat_house(
    api: MessagesApi, *, url: str = "", key: str = "sk-test"
) -> AsyncGenerator[ChatHouse, None]:
    """A server with the endpoints `chat` and `plain` (for completions), which both ask `api`."""
    places = {"url": url} if url else {}
    store = MemoryEndpoints(
        endpoint("chat", "chat_completion", **places), endpoint("plain", "completion", **places)
    )
    inference = Inference(
        store=store,
        keys=FakeKeys(dict.fromkeys(("chat", "plain"), key)),
        health=MemoryHealth(),
        history=MemoryHistory(),
        api=api,
        sandbox=NoSandbox(),
        connections=FakeConnections(),
        queue=RequestQueue(SqliteLedger(MEMORY), SystemClock(), pacing=Pacing.BURST),
    )
    server = InferenceServer(inference, OwnKeysInMemory())
    serving = await server.start(ServeOptions(port=0))
    assert serving.key is not None
    headers = {"authorization": f"ApiKey {serving.key.get_secret_value()}"}
    try:
        async with httpx.AsyncClient(base_url=serving.url, headers=headers, timeout=30) as client:
            yield ChatHouse(client, server, inference, store)
    finally:
        await server.stop()
        await inference.aclose()


def sse(text: str) -> list[tuple[str, Any]]:
    """The events of a stream: names and data, `[DONE]` as text."""
    told: list[tuple[str, Any]] = []
    for block in text.split("\n\n"):
        if not block:
            continue
        name, _, data = block.partition("\ndata: ")
        assert name.startswith("event: "), block
        told.append((name.removeprefix("event: "), data if data == "[DONE]" else json.loads(data)))
    return told
