"""A message that came as one JSON object, taken apart into the events of a stream."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic_core import to_json

from tui_app.core.jsons import JsonObject, JsonValue


def is_message(told: JsonObject) -> bool:
    """Tell whether a JSON object is an answer of the Messages API, or near enough to one."""
    return isinstance(told.get("content"), list | str) and told.get("type", "message") == "message"


def stream_events(message: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """The events, each with its type, by which a stream would have told the same."""
    yield "message_start", {"message": message}
    content = message.get("content")
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
    for index, block in enumerate(blocks if isinstance(blocks, list) else ()):
        if isinstance(block, dict):
            yield from _block_events(index, block)
    delta: dict[str, JsonValue] = {name: message.get(name) for name in ("stop_reason", "stop_details")}
    yield "message_delta", {"delta": delta, "usage": message.get("usage")}
    yield "message_stop", {}


def _block_events(index: int, block: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    deltas = list(_deltas(block))
    told = {name for name, _ in deltas}
    start = {name: _emptied(value) if name in told else value for name, value in block.items()}
    yield "content_block_start", {"index": index, "content_block": start}
    for _, delta in deltas:
        yield "content_block_delta", {"index": index, "delta": delta}
    yield "content_block_stop", {"index": index}


def _deltas(block: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """Each delta with the name of the block's part that it carries."""
    kind, citations, tool_input = block.get("type"), block.get("citations"), block.get("input")
    if kind == "text":
        yield "text", {"type": "text_delta", "text": block.get("text")}
        for citation in citations if isinstance(citations, list) else ():
            yield "citations", {"type": "citations_delta", "citation": citation}
    elif kind == "thinking":
        yield "thinking", {"type": "thinking_delta", "thinking": block.get("thinking")}
        if block.get("signature"):
            yield "signature", {"type": "signature_delta", "signature": block["signature"]}
    elif isinstance(tool_input, dict) and tool_input and str(kind).endswith("tool_use"):
        yield "input", {"type": "input_json_delta", "partial_json": to_json(tool_input).decode()}


def _emptied(value: JsonValue) -> JsonValue:
    """What a stream's `content_block_start` has in place of what its deltas bring."""
    empty: JsonValue = type(value)() if isinstance(value, str | list | dict) else value
    return empty
