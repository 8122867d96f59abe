"""What is asked of a model, and the JSON body that says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tui_app.core.conversation import SAMPLING, Settings
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InvalidRequest
from tui_app.core.jsons import JsonObject, JsonValue


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
    def of_prompt(cls, prompt: str, settings: Settings = Settings()) -> Request:
        """One user message. Raises InvalidRequest when there is nothing in it."""
        if not prompt.strip():
            raise InvalidRequest("the prompt is empty", "Type what the model is to answer.")
        return cls(({"role": "user", "content": prompt},), settings)

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


def check_overrides(settings: Settings) -> None:
    """Refuse settings of one request that no endpoint could have. Raises InvalidRequest."""
    if settings.max_tokens is not None and settings.max_tokens <= 0:
        raise InvalidRequest(f"max_tokens must be greater than 0, not {settings.max_tokens}")
