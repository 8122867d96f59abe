"""An answer: its blocks, how it ends, what it cost; cut to what the request allows."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from functools import cached_property
from typing import Final

from tui_app.sandbox import tokens
from tui_app.sandbox.signatures import sign

_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def new_id(prefix: str) -> str:
    """Make an id as the API's look: `msg_01…`, `req_01…`, `toolu_01…`."""
    return f"{prefix}_01" + "".join(secrets.choice(_ALPHABET) for _ in range(22))


@dataclass(frozen=True)
class Text:
    """A block of text."""

    text: str

    @cached_property
    def tokens(self) -> list[str]:
        """Its text, a piece a token."""
        return tokens.pieces(self.text)

    def body(self) -> dict[str, object]:
        """Give it as JSON."""
        return {"type": "text", "text": self.text}


@dataclass(frozen=True)
class Thinking:
    """A block of thinking, signed with the sandbox's key; `hidden` leaves its text out."""

    text: str
    key: str = field(repr=False)
    hidden: bool = False

    @cached_property
    def tokens(self) -> list[str]:
        """Its text, a piece a token."""
        return tokens.pieces(self.text)

    @property
    def signature(self) -> str:
        """What proves, when it is sent back, that nothing was changed in it."""
        return sign(self.shown, self.key)

    @property
    def shown(self) -> str:
        """The text that is sent."""
        return "" if self.hidden else self.text

    def body(self) -> dict[str, object]:
        """Give it as JSON."""
        return {"type": "thinking", "thinking": self.shown, "signature": self.signature}


@dataclass(frozen=True)
class ToolUse:
    """A block that uses a tool."""

    name: str
    input: Mapping[str, object]
    id: str = field(default_factory=lambda: new_id("toolu"))

    @cached_property
    def tokens(self) -> list[str]:
        """Its input as JSON text, a piece a token."""
        return tokens.pieces(json.dumps(self.input, ensure_ascii=False))

    def body(self) -> dict[str, object]:
        """Give it as JSON."""
        return {
            "type": "tool_use",
            "id": self.id,
            "name": self.name,
            "input": dict(self.input),
            "caller": {"type": "direct"},
        }


Block = Text | Thinking | ToolUse


class Ending(Enum):
    """How the sending of an answer ends."""

    WHOLE = auto()
    ERROR_EVENT = auto()
    DROPPED = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its blocks, why it stops, how it is sent.

    `seconds` is how long sending takes at least, None to leave it to the sandbox's pace.
    """

    blocks: Sequence[Block]
    stop_reason: str = "end_turn"
    stop_sequence: str | None = None
    stop_details: Mapping[str, object] | None = None
    ending: Ending = Ending.WHOLE
    seconds: float | None = None

    @property
    def output_tokens(self) -> int:
        """How many tokens it has."""
        return sum(len(block.tokens) for block in self.blocks)

    @property
    def thinking_tokens(self) -> int:
        """How many of them are thinking."""
        return sum(len(block.tokens) for block in self.blocks if isinstance(block, Thinking))


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands around an answer: ids, model, and the input that was counted."""

    model: str
    input_tokens: int
    speed: str | None = None
    id: str = field(default_factory=lambda: new_id("msg"))

    def body(self, answer: Answer | None) -> dict[str, object]:
        """Give the message as JSON; without an answer as it starts in a stream."""
        return {
            "id": self.id,
            "type": "message",
            "role": "assistant",
            "model": self.model,
            "content": [block.body() for block in answer.blocks] if answer else [],
            "stop_reason": answer.stop_reason if answer else None,
            "stop_sequence": answer.stop_sequence if answer else None,
            "stop_details": answer.stop_details if answer else None,
            "container": None,
            "diagnostics": None,
            "usage": self.usage(answer),
        }

    def usage(self, answer: Answer | None) -> dict[str, object]:
        """Give the usage as JSON; without an answer as it starts in a stream."""
        return {
            "input_tokens": self.input_tokens,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
            "output_tokens": answer.output_tokens if answer else 1,
            "output_tokens_details": {"thinking_tokens": answer.thinking_tokens if answer else 0},
            "server_tool_use": None,
            "service_tier": "standard",
            "speed": self.speed,
            "inference_geo": "global",
        }


def fit(answer: Answer, max_tokens: int, stop_sequences: Sequence[str]) -> Answer:
    """Cut an answer where it has `max_tokens`, or where a stop sequence is first written.

    Text is cut in the middle; a use of a tool that has no room is left out whole.
    """
    kept: list[Block] = []
    left = max_tokens
    for block in answer.blocks:
        whole = block.tokens
        room, left = left, left - len(whole)
        if isinstance(block, ToolUse):
            if left >= 0:
                kept.append(block)
        elif room > 0:
            text = "".join(whole[:room])
            if isinstance(block, Text) and (stop := _first_stop(text, stop_sequences)):
                kept += [Text(before)] if (before := text[: text.index(stop)]) else []
                return replace(answer, blocks=kept, stop_reason="stop_sequence", stop_sequence=stop)
            kept.append(block if left >= 0 else replace(block, text=text))
        if left < 0:
            return replace(answer, blocks=kept, stop_reason="max_tokens", stop_details=None)
    return replace(answer, blocks=kept)


def _first_stop(text: str, stop_sequences: Sequence[str]) -> str | None:
    """Find the stop sequence that is complete first; of several there, the longest."""
    found = [(text.index(stop) + len(stop), -len(stop), stop) for stop in stop_sequences if stop in text]
    return min(found)[2] if found else None
