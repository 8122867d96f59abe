"""What a request, a call or a body says of an endpoint: its id, its task type, and the PUT body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from tui_app.core.clippings import Span, Value
from tui_app.core.jsons import JsonObject, JsonValue

_PATH: Final = re.compile(r"(?:^|/|:)_inference(?:/([^?#\s]*))?(?:[?#]|$)")
_PARTS: Final = ("service", "service_settings", "task_settings")
_TOLD: Final = {"key", "shares", "health", "metadata", "chunking_settings"}
"""What Elasticsearch and inferterm tell of an endpoint beside what makes it."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request that makes an endpoint, or a body that would: `at` is where it begins.

    `inference_id` and `task_type` are those of the URL, the call or the answer, empty where it names none.
    """

    at: int
    body: JsonValue = field(repr=False)
    spans: Mapping[str, Span]
    inference_id: str = ""
    task_type: str = ""


@dataclass(frozen=True, slots=True)
class Other:
    """Something that makes no endpoint, and why; `wrong` where it was meant to."""

    at: int
    reason: str
    wrong: bool = False


Finding = Request | Other


def of_request(at: int, method: str, url: str, body: Value | None) -> list[Finding]:
    """What an HTTP request makes."""
    path = _PATH.search(url)
    if path is None:
        return [Other(at, "this request is not about an inference endpoint")]
    if method == "GET" and body is not None:
        return of_json(body)
    if method != "PUT":
        return [Other(at, f"a {method} makes no endpoint")]
    names = [unquote(each) for each in (path[1] or "").split("/") if each]
    if names[-1:] == ["_update"]:
        return [Other(at, "an _update has only a part of an endpoint")]
    if body is None:
        return [Other(at, "this PUT has no body", wrong=True)]
    task_type = names[0] if len(names) > 1 else ""
    return [Request(at, body.value, body.spans, names[-1] if names else "", task_type)]


def of_call(at: int, given: Value) -> Finding:
    """A client's call: the configuration in one argument, or its parts among the others."""
    value = given.value
    assert isinstance(value, Mapping)
    ids = [_text(value[name]) for name in value if name.endswith(("inference_id", "inferenceId"))]
    config = next((name for name in ("inference_config", "body") if name in value), "")
    parts: JsonObject = {name: each for name, each in value.items() if name in _PARTS}
    body = value[config] if config else parts
    prefix = f"{config}." if config else ""
    spans = {path.removeprefix(prefix): span for path, span in given.spans.items() if path.startswith(prefix)}
    whole = {"": given.spans[""], **spans}
    return Request(at, body, whole, (ids or [""])[0], _text(value.get("task_type", value.get("taskType"))))


def of_json(found: Value) -> list[Finding]:
    """A PUT body, an endpoint as Elasticsearch or inferterm tells it, or several of them."""
    value, at = found.value, found.spans[""][0]
    prefix = ""
    if isinstance(value, Mapping) and isinstance(value.get("endpoints"), list):
        value, prefix = value["endpoints"], "endpoints."
    if not isinstance(value, list):
        return [_of_entry(value, found.spans, at)]
    return [_of_entry(each, spans, at) for each, spans in _items(value, found.spans, prefix)]


def _items(
    items: list[JsonValue], spans: Mapping[str, Span], prefix: str
) -> list[tuple[JsonValue, dict[str, Span]]]:
    """Each item of a list with its own spans."""
    apart: list[dict[str, Span]] = [{} for _ in items]
    for path, span in spans.items():
        number, _, rest = path.removeprefix(prefix).partition(".")
        if path.startswith(prefix) and number.isdecimal() and int(number) < len(items):
            apart[int(number)][rest] = span
    return list(zip(items, apart, strict=True))


def _of_entry(value: JsonValue, spans: Mapping[str, Span], at: int) -> Finding:
    at = spans.get("", (at, at))[0]
    if not isinstance(value, Mapping) or not {"inference_id", *_PARTS} & value.keys():
        return Other(at, "this JSON is no endpoint: it has no service_settings")
    if "inference_id" not in value:
        return Request(at, value, spans)
    inference_id, task_type = value["inference_id"], value.get("task_type")
    body = {name: each for name, each in value.items() if name not in {"inference_id", *_TOLD}}
    return Request(at, _seen_through(body), spans, _text(inference_id), _text(task_type))


def _seen_through(body: JsonObject) -> JsonObject:
    """Elasticsearch shows `top_k` as `top_p`, where a whole number above 1 makes no sense."""
    task = body.get("task_settings")
    if not isinstance(task, Mapping) or "top_k" in task:
        return body
    top_p = task.get("top_p")
    if not isinstance(top_p, int) or top_p <= 1:
        return body
    kept = {name: each for name, each in task.items() if name != "top_p"}
    return {**body, "task_settings": {**kept, "top_k": top_p}}


def _text(value: JsonValue) -> str:
    return "" if value is None else str(value)
