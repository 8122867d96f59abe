"""What goes back to a client, and in which of Elasticsearch's content types."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from tui_app.core.elastic_errors import refused
from tui_app.core.jsons import JsonValue
from tui_app.server.filter_path import filtered

EVENTS: Final = "text/event-stream"
_JSON: Final = "application/json"
_VERSIONED: Final = re.compile(
    r"application/vnd\.elasticsearch\+(?:json|x-ndjson)\s*;\s*compatible-with\s*=\s*\"?(\d+)\"?",
    re.IGNORECASE,
)
_VERSIONS: Final = ("9", "8")
_ANYTHING: Final = "*/*"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; a body of None is none at all."""

    body: JsonValue = None
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class EventStream:
    """An answer that comes in pieces: each item is a JSON value that becomes one event.

    What is raised while it is iterated ends it with an `error` event; else `[DONE]` ends it.
    """

    pieces: AsyncGenerator[JsonValue, None]


Reply: TypeAlias = Answer | EventStream


def content_type(headers: Mapping[str, str]) -> str:
    """The type of JSON answers: versioned as the client asked, or as its body is where it does not say.

    Raises Refused for another version.
    """
    kind = _JSON
    for name in ("content-type", "accept"):
        found = _VERSIONED.search(headers.get(name, ""))
        if found is None:
            continue
        if found[1] not in _VERSIONS:
            title = "Accept" if name == "accept" else "Content-Type"
            raise refused(
                f"{title} version must be either version 9 or 8, but found {found[1]}. "
                f"{title}={headers[name]}"
            )
        if name == "accept" or headers.get("accept", _ANYTHING).strip() == _ANYTHING:
            kind = f"application/vnd.elasticsearch+json;compatible-with={found[1]}"
    return kind


def check_content_type(headers: Mapping[str, str]) -> str:
    """What is wrong with the type of a body that is no JSON; nothing where it is."""
    given = headers.get("content-type")
    if given is None:
        return "Content-Type header is missing"
    kind = given.partition(";")[0].strip().lower()
    if kind in {_JSON, "application/vnd.elasticsearch+json"}:
        return ""
    return f"Content-Type header [{given}] is not supported"


def written(value: JsonValue, *, pretty: bool = False, paths: str = "") -> bytes:
    """A JSON value as bytes; `paths` is a `filter_path`."""
    if paths:
        value = filtered(value, paths)
    if pretty:
        text = json.dumps(value, indent=2, separators=(",", " : "), ensure_ascii=False, default=dict) + "\n"
    else:
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=dict)
    return text.encode("utf-8", "replace")


def event(data: str | bytes, name: str = "message") -> bytes:
    """One server-sent event; `data` is on one line."""
    line = data.encode() if isinstance(data, str) else data
    return b"event: " + name.encode() + b"\ndata: " + line + b"\n\n"
