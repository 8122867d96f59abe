"""An answer of the service, in the forms in which tests need it."""

from __future__ import annotations

from typing import Final

from tests.adapters.raw_server import sse
from tui_app.core.conversation import Usage
from tui_app.core.events import BlockClosed, BlockOpened, Opened, ServiceEvent, Stopping, TextDelta

TEXT: Final = "Grüße 😀\u2028one\u2029two\u0085three\nfour"

START: Final[dict[str, object]] = {
    "type": "message_start",
    "message": {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-test",
        "content": [],
        "stop_reason": None,
        "usage": {"input_tokens": 12, "output_tokens": 1, "cache_read_input_tokens": 3},
    },
}
BLOCK: Final[dict[str, object]] = {
    "type": "content_block_start",
    "index": 0,
    "content_block": {"type": "text", "text": ""},
}
CLOSE: Final[dict[str, object]] = {"type": "content_block_stop", "index": 0}
STOP: Final[dict[str, object]] = {
    "type": "message_delta",
    "delta": {"stop_reason": "end_turn", "stop_sequence": None},
    "usage": {"output_tokens": 7},
}
END: Final[dict[str, object]] = {"type": "message_stop"}


def text_delta(text: str, index: int = 0) -> dict[str, object]:
    """A piece of text."""
    return {"type": "content_block_delta", "index": index, "delta": {"type": "text_delta", "text": text}}


def whole(*pieces: str) -> bytes:
    """A whole stream whose text comes in pieces."""
    return sse(START, BLOCK, {"type": "ping"}, *map(text_delta, pieces), CLOSE, STOP, END)


def events(*pieces: str, request_id: str | None = None) -> list[ServiceEvent]:
    """What `whole` means."""
    return [
        Opened("claude-test", request_id, Usage(12, 1, 0, 3), "msg_1"),
        BlockOpened(0, "text", {"type": "text", "text": ""}),
        *(TextDelta(0, piece) for piece in pieces),
        BlockClosed(0),
        Stopping("end_turn", Usage(12, 7, 0, 3)),
    ]
