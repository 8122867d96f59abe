"""The shapes of requests, and reading them: what is wrong is said as the API says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_core import ErrorDetails, from_json

from tui_app.sandbox.blocks import AnyBlock, CacheControl, Shape, TextBlock, ToolResultBlock
from tui_app.sandbox.errors import ApiError
from tui_app.sandbox.text_files import said
from tui_app.sandbox.tools import AnyTool, OutputFormat, ToolChoice

VERSIONS: Final = ("2023-06-01", "2026-10-21")
"""The values of `anthropic-version` that are known, oldest first."""

_BETA_FIELDS: Final = frozenset(
    {
        "billing_policy",
        "compaction",
        "context_management",
        "fallback_credit_token",
        "fallbacks",
        "mcp_servers",
        "output_format",
        "thread",
    }
)
"""Fields that only come with an `anthropic-beta` header; they are taken and not acted upon."""


_Request = TypeVar("_Request", bound="CountRequest")


def _as_blocks(content: object) -> object:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


class Message(Shape):
    """One turn; a string for its content is one block of text."""

    role: Literal["user", "assistant", "system"]
    content: Annotated[list[AnyBlock], BeforeValidator(_as_blocks)]

    @property
    def text(self) -> str:
        """Its text alone."""
        return "\n".join(block.text for block in self.content if isinstance(block, TextBlock))


class ThinkingByBudget(Shape):
    """Thinking of a length that the request sets."""

    type: Literal["enabled"]
    budget_tokens: Annotated[int, Field(ge=1_024)]
    display: Literal["summarized", "omitted"] | None = None


class AdaptiveThinking(Shape):
    """Thinking of a length that the model sets."""

    type: Literal["adaptive"]
    display: Literal["summarized", "omitted"] | None = None


class NoThinking(Shape):
    """No thinking, or none before the text."""

    type: Literal["disabled", "between_tools"]


class OutputConfig(Shape):
    """How much effort, and in which format."""

    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None
    format: OutputFormat | None = None


class Metadata(Shape):
    """Who asks, in the caller's own terms."""

    user_id: str | None = None


@dataclass(frozen=True, slots=True)
class Sampling:
    """The sampling settings that a request names; None where it names none."""

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None


class CountRequest(Shape):
    """The part of a request that counts as its input."""

    model: Annotated[str, Field(min_length=1)]
    messages: Annotated[list[Message], Field(max_length=100_000)]
    system: Annotated[list[TextBlock] | None, BeforeValidator(_as_blocks)] = None
    tools: list[AnyTool] | None = None
    tool_choice: ToolChoice | None = None
    thinking: (
        Annotated[ThinkingByBudget | AdaptiveThinking | NoThinking, Field(discriminator="type")] | None
    ) = None
    output_config: OutputConfig | None = None
    cache_control: CacheControl | None = None
    speed: Literal["standard", "fast"] | None = None

    @property
    def system_text(self) -> str:
        """The system prompt, empty when there is none."""
        return "\n".join(block.text for block in self.system or ())

    @property
    def prompt(self) -> str:
        """The text of the last user turn, without the files in it."""
        return said(self.last)

    @property
    def last(self) -> list[AnyBlock]:
        """What is in the last user turn."""
        return next((turn.content for turn in reversed(self.messages) if turn.role == "user"), [])

    @property
    def tool_results(self) -> int:
        """How many results of tools the last turn brings."""
        return sum(isinstance(block, ToolResultBlock) for block in self.messages[-1].content)


class MessageRequest(CountRequest):
    """A request for a message, as API version 2026-10-21 takes it."""

    max_tokens: Annotated[int, Field(ge=0)]
    stream: bool | None = None
    stop_sequences: list[str] | None = None
    metadata: Metadata | None = None
    service_tier: Literal["auto", "standard_only"] | None = None
    container: str | dict[str, object] | None = None
    diagnostics: dict[str, object] | None = None
    inference_geo: str | None = None

    @property
    def sampling(self) -> Sampling:
        """The sampling settings: none in this version."""
        return Sampling()


class SamplingMessageRequest(MessageRequest):
    """A request for a message, as API version 2023-06-01 takes it."""

    temperature: Annotated[float, Field(ge=0, le=1)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    top_k: Annotated[int, Field(ge=0)] | None = None

    @property
    def sampling(self) -> Sampling:
        """The sampling settings as sent."""
        return Sampling(self.temperature, self.top_p, self.top_k)


def read_message_request(body: bytes, version: str, beta: bool) -> MessageRequest:
    """Read a request for a message; raises ApiError 400 with the first thing that is wrong."""
    shape = SamplingMessageRequest if version == VERSIONS[0] else MessageRequest
    return _read(shape, body, beta)


def read_count_request(body: bytes, beta: bool) -> CountRequest:
    """Read a request to count tokens; raises ApiError 400 with the first thing that is wrong."""
    return _read(CountRequest, body, beta)


def _read(shape: type[_Request], body: bytes, beta: bool) -> _Request:
    try:
        fields = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise ApiError(400, f"The request body is not valid JSON: {error}") from None
    if not isinstance(fields, dict):
        raise ApiError(400, "The request body should be a JSON object")
    if beta:
        fields = {name: value for name, value in fields.items() if name not in _BETA_FIELDS}
    try:
        return shape.model_validate(fields)
    except ValidationError as error:
        raise ApiError(400, _words(error.errors(include_url=False)[0])) from None


def _words(error: ErrorDetails) -> str:
    return f"{'.'.join(str(step) for step in error['loc'])}: {error['msg']}"
