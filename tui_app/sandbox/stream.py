"""An answer as server-sent events, at a pace."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle
from typing import Final

from tui_app.sandbox.errors import error_body
from tui_app.sandbox.messages import Answer, Block, Ending, Envelope, Text, Thinking, ToolUse

_PIECES: Final = (1, 3, 2, 4, 2)
_DELTAS_A_PING: Final = 64


@dataclass(frozen=True, slots=True)
class Event:
    """One event, and how many tokens of output it carries."""

    data: Mapping[str, object]
    tokens: int = 0

    def encoded(self) -> bytes:
        """Give the bytes on the wire; the text in them is not escaped beyond what JSON needs."""
        data = json.dumps(self.data, ensure_ascii=False, separators=(",", ":"))
        return f"event: {self.data['type']}\ndata: {data}\n\n".encode()


class Pace:
    """Waits so that tokens come at a rate; 0 tokens a second is no waiting at all.

    A fixed duration, where one is asked for, is kept at least.
    """

    def __init__(self, tokens_per_second: float, delay: float, answer: Answer) -> None:
        self._seconds_a_token = 1 / tokens_per_second if tokens_per_second else 0.0
        if answer.seconds and (total := answer.output_tokens):
            self._seconds_a_token = max(self._seconds_a_token, answer.seconds / total)
        self._delay = delay
        self._due: float | None = None

    async def wait(self, tokens: int) -> None:
        """Wait until so many more tokens are due; always lets others run."""
        now = asyncio.get_running_loop().time()
        due = now + self._delay if self._due is None else self._due
        self._due = due + tokens * self._seconds_a_token
        await asyncio.sleep(max(0.0, self._due - now))


def events(answer: Answer, envelope: Envelope, request_id: str) -> Iterator[Event]:
    """Give the events of an answer, up to where it breaks off if it does."""
    yield Event({"type": "message_start", "message": envelope.body(None)})
    yield Event({"type": "ping"})
    deltas = 0
    for index, block in enumerate(answer.blocks):
        yield _start(index, block)
        for delta, tokens in _deltas(block, every=1 if answer.seconds else None):
            yield Event({"type": "content_block_delta", "index": index, "delta": delta}, tokens)
            deltas += 1
            if deltas % _DELTAS_A_PING == 0:
                yield Event({"type": "ping"})
        if answer.ending is Ending.WHOLE:
            yield Event({"type": "content_block_stop", "index": index})
    if answer.ending is Ending.ERROR_EVENT:
        yield Event(error_body("overloaded_error", "Overloaded", request_id))
    if answer.ending is Ending.WHOLE:
        yield Event(_end(answer, envelope))
        yield Event({"type": "message_stop"})


async def encoded(
    events: Iterator[Event],
    pace: Pace,
    wrote: Callable[[int], None],
    drop: Callable[[], None] | None = None,
) -> AsyncIterator[bytes]:
    """Give the bytes of events at a pace; `wrote` hears of tokens, `drop` is called at the end."""
    for event in events:
        if event.tokens:
            await pace.wait(event.tokens)
            wrote(event.tokens)
        yield event.encoded()
    if drop:
        drop()


def _start(index: int, block: Block) -> Event:
    match block:
        case Text():
            empty: dict[str, object] = {"text": ""}
        case Thinking():
            empty = {"thinking": "", "signature": ""}
        case ToolUse():
            empty = {"input": {}}
    return Event({"type": "content_block_start", "index": index, "content_block": {**block.body(), **empty}})


def _deltas(block: Block, every: int | None) -> Iterator[tuple[dict[str, object], int]]:
    kind, name = {
        Text: ("text_delta", "text"),
        Thinking: ("thinking_delta", "thinking"),
        ToolUse: ("input_json_delta", "partial_json"),
    }[type(block)]
    if isinstance(block, ToolUse):
        yield {"type": kind, name: ""}, 0
    if isinstance(block, Thinking) and block.hidden:
        yield {"type": "signature_delta", "signature": block.signature}, len(block.tokens)
        return
    sizes, at = cycle(_PIECES) if every is None else cycle([every]), 0
    while at < len(block.tokens):
        piece = block.tokens[at : at + next(sizes)]
        at += len(piece)
        yield {"type": kind, name: "".join(piece)}, len(piece)
    if isinstance(block, Thinking):
        yield {"type": "signature_delta", "signature": block.signature}, 0


def _end(answer: Answer, envelope: Envelope) -> dict[str, object]:
    usage = envelope.usage(answer)
    totals = (
        "input_tokens",
        "cache_creation_input_tokens",
        "cache_read_input_tokens",
        "output_tokens",
        "output_tokens_details",
    )
    delta: dict[str, object] = {
        "stop_reason": answer.stop_reason,
        "stop_sequence": answer.stop_sequence,
    }
    if answer.stop_details:
        delta["stop_details"] = answer.stop_details
    return {
        "type": "message_delta",
        "delta": delta,
        "usage": {name: usage[name] for name in totals},
    }
