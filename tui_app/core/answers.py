"""An answer as it grows: events are folded into it, and it can be looked at at any moment."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

from tui_app.core.conversation import Answer, Block, Outcome, Timing
from tui_app.core.events import (
    BlockClosed,
    BlockOpened,
    Event,
    Opened,
    OtherDelta,
    Sent,
    Stopping,
    TextDelta,
    ThinkingDelta,
)
from tui_app.core.jsons import JsonObject, JsonValue


@dataclass(slots=True)
class _OpenBlock:
    kind: str
    raw: JsonObject
    text: list[str] = field(default_factory=list)
    thinking: list[str] = field(default_factory=list)
    input: list[str] = field(default_factory=list)
    more: dict[str, JsonValue] = field(default_factory=dict)

    def add(self, delta: JsonObject) -> None:
        match delta:
            case {"type": "signature_delta", "signature": str(signature)}:
                self.more["signature"] = signature
            case {"type": "input_json_delta", "partial_json": str(piece)}:
                self.input.append(piece)
            case {"type": "citations_delta", "citation": citation}:
                earlier = self.more.get("citations") or []
                assert isinstance(earlier, list)
                self.more["citations"] = [*earlier, citation]
            case _:
                pass

    def block(self) -> Block:
        raw = {**self.raw, **self.more}
        text = "".join(self.text)
        if self.kind == "text":
            raw["text"] = text = str(self.raw.get("text") or "") + text
        elif self.kind == "thinking":
            raw["thinking"] = text = str(self.raw.get("thinking") or "") + "".join(self.thinking)
        elif self.input:
            raw["input"] = _json_or_text("".join(self.input))
        return Block(self.kind, text or _described(self.kind, raw), raw)


def _json_or_text(text: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(text)
    except ValueError:
        return text
    return value


def _described(kind: str, raw: JsonObject) -> str:
    if kind in {"text", "thinking", "redacted_thinking"}:
        return ""
    if kind.endswith("tool_use"):
        return f"{raw.get('name', '')}({json.dumps(raw.get('input', {}), ensure_ascii=False)})"
    return json.dumps(raw, ensure_ascii=False)


class GrowingAnswer:
    """Folds the events of one reply into an `Answer`; a retry starts it over."""

    def __init__(self) -> None:
        self._blocks: dict[int, _OpenBlock] = {}
        self._closed: dict[int, Block] = {}
        self._whole = Answer()

    def add(self, event: Event) -> None:
        """Take the next event."""
        match event:
            case TextDelta(index, text):
                self._at(index, "text").text.append(text)
            case ThinkingDelta(index, text):
                self._at(index, "thinking").thinking.append(text)
            case OtherDelta(index, raw):
                self._at(index, "unknown").add(raw)
            case BlockOpened(index, kind, raw):
                self._blocks[index] = _OpenBlock(kind, raw)
            case BlockClosed(index):
                if block := self._blocks.pop(index, None):
                    self._closed[index] = block.block()
            case Sent(attempt, queued_s):
                self._blocks, self._closed = {}, {}
                self._whole = Answer(attempts=attempt, timing=Timing(queued_s=queued_s))
            case Opened(model, request_id, usage, message_id):
                named = replace(self._whole, request_id=request_id, message_id=message_id)
                self._whole = replace(named, model=model, usage=usage)
            case Stopping(stop_reason, usage, details):
                self._whole = replace(self._whole, stop_reason=stop_reason, usage=usage, stop_details=details)
            case _:
                pass

    def _at(self, index: int, kind: str) -> _OpenBlock:
        return self._blocks.setdefault(index, _OpenBlock(kind, {"type": kind}))

    def answer(self, outcome: Outcome, timing: Timing, error: str = "", advice: str = "") -> Answer:
        """The answer as it stands."""
        blocks = {**self._closed, **{i: block.block() for i, block in self._blocks.items()}}
        return replace(
            self._whole,
            outcome=outcome,
            blocks=tuple(blocks[index] for index in sorted(blocks)),
            timing=replace(timing, queued_s=timing.queued_s or self._whole.timing.queued_s),
            error=error,
            advice=advice,
        )
