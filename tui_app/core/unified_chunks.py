"""A reply as chat completions tell it: chunks of a stream, or one object.

Elasticsearch 9.5 numbers choices by content block and gives every tool call the index 0; here tool
calls are numbered, and what Elasticsearch puts before the first piece of their arguments (`{}`) is
left out, so that the pieces joined are the arguments.
"""

from __future__ import annotations

import json

from tui_app.core.conversation import Answer, Usage
from tui_app.core.events import BlockClosed, BlockOpened, Event, Opened, OtherDelta, Stopping, TextDelta
from tui_app.core.jsons import JsonObject, JsonValue


class ChunkWriter:
    """Turns the events of one reply into chunks; thinking and what else has no place in them gives none."""

    def __init__(self) -> None:
        self._tools: dict[int, _OpenTool] = {}
        self._numbered = 0

    def chunk(self, event: Event) -> JsonObject | None:
        """The chunk that tells `event`, if any does."""
        chunk: JsonObject | None = None
        match event:
            case Opened(model, _, usage, message_id):
                counts = usage_of(usage)
                chunk = _chunk({"role": "assistant"}, 0, id=message_id, model=model, usage=counts)
            case BlockOpened(index, "text", raw):
                chunk = _chunk({"content": str(raw.get("text") or "")}, index)
            case BlockOpened(index, "tool_use", raw):
                chunk = self._opened(index, raw)
            case TextDelta(index, text):
                chunk = _chunk({"content": text}, index)
            case OtherDelta(index, {"type": "input_json_delta", "partial_json": str(piece)}):
                chunk = self._piece(index, piece)
            case BlockClosed(index):
                chunk = self._closed(index)
            case Stopping(reason, usage):
                # Elasticsearch counts only the output here; the input was told with the first chunk.
                counts = usage_of(Usage(output_tokens=usage.output_tokens))
                chunk = _chunk({}, 0, finish_reason=reason, usage=counts)
        return chunk

    def _opened(self, index: int, raw: JsonObject) -> JsonObject:
        tool = self._tools[index] = _OpenTool(self._numbered, raw.get("input"))
        self._numbered += 1
        function: JsonObject = {"arguments": "", "name": str(raw.get("name") or "")}
        call: JsonObject = {"index": tool.number, "id": str(raw.get("id") or ""), "function": function}
        return _chunk({"tool_calls": [call]}, index)

    def _piece(self, index: int, piece: str) -> JsonObject | None:
        tool = self._tools.get(index)
        if tool is None or not piece:
            return None
        tool.told = True
        return _arguments(index, tool.number, piece)

    def _closed(self, index: int) -> JsonObject | None:
        """The arguments of a tool that came with its beginning, or that has none."""
        tool = self._tools.pop(index, None)
        if tool is None or tool.told:
            return None
        return _arguments(index, tool.number, arguments_of(tool.input))


class _OpenTool:
    def __init__(self, number: int, input_: JsonValue) -> None:
        self.number, self.input, self.told = number, input_, False


def completion_of(answer: Answer) -> JsonObject:
    """A whole answer as one `chat.completion`, in the shape of Elasticsearch 9.6."""
    calls = [block.raw for block in answer.blocks if block.kind == "tool_use"]
    texts = any(block.kind == "text" for block in answer.blocks)
    message: dict[str, JsonValue] = {"content": answer.text} if texts else {}
    message["role"] = "assistant"
    if calls:
        message["tool_calls"] = [_whole_call(raw) for raw in calls]
    return {
        "id": answer.message_id,
        "choices": [{"message": message, "finish_reason": answer.stop_reason, "index": 0}],
        "model": answer.model,
        "object": "chat.completion",
        "usage": usage_of(answer.usage),
    }


def usage_of(usage: Usage) -> JsonObject:
    """The counts of a chat completion, without what came from or went to a cache."""
    total = usage.output_tokens + usage.input_tokens
    return {
        "completion_tokens": usage.output_tokens,
        "prompt_tokens": usage.input_tokens,
        "total_tokens": total,
    }


def arguments_of(tool_input: JsonValue) -> str:
    """A tool's input as JSON text; text is the beginning of an input that was cut off."""
    if isinstance(tool_input, str):
        return tool_input
    return json.dumps(tool_input or {}, ensure_ascii=False, separators=(",", ":"), default=dict)


def _whole_call(raw: JsonObject) -> JsonObject:
    """A call as it can be sent back; Elasticsearch adds an `index`, which it then refuses in a request."""
    function: JsonObject = {"arguments": arguments_of(raw.get("input")), "name": str(raw.get("name") or "")}
    return {"id": str(raw.get("id") or ""), "function": function, "type": "function"}


def _arguments(index: int, number: int, piece: str) -> JsonObject:
    return _chunk({"tool_calls": [{"index": number, "function": {"arguments": piece}}]}, index)


def _chunk(
    delta: JsonObject,
    index: int,
    *,
    finish_reason: str | None = None,
    id: str | None = None,
    model: str | None = None,
    usage: JsonObject | None = None,
) -> JsonObject:
    finished: JsonObject = {} if finish_reason is None else {"finish_reason": finish_reason}
    counted: JsonObject = {} if usage is None else {"usage": usage}
    choice: JsonObject = {"delta": delta, **finished, "index": index}
    return {"id": id, "choices": [choice], "model": model, "object": None, **counted}
