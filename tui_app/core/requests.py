"""What is asked of a model, and the JSON body that says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from tui_app.core.attachments import Attachment
from tui_app.core.conversation import SAMPLING, Settings
from tui_app.core.endpoint import Endpoint
from tui_app.core.jsons import JsonObject, JsonValue
from tui_app.core.user_messages import UserMessage


class Asking(Protocol):
    """Whatever can say what is to be sent for an endpoint."""

    def body(self, endpoint: Endpoint) -> JsonObject:
        """The body of POST /v1/messages, as it is sent."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """Messages as the Messages API takes them, with the settings of this request alone."""

    messages: tuple[JsonValue, ...]
    settings: Settings = Settings()

    @classmethod
    def of_prompt(cls, prompt: UserMessage | str, settings: Settings = Settings()) -> Request:
        """One user message. Raises InvalidRequest when there is nothing in it."""
        content = UserMessage.of(prompt).check().content()
        return cls(({"role": "user", "content": content},), settings)

    def with_attached(self, attachments: tuple[Attachment, ...]) -> Request:
        """The same with files before the last prompt, which is a text."""
        users = [at for at, each in enumerate(self.messages) if _asks(each)]
        if not attachments or not users:
            return self
        prompt = self.messages[users[-1]]
        assert isinstance(prompt, Mapping)
        text = str(prompt["content"])
        asked: JsonObject = {**prompt, "content": UserMessage(text, (), attachments).content()}
        return replace(self, messages=(*self.messages[: users[-1]], asked, *self.messages[users[-1] + 1 :]))

    def led_by(self, lead: str) -> Request:
        """The same with the beginning of the answer, if there is one."""
        if not lead:
            return self
        return replace(self, messages=(*self.messages, {"role": "assistant", "content": lead}))

    def body(self, endpoint: Endpoint) -> JsonObject:
        """The body of POST /v1/messages, keys in Elasticsearch's order; the request's settings win."""
        stored = {name: getattr(endpoint.task_settings, name) for name in SAMPLING}
        left = {name: value for name, value in stored.items() if name not in self.settings.without}
        chosen = {**left, **self.settings.overrides()}
        body: dict[str, JsonValue] = {"messages": self.messages, "model": endpoint.model}
        body |= {name: value for name, value in chosen.items() if value is not None}
        if self.settings.system.strip():
            body["system"] = self.settings.system
        return {**body, "stream": True}


def _asks(message: JsonValue) -> bool:
    """Whether a message is a prompt that is a text."""
    return (
        isinstance(message, Mapping)
        and message.get("role") == "user"
        and isinstance(message.get("content"), str)
    )
