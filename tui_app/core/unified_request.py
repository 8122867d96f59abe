"""The body of a chat completion, and the request of the Messages API that Elasticsearch 9.5 makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Self

from pydantic import ValidationError, model_validator

from tui_app.core.elastic_errors import PARSE, REQUEST, numbered, refused
from tui_app.core.endpoint import Endpoint
from tui_app.core.jsons import JsonObject, JsonValue
from tui_app.core.unified_messages import Messages
from tui_app.core.unified_refusals import refusal_of
from tui_app.core.unified_tools import AnyToolChoice, Tool, choice_of
from tui_app.core.unified_values import (
    MOST,
    Given,
    Objects,
    OptionalNumber,
    OptionalText,
    OptionalTruth,
    OptionalWhole,
    Parsed,
    Texts,
    unfit,
)

_EFFORTS: Final = ("xhigh", "high", "medium", "low", "minimal", "none")
_SUMMARIES: Final = ("auto", "concise", "detailed")


def _nowhere(name: str) -> str:
    return "1:1"


class Reasoning(Parsed):
    """How much another service would think; Elasticsearch checks it and does not send it to Anthropic."""

    effort: OptionalText = None
    summary: OptionalText = None
    exclude: OptionalTruth = None
    enabled: OptionalTruth = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        for name, known in (("effort", _EFFORTS), ("summary", _SUMMARIES)):
            word = getattr(self, name)
            if word is not None and word.strip().lower() not in known:
                words = f"Unrecognized type [{word[:80]}] in object [{name}], must be one of "
                raise unfit(f"{words}[{', '.join(known)}]")
        if self.effort is None and self.enabled is None:
            raise unfit("Required one of fields [effort, enabled], but none were specified.")
        if self.effort is None and not self.enabled:
            raise unfit("When [enabled] is false, [effort] must be specified.")
        return self


class ChatBody(Parsed):
    """The body of `POST _inference/chat_completion/<id>`, streamed or not: its shape is sound."""

    messages: Messages
    model: OptionalText = None
    max_completion_tokens: OptionalWhole = None
    stop: Texts = ()
    temperature: OptionalNumber = None
    tool_choice: AnyToolChoice = None
    tools: Objects[Tool] = ()
    top_p: OptionalNumber = None
    reasoning: Annotated[Reasoning | None, Given] = None

    @classmethod
    def parse(cls, body: JsonValue, where: Callable[[str], str] = _nowhere) -> Self:
        """Read a body. Raises Refused for the first thing that Elasticsearch would not take.

        `where` gives line and column of a member, as `1:2`.
        """
        if _parts(body) > MOST:
            raise refused(f"a chat has at most {MOST} parts and calls of tools here", kind=PARSE)
        try:
            found = cls.model_validate(body)
        except ValidationError as error:
            raise refusal_of(error, where) from None
        if not found.messages:
            words = numbered(["Field [messages] cannot be an empty array"])
            raise refused(words, kind=REQUEST)
        return found

    @classmethod
    def of_prompt(cls, prompt: str) -> Self:
        """One user message and nothing else."""
        return cls.parse({"messages": [{"role": "user", "content": prompt}]})

    def request(self, *, stream: bool) -> UnifiedRequest:
        """What the Messages API is asked. Raises Refused for what it cannot be asked."""
        system = [message for message in self.messages if message.role == "system"]
        turns = [message for message in self.messages if message.role != "system"]
        return UnifiedRequest(
            system=tuple(block for message in system for block in message.system_blocks()),
            messages=tuple(message.turn() for message in turns),
            stop=self.stop,
            temperature=self.temperature,
            top_p=self.top_p,
            tool_choice=None if self.tool_choice is None else choice_of(self.tool_choice),
            tools=tuple(tool.definition() for tool in self.tools),
            max_tokens=self.max_completion_tokens,
            model=self.model,
            stream=stream,
        )


def _parts(body: JsonValue) -> int:
    """How many parts and calls the messages have together, counted before any is looked at."""
    messages = body.get("messages") if isinstance(body, Mapping) else None
    arrays = (
        message.get(name)
        for message in (messages if isinstance(messages, list) else ())
        if isinstance(message, Mapping)
        for name in ("content", "tool_calls", "reasoning_details")
    )
    return sum(len(array) for array in arrays if isinstance(array, list))


@dataclass(frozen=True, slots=True)
class UnifiedRequest:
    """A chat as the Messages API takes it; None and nothing leave the endpoint's own settings.

    `model` answers in place of the endpoint's own.
    """

    messages: tuple[JsonValue, ...]
    system: tuple[JsonValue, ...] = ()
    stop: tuple[str, ...] = ()
    temperature: float | None = None
    top_p: float | None = None
    tool_choice: JsonObject | None = None
    tools: tuple[JsonValue, ...] = ()
    max_tokens: int | None = None
    model: str | None = None
    stream: bool = True

    def body(self, endpoint: Endpoint) -> JsonObject:
        """The body of POST /v1/messages, keys in Elasticsearch's order."""
        own = endpoint.task_settings
        fields: dict[str, JsonValue] = {
            "model": endpoint.model if self.model is None else self.model,
            "system": self.system or None,
            "messages": self.messages,
            "stop_sequences": self.stop or None,
            "temperature": own.temperature if self.temperature is None else self.temperature,
            "top_p": own.top_p if self.top_p is None else self.top_p,
            "top_k": own.top_k,
            "tool_choice": self.tool_choice,
            "tools": self.tools or None,
            "stream": self.stream,
            "max_tokens": own.max_tokens if self.max_tokens is None else self.max_tokens,
        }
        return {name: value for name, value in fields.items() if value is not None}
