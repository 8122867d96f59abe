"""The shapes of content blocks in a request."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """A JSON object with known fields only, none of them converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class CacheControl(Shape):
    """A mark that the prompt may be kept up to here."""

    type: Literal["ephemeral"]
    ttl: Literal["5m", "1h"] = "5m"


class Block(Shape):
    """What content blocks have in common."""

    cache_control: CacheControl | None = None


class TextBlock(Block):
    """Text; `citations` are what an earlier answer cited."""

    type: Literal["text"]
    text: str
    citations: list[dict[str, object]] | None = None


class ImageBlock(Block):
    """An image: in base64, at a web address, or uploaded before."""

    type: Literal["image"]
    source: dict[str, object]
    transformations: dict[str, object] | None = None


class DocumentBlock(Block):
    """A document; what is in it is never looked at."""

    type: Literal["document"]
    source: dict[str, object]
    title: str | None = None
    context: str | None = None
    citations: dict[str, object] | None = None


class SearchResultBlock(Block):
    """Something found by a search of the caller's."""

    type: Literal["search_result"]
    source: str
    title: str
    content: list[dict[str, object]]
    citations: dict[str, object] | None = None


class ThinkingBlock(Shape):
    """Thinking of an earlier answer, sent back with its signature."""

    type: Literal["thinking"]
    thinking: str
    signature: str


class RedactedThinkingBlock(Shape):
    """Thinking of an earlier answer that only the service can read."""

    type: Literal["redacted_thinking"]
    data: str


class ToolUseBlock(Block):
    """A tool's use in an earlier answer."""

    type: Literal["tool_use"]
    id: str
    name: str
    input: dict[str, object]
    caller: dict[str, object] | None = None
    toolset_name: str | None = None


class ToolResultBlock(Block):
    """What a tool gave."""

    type: Literal["tool_result"]
    tool_use_id: str
    content: str | list[dict[str, object]] = ""
    is_error: bool = False
    toolset_name: str | None = None


class ServiceBlock(BaseModel):
    """A block of a tool that the service runs, which the sandbox never does."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, defer_build=True)

    type: Literal[
        "server_tool_use",
        "web_search_tool_result",
        "web_fetch_tool_result",
        "code_execution_tool_result",
        "bash_code_execution_tool_result",
        "text_editor_code_execution_tool_result",
        "tool_search_tool_result",
        "container_upload",
    ]


AnyBlock = Annotated[
    TextBlock
    | ImageBlock
    | DocumentBlock
    | SearchResultBlock
    | ThinkingBlock
    | RedactedThinkingBlock
    | ToolUseBlock
    | ToolResultBlock
    | ServiceBlock,
    Field(discriminator="type"),
]
