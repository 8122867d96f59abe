"""Messages of a chat body: roles and tool calls of OpenAI's kind, turned into those of the Messages API."""

from __future__ import annotations

from typing import Annotated

from pydantic import PlainValidator

from tui_app.core.elastic_errors import refused
from tui_app.core.jsons import JsonObject, JsonValue
from tui_app.core.unified_content import Content, blocks_of, read_content, text_block, text_of
from tui_app.core.unified_tools import ToolCall
from tui_app.core.unified_values import Objects, OptionalText, OptionalWhole, Parsed, Text


class ReasoningDetail(Parsed):
    """A piece of another service's reasoning, which Elasticsearch takes and sends nowhere from here."""

    type: Text
    format: OptionalText = None
    id: OptionalText = None
    index: OptionalWhole = None
    data: OptionalText = None
    summary: OptionalText = None
    text: OptionalText = None
    signature: OptionalText = None


class ChatMessage(Parsed):
    """One of `messages`."""

    content: Annotated[Content | None, PlainValidator(read_content)] = None
    role: Text
    tool_call_id: OptionalText = None
    tool_calls: Objects[ToolCall] = ()
    reasoning: OptionalText = None
    reasoning_details: Objects[ReasoningDetail] = ()

    def turn(self) -> JsonObject:
        """The Messages API's turn for it.

        Raises Refused for a role, a part or a call that the API cannot be given.
        """
        match self.role:
            case "user":
                return self._plain()
            case "assistant":
                return self._calling() if self.tool_calls else self._plain()
            case "tool":
                return self._result()
        role = self.role[:80]
        words = f"Unsupported role [{role}] for the Anthropic chat completion API."
        raise refused(words)

    def system_blocks(self) -> list[JsonObject]:
        """What a system message adds to the system prompt: its text."""
        if isinstance(self.content, str):
            return [text_block(self.content)]
        return [block for block in blocks_of(self.content) if block["type"] == "text"]

    def _plain(self) -> JsonObject:
        if isinstance(self.content, str) and self.content:
            return {"content": self.content, "role": self.role}
        blocks = blocks_of(self.content or "")
        return {"role": self.role, "content": list(blocks)}

    def _calling(self) -> JsonObject:
        text = text_of(self.content)
        before = [text_block(text)] if text else []
        return {"role": self.role, "content": [*before, *(call.block() for call in self.tool_calls)]}

    def _result(self) -> JsonObject:
        if self.tool_call_id is None:
            raise refused(
                "Field [tool_call_id] is required in a tool message for the Anthropic chat completion API.",
            )
        content: list[JsonValue] = list(blocks_of(self.content))
        told: JsonObject = {} if self.content is None else {"content": content}
        result: JsonObject = {"type": "tool_result", "tool_use_id": self.tool_call_id, **told}
        return {"role": "user", "content": [result]}


Messages = Objects[ChatMessage]
