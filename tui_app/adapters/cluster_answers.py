"""What a cluster answers: its endpoints, its refusals, its streams, in the words of core.

Elasticsearch prints `top_k` under the name `top_p` and puts a byte order mark before each event of a
stream; both are seen through here.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, Final

from tui_app.adapters.foreign_text import ForeignText
from tui_app.core.clusters import ClusterEndpoint
from tui_app.core.conversation import Usage
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InvalidEndpoint, Refusal, ServiceRefused
from tui_app.core.events import BlockClosed, BlockOpened, Opened, ServiceEvent, Stopping, TextDelta
from tui_app.core.jsons import JsonValue

_MARK: Final = "\ufeff".encode()
_PARTS: Final = {"task_type", "service", "service_settings", "task_settings"}
_SERVICE_PARTS: Final = {"model_id", "url", "rate_limit"}


def read_cluster_json(data: str | bytes) -> Any:  # noqa: ANN401 - the JSON door
    """Parse what a cluster sent; a whole number under `top_p` is the `top_k` that it means."""
    return json.loads(data, object_pairs_hook=_seen_through)


def cluster_endpoint(item: Mapping[str, JsonValue]) -> ClusterEndpoint:
    """One entry of `GET _inference`, as an endpoint of ours where it can be one."""
    inference_id, service = str(item.get("inference_id", "")), str(item.get("service", ""))
    task_type = str(item.get("task_type", ""))
    reason = ""
    endpoint = None
    if service != "anthropic":
        reason = f"the service {service or 'is not named'}; inferterm knows anthropic"
    elif inference_id.startswith("."):
        reason = "preconfigured by Elasticsearch: it cannot be changed"
    else:
        body = {name: value for name, value in item.items() if name in _PARTS}
        settings = body.get("service_settings")
        if isinstance(settings, dict):
            body["service_settings"] = {k: v for k, v in settings.items() if k in _SERVICE_PARTS}
        try:
            endpoint, _ = Endpoint.parse(inference_id, body)
        except InvalidEndpoint as error:
            reason = str(error)
    return ClusterEndpoint(inference_id, task_type, service, endpoint, reason)


def refused(status: int | None, body: object, foreign: ForeignText) -> ServiceRefused:
    """An error of Elasticsearch's, in either of its shapes, with what caused it."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        words = foreign.words(body if isinstance(body, str) else json.dumps(body or error))
        return _refusal(status, "error", words)
    reasons = list(dict.fromkeys(_reasons(error)))
    kind = foreign.word(str(error.get("type") or error.get("code") or "error"))
    return _refusal(status, kind, foreign.words(" Cause: ".join(reasons)))


def _refusal(status: int | None, kind: str, words: str) -> ServiceRefused:
    refusal = Refusal(status, kind, words or "it gives no reason", has_message=bool(words))
    return ServiceRefused(refusal, _ADVICE.get(status or 0, ""))


_ADVICE: Final = {
    401: "Check the API key of the connection.",
    403: "The API key lacks a privilege: manage_inference, or monitor_inference to read alone.",
    404: "List the cluster's endpoints again: it may have been deleted meanwhile.",
    409: "See what uses it first; deleting it all the same takes `force`.",
}


class StreamReader:
    """Turns a cluster's events into those of core; `began` once one was, `whole` after the last."""

    def __init__(self, model: str, foreign: ForeignText) -> None:
        self.began = self.whole = False
        self._model, self._foreign = model, foreign
        self._usage = Usage()
        self._stop: str | None = None

    def read(self, name: str, data: str) -> Iterator[ServiceEvent]:
        """The events that one of the stream's means. Raises ServiceRefused; ValueError for no JSON."""
        if data.strip() == "[DONE]":
            yield from self._opening({})
            yield BlockClosed(0)
            yield Stopping(self._stop, self._usage)
            self.whole = True
            return
        told = json.loads(data)
        if not isinstance(told, dict):
            raise ValueError("not an object")
        if name == "error" or "error" in told:
            status = told.get("status")
            raise refused(status if isinstance(status, int) else None, told, self._foreign)
        told = told.get("chat_completion", told)
        yield from self._opening(told)
        yield from self._pieces(told)

    def _opening(self, told: Mapping[str, Any]) -> Iterator[ServiceEvent]:
        if not self.began:
            self.began = True
            yield Opened(str(told.get("model") or self._model), None, Usage(), str(told.get("id") or ""))
            yield BlockOpened(0, "text", {"type": "text", "text": ""})

    def _pieces(self, told: Mapping[str, Any]) -> Iterator[ServiceEvent]:
        for part in told.get("completion") or ():
            if delta := part.get("delta"):
                yield TextDelta(0, str(delta))
        for choice in told.get("choices") or ():
            if content := (choice.get("delta") or {}).get("content"):
                yield TextDelta(0, str(content))
            self._stop = choice.get("finish_reason") or self._stop
        usage = told.get("usage") or {}
        self._usage = Usage(
            usage.get("prompt_tokens") or self._usage.input_tokens,
            usage.get("completion_tokens") or self._usage.output_tokens,
        )


async def without_marks(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes without the byte order marks at the beginnings of lines; nothing else waits."""
    fresh, held = True, b""
    async for chunk in chunks:
        data, held = held + chunk, b""
        out = bytearray()
        while data:
            if fresh and data.startswith(_MARK):
                data = data[len(_MARK) :]
            elif fresh and _MARK.startswith(data):
                held, data = data, b""
            else:
                line, end, data = data.partition(b"\n")
                out += line + end
                fresh = bool(end)
        if out:
            yield bytes(out)
    if held:
        yield held


def _seen_through(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        mistaken = key == "top_p" and isinstance(value, int) and not isinstance(value, bool)
        found["top_k" if mistaken else key] = value
    return found


def _reasons(error: Mapping[str, Any]) -> Iterator[str]:
    cause: object = error
    while isinstance(cause, dict):
        if words := cause.get("reason") or cause.get("message"):
            yield str(words)
        cause = cause.get("caused_by")
