"""From a Messages API body to what a cluster's `_inference` is asked, task type by task type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tui_app.core.conversation import SAMPLING
from tui_app.core.endpoint import TaskType
from tui_app.core.jsons import JsonObject, JsonValue

_ROLES: Final = {"user": "User", "assistant": "Assistant"}


def cluster_body(task_type: TaskType, body: JsonObject) -> JsonObject:
    """What `POST _inference/<task_type>/<id>/_stream` takes for the messages of `body`.

    `completion` takes one input: a conversation becomes a transcript. `chat_completion` takes messages,
    images as parts of the type `image_url`, and no `top_k`.
    """
    settings = {name: body[name] for name in SAMPLING if body.get(name) is not None}
    if task_type == "completion":
        return {"input": _transcript(body), "task_settings": settings}
    settings.pop("top_k", None)
    if "max_tokens" in settings:
        settings["max_completion_tokens"] = settings.pop("max_tokens")
    return {"messages": tuple(_messages(body)), **settings}


def _messages(body: JsonObject) -> Iterator[JsonObject]:
    if system := _text(body.get("system")):
        yield {"role": "system", "content": system}
    for role, content in _said(body):
        yield {"role": role, "content": _content(content)}


def _content(content: JsonValue) -> JsonValue:
    """A content with images as parts, one without as text."""
    blocks = content if isinstance(content, list | tuple) else ()
    if not any(isinstance(block, Mapping) and block.get("type") == "image" for block in blocks):
        return _text(content)
    return tuple(_part(block) for block in blocks if isinstance(block, Mapping))


def _part(block: JsonObject) -> JsonObject:
    source = block.get("source")
    if not isinstance(source, Mapping):
        return {"type": "text", "text": str(block.get("text", ""))}
    url = f"data:{source.get('media_type')};base64,{source.get('data')}"
    return {"type": "image_url", "image_url": {"url": url}}


def _transcript(body: JsonObject) -> str:
    said = [(role, _text(content)) for role, content in _said(body)]
    system = _text(body.get("system"))
    if len(said) == 1:
        words = said[0][1]
    else:
        words = "\n\n".join(f"{_ROLES.get(role, role)}: {text}" for role, text in said)
    return f"{system}\n\n{words}" if system else words


def _said(body: JsonObject) -> Iterator[tuple[str, JsonValue]]:
    messages = body.get("messages")
    for message in messages if isinstance(messages, list | tuple) else ():
        if isinstance(message, Mapping):
            yield str(message.get("role", "")), message.get("content")


def _text(content: JsonValue) -> str:
    """The text of a content: a string, or the text blocks among others; a file stands apart."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list | tuple):
        return ""
    texts = [str(block.get("text", "")) for block in content if isinstance(block, Mapping)]
    return ("\n\n" if any(text.startswith("<file") for text in texts) else "").join(texts)
