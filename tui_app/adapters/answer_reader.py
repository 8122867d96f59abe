"""The Messages API's JSON events, read with tolerance into the core's events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from tui_app.adapters.foreign_text import ForeignText
from tui_app.adapters.messages_errors import event_refusal
from tui_app.adapters.split_characters import Mender
from tui_app.core.conversation import Usage
from tui_app.core.events import (
    BlockClosed,
    BlockOpened,
    Opened,
    OtherDelta,
    ServiceEvent,
    Stopping,
    TextDelta,
    ThinkingDelta,
)
from tui_app.core.jsons import JsonObject, JsonValue

_COUNTS: Final = (
    "input_tokens",
    "output_tokens",
    "cache_creation_input_tokens",
    "cache_read_input_tokens",
)
_BLOCK_OF: Final = {
    "text_delta": "text",
    "citations_delta": "text",
    "thinking_delta": "thinking",
    "signature_delta": "thinking",
    "input_json_delta": "tool_use",
}


class AnswerReader:
    """Reads one answer, event by event; what it gives always follows the grammar of `core.events`.

    Blocks are numbered from 0 in the order in which they open, whatever the service calls them. A
    block or a beginning that the service forgot is put in; events of unknown types give nothing.
    `touched` tells that an event of a known type came, `began` that the answer has begun, `whole`
    that it is complete.
    """

    def __init__(self, foreign: ForeignText, request_id: str | None = None) -> None:
        self._foreign, self._request_id = foreign, request_id
        self._usage = Usage()
        self._stop: tuple[str | None, JsonObject | None] = None, None
        self._places: dict[JsonValue, int] = {}
        self._blocks = 0
        self._last: JsonValue = 0
        self._menders: dict[int, tuple[str, Mender]] = {}
        self.touched = self.began = self.whole = False
        self._readers: dict[JsonValue, Callable[[JsonObject], Sequence[ServiceEvent]]] = {
            "message_start": self._message_start,
            "content_block_start": self._block_start,
            "content_block_delta": self._delta,
            "content_block_stop": self._block_stop,
            "message_delta": self._message_delta,
            "message_stop": self._message_stop,
        }

    def knows(self, kind: str) -> bool:
        """Tell whether this is a type of the Messages API's events."""
        return kind in self._readers or kind in {"error", "ping"}

    def read(self, kind: str, event: JsonObject) -> Sequence[ServiceEvent]:
        """Read the next event, of type `kind`. Raises ServiceRefused for one of type `error`."""
        if kind == "error":
            raise event_refusal(event, self._foreign, status=None, request_id=self._request_id)
        if reader := self._readers.get(kind):
            self.touched = True
            return reader(event)
        self.touched = self.touched or kind == "ping"
        return ()

    def _message_start(self, event: JsonObject) -> Sequence[ServiceEvent]:
        message = event.get("message")
        return self._begin(message if isinstance(message, dict) else {})

    def _begin(self, message: JsonObject) -> list[ServiceEvent]:
        if self.began:
            return []
        self.began = True
        self._usage = _counted(message.get("usage"), self._usage)
        model, message_id = (self._foreign.word(message.get(name) or "") for name in ("model", "id"))
        return [Opened(model, self._request_id, self._usage, message_id)]

    def _block_start(self, event: JsonObject) -> Sequence[ServiceEvent]:
        index = event.get("index")
        raw = event.get("content_block")
        raw = raw if isinstance(raw, dict) else {"type": "unknown"}
        events = [*self._begin({}), *self._close(index)]
        return events + self._open(index, raw)

    def _open(self, index: JsonValue, raw: JsonObject) -> list[ServiceEvent]:
        """Open a block; text that it brings along becomes its first delta."""
        place, self._blocks = self._blocks, self._blocks + 1
        self._last = index if isinstance(index, int) else self._last
        self._places[self._last] = place
        kind = raw.get("type")
        kind = kind if isinstance(kind, str) else "unknown"
        early = raw.get(kind) if kind in {"text", "thinking"} else None
        if not isinstance(early, str) or not early:
            return [BlockOpened(place, kind, raw)]
        return [BlockOpened(place, kind, {**raw, kind: ""}), *self._piece(place, kind, early)]

    def _delta(self, event: JsonObject) -> Sequence[ServiceEvent]:
        delta = event.get("delta")
        if not isinstance(delta, dict):
            return ()
        index = event.get("index")
        place = self._places.get(index if isinstance(index, int) else self._last)
        kind = delta.get("type")
        if place is None:
            opened = self._forgotten(index, kind)
            return [*opened, *self._delta(event)] if opened else ()
        if kind == "text_delta":
            return self._piece(place, "text", delta.get("text"))
        if kind == "thinking_delta":
            return self._piece(place, "thinking", delta.get("thinking"))
        return (OtherDelta(place, delta),)

    def _forgotten(self, index: JsonValue, kind: JsonValue) -> list[ServiceEvent]:
        block = _BLOCK_OF.get(kind) if isinstance(kind, str) else None
        return [*self._begin({}), *self._open(index, {"type": block})] if block else []

    def _piece(self, place: int, kind: str, piece: JsonValue) -> Sequence[ServiceEvent]:
        if not isinstance(piece, str) or not piece:
            return ()
        if place in self._menders or not piece.isascii():
            piece = self._menders.setdefault(place, (kind, Mender()))[1].add(piece)
        return _said(place, kind, piece)

    def _block_stop(self, event: JsonObject) -> Sequence[ServiceEvent]:
        return self._close(event.get("index"))

    def _close(self, index: JsonValue) -> list[ServiceEvent]:
        place = self._places.pop(index if isinstance(index, int) else self._last, None)
        if place is None:
            return []
        kind, mender = self._menders.pop(place, ("text", Mender()))
        return [*_said(place, kind, mender.rest()), BlockClosed(place)]

    def _message_delta(self, event: JsonObject) -> Sequence[ServiceEvent]:
        delta = event.get("delta")
        delta = delta if isinstance(delta, dict) else {}
        self._usage = _counted(event.get("usage"), self._usage)
        reason, details = delta.get("stop_reason"), delta.get("stop_details")
        self._stop = (
            reason if isinstance(reason, str) else self._stop[0],
            details if isinstance(details, dict) else self._stop[1],
        )
        return [*self._begin({}), Stopping(self._stop[0], self._usage, self._stop[1])]

    def _message_stop(self, event: JsonObject) -> Sequence[ServiceEvent]:
        self.whole = True
        begun = self._begin({})
        return [*begun, *(closed for index in list(self._places) for closed in self._close(index))]


def _said(place: int, kind: str, piece: str) -> Sequence[ServiceEvent]:
    if not piece:
        return ()
    return (TextDelta(place, piece) if kind == "text" else ThinkingDelta(place, piece),)


def _counted(told: JsonValue, before: Usage) -> Usage:
    """The counts in `told` replace those before; what is missing, null or no count changes nothing."""
    if not isinstance(told, dict):
        return before
    counts: dict[str, int] = {}
    for name in _COUNTS:
        count = told.get(name)
        if isinstance(count, int | float) and not isinstance(count, bool) and count >= 0 and count % 1 == 0:
            counts[name] = int(count)
    return replace(before, **counts)
