"""Speaking to the sandbox in plain HTTP, and putting its streams together again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from hypothesis import HealthCheck, settings

from tui_app.sandbox.app import create_app
from tui_app.sandbox.settings import DEFAULT_KEY, SandboxSettings

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""For properties: a machine that is busy with other things proves nothing."""

Headers = Mapping[str, str] | Sequence[tuple[str, str]]
QUICK = SandboxSettings(tokens_per_second=0, first_token_delay=0, requests_per_minute=100_000)
HEADERS = {"x-api-key": DEFAULT_KEY, "anthropic-version": "2023-06-01"}
NEWER = {**HEADERS, "anthropic-version": "2026-10-21"}


def client(of: SandboxSettings = QUICK) -> httpx.AsyncClient:
    """A client of a sandbox of its own, without a socket in between."""
    transport = httpx.ASGITransport(create_app(of))
    return httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=HEADERS)


def request(prompt: str = "How many words?", /, **more: object) -> dict[str, object]:
    """The body of a request with one user turn."""
    messages = [{"role": "user", "content": prompt}]
    return {"model": "claude-haiku-4-5", "max_tokens": 1_000, "messages": messages, **more}


async def refused(
    wire: httpx.AsyncClient, body: object, headers: Headers | None = None
) -> tuple[int, str, str]:
    """Send what is refused; gives status, type and message."""
    response = await wire.post("/v1/messages", json=body, headers=headers)
    answer = response.json()
    assert answer["type"] == "error"
    assert answer["request_id"] == response.headers["request-id"]
    return response.status_code, answer["error"]["type"], answer["error"]["message"]


def events(body: bytes) -> list[dict[str, Any]]:
    """The data of each event of a stream, after a look at its form."""
    assert body.endswith(b"\n\n")
    found = []
    for event in body[:-2].split(b"\n\n"):
        name, data = event.split(b"\n")
        decoded = json.loads(data.removeprefix(b"data: "))
        assert name == b"event: " + decoded["type"].encode()
        found.append(decoded)
    return found


def assembled(stream: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The message that a whole stream amounts to."""
    shown = [event for event in stream if event["type"] != "ping"]
    assert shown[0]["type"] == "message_start" and shown[-1] == {"type": "message_stop"}
    message = dict(shown[0]["message"])
    message["content"] = [_block(shown, index) for index in range(_blocks(shown))]
    end = shown[-2]
    message |= end["delta"]
    message["usage"] = {**message["usage"], **end["usage"]}
    return message


def _blocks(stream: Sequence[Mapping[str, Any]]) -> int:
    return sum(event["type"] == "content_block_start" for event in stream)


def _block(stream: Sequence[Mapping[str, Any]], index: int) -> dict[str, Any]:
    own = [event for event in stream if event.get("index") == index]
    assert own[-1]["type"] == "content_block_stop"
    block = dict(own[0]["content_block"])
    written = ""
    for delta in (event["delta"] for event in own[1:-1]):
        match delta["type"]:
            case "text_delta":
                block["text"] += delta["text"]
            case "thinking_delta":
                block["thinking"] += delta["thinking"]
            case "signature_delta":
                block["signature"] = delta["signature"]
            case "input_json_delta":
                written += delta["partial_json"]
    if written:
        block["input"] = json.loads(written)
    return block
