"""A server on a port of its own, in front of a Messages API that a test scripts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from tests.adapters.raw_server import RawServer, Say, Writer, answer, chunked, raw_server
from tests.cli.bench import NoSandbox
from tests.fakes_history import MemoryHistory
from tests.fakes_keys import FakeKeys
from tests.fakes_storage import FakeConnections, MemoryEndpoints, MemoryHealth
from tui_app.adapters.clock import SystemClock
from tui_app.adapters.ledger import SqliteLedger
from tui_app.adapters.messages_api import HttpMessagesApi
from tui_app.core.errors import KeyStoreFailed, KeyTrouble
from tui_app.core.inference import Inference
from tui_app.core.queue import RequestQueue
from tui_app.core.served import ServeOptions, Serving
from tui_app.server.server import InferenceServer

JSON = {"content-type": "application/json"}
EVENTS = {"content-type": "text/event-stream"}
MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-test-model",
    "content": [{"type": "text", "text": "hi"}],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 3, "output_tokens": 1},
}
PATIENCE_S = 20.0


def body(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - bodies are JSON
    """The documented PUT body with a key, with members replaced."""
    return {
        "service": "anthropic",
        "service_settings": {"api_key": "sk-ant-test", "model_id": "claude-test-model"},
        "task_settings": {"max_tokens": 1024},
        **changes,
    }


def events(*pieces: str) -> list[bytes]:
    """The server-sent events of an answer that comes in these pieces of text."""
    told: list[dict[str, Any]] = [
        {"type": "message_start", "message": {**MESSAGE, "content": []}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}
            for piece in pieces
        ),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}},
        {"type": "message_stop"},
    ]
    return [f"event: {each['type']}\ndata: {json.dumps(each)}\n\n".encode() for each in told]


@dataclass
class Upstream:
    """The Messages API: says `hi` to everything, or what `says` holds, in turn."""

    server: RawServer | None = None
    says: list[Say] = field(default_factory=list)

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The JSON bodies that came."""
        assert self.server is not None
        return [json.loads(each.partition(b"\r\n\r\n")[2]) for each in self.server.requests]

    async def say(self, server: RawServer, writer: Writer) -> None:
        """Answer one request."""
        if self.says:
            await self.says.pop(0)(server, writer)
        elif isinstance(server.body, dict) and server.body.get("stream"):
            await chunked(*events("hi"))(server, writer)
        else:
            await answer(200, JSON, json.dumps(MESSAGE))(server, writer)


class OwnKeysInMemory:
    """Keys of inferterm's own; with `trouble` there is no keyring."""

    def __init__(self, trouble: KeyTrouble | None = None) -> None:
        self.trouble = trouble
        self.keys: dict[str, SecretStr] = {}

    async def own(self, name: str) -> SecretStr | None:
        """The key."""
        self._suffer()
        return self.keys.get(name)

    async def keep_own(self, name: str, key: SecretStr) -> None:
        """Keep it."""
        self._suffer()
        self.keys[name] = key

    async def forget_own(self, name: str) -> bool:
        """Forget it."""
        self._suffer()
        return self.keys.pop(name, None) is not None

    def _suffer(self) -> None:
        if self.trouble:
            raise KeyStoreFailed(self.trouble, f"the keyring is {self.trouble}")


@dataclass
class Bench:
    """Everything round one server."""

    server: InferenceServer
    inference: Inference
    upstream: Upstream
    store: MemoryEndpoints
    keys: FakeKeys
    own: OwnKeysInMemory
    serving: Serving
    client: httpx.AsyncClient

    @property
    def key(self) -> str:
        """The key that it asks for."""
        assert self.serving.key is not None
        return self.serving.key.get_secret_value()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.serving.url.rpartition(":")[2])

    async def send(self, method: str, path: str, body: object = None, **more: Any) -> httpx.Response:  # noqa: ANN401
        """One request with the key, and a JSON body if there is one."""
        content = None if body is None else json.dumps(body).encode()
        headers = {**({} if body is None else JSON), **more.pop("headers", {})}
        return await self.client.request(method, path, content=content, headers=headers, **more)

    async def put(self, inference_id: str = "ep-ok", **changes: Any) -> None:  # noqa: ANN401
        """Make an endpoint."""
        task = changes.pop("task", "completion")
        response = await self.send("PUT", f"/_inference/{task}/{inference_id}", body(**changes))
        assert response.status_code == 200, response.text

    async def raw(self, data: bytes, *, then_close: bool = False) -> bytes:
        """Send bytes over a connection of their own, and read until the server hangs up."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(data)
            await writer.drain()
            if then_close:
                writer.write_eof()
            async with asyncio.timeout(PATIENCE_S):
                return await reader.read()
        except ConnectionError:
            return b""
        finally:
            writer.close()

    def head(self, line: str, *, close: bool = True, **headers: str) -> bytes:
        """A request's line and headers, with host and key unless others are given."""
        told = {"Host": f"127.0.0.1:{self.port}", "Authorization": f"ApiKey {self.key}"}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        told |= {"Connection": "close"} if close else {}
        lines = [f"{line} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items()), "", ""]
        return "\r\n".join(lines).encode()


ANY_PORT = ServeOptions(port=0)


@asynccontextmanager
async def serving(
    folder: Path, *, options: ServeOptions = ANY_PORT, trouble: KeyTrouble | None = None, url: str = ""
) -> AsyncGenerator[Bench, None]:
    """A server, and all that it needs, while the context is open; with `url` that is the service."""
    upstream, store, keys = Upstream(), MemoryEndpoints(), FakeKeys()
    async with raw_server(upstream.say) as raw:
        upstream.server = raw
        inference = Inference(
            store=store,
            keys=keys,
            health=MemoryHealth(),
            history=MemoryHistory(),
            api=HttpMessagesApi("1"),
            sandbox=NoSandbox(),
            connections=FakeConnections(),
            queue=RequestQueue(SqliteLedger(folder / "ledger"), SystemClock()),
            default_url=url or raw.url,
        )
        own = OwnKeysInMemory(trouble)
        server = InferenceServer(inference, own)
        told = await server.start(options)
        key = {"authorization": f"ApiKey {told.key.get_secret_value()}"} if told.key else {}
        async with httpx.AsyncClient(
            base_url=told.url, headers=key, timeout=PATIENCE_S, verify=False
        ) as client:
            try:
                yield Bench(server, inference, upstream, store, keys, own, told, client)
            finally:
                await server.stop()
                await inference.aclose()


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - of things that tell nobody
            await asyncio.sleep(0.005)


def said(response: httpx.Response) -> list[tuple[str, Any]]:
    """The events of a stream, each with its name and its data."""
    found = []
    for event in response.text.removesuffix("\n\n").split("\n\n"):
        name, data = event.split("\n")
        text = data.removeprefix("data: ")
        found.append((name.removeprefix("event: "), text if text == "[DONE]" else json.loads(text)))
    return found


def error_of(response: httpx.Response) -> Mapping[str, Any]:
    """The error that a response is, whether it is an event or not."""
    kind = response.headers["content-type"]
    told = said(response)[-1][1] if kind.startswith("text/event-stream") else response.json()
    error: Mapping[str, Any] = told["error"]
    return error


async def refusing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """An endpoint whose service is silent until the event, then refuses with 403, 429 and 500, once each."""
    monkeypatch.setattr("tui_app.server.flow.elastic_retry_delay", lambda error, attempt: None)
    await bench.put()
    slow, refusal = asyncio.Event(), json.dumps({"type": "error", "error": {"type": "x", "message": "no"}})

    async def silent(server: RawServer, writer: Writer) -> None:
        await slow.wait()

    bench.upstream.says = [
        silent,
        answer(403, JSON, refusal),
        answer(429, {**JSON, "retry-after": "0"}, refusal),
        answer(500, JSON, refusal),
    ]
    return slow
