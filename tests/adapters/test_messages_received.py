"""What a service sends is told as it came: each event, bodies of refusals, without the key."""

from __future__ import annotations

import json
from contextlib import suppress

from tests.adapters.answers import whole
from tests.adapters.callers import KEY, Caller, target
from tests.adapters.raw_server import Say, answer, chunked, raw_server, sse
from tui_app.core.errors import InfertermError
from tui_app.core.jsons import JsonValue
from tui_app.core.service import Exchange

JSON = {"content-type": "application/json"}


async def told(caller: Caller, say: Say) -> list[JsonValue]:
    """All that a server's answer is told as, however it ends."""
    pieces: list[JsonValue] = []

    class Listening(list[Exchange]):
        def append(self, exchange: Exchange) -> None:
            exchange.incoming.hear = pieces.append

    caller.exchanges = Listening()
    async with raw_server(say) as server:
        with suppress(InfertermError):
            await caller.ask(target(server.url))
    return pieces


async def test_every_event_of_a_stream_is_told_also_pings_the_end_and_what_nobody_knows(
    caller: Caller,
) -> None:
    begin, *rest = whole("Hello").split(b"\n\n", 1)
    odd = sse({"type": "ping"}, {"type": "weather", "warm": True})
    pieces = await told(caller, chunked(begin + b"\n\n" + odd + rest[0]))
    kinds = [piece["type"] for piece in pieces if isinstance(piece, dict)]
    assert kinds[:3] == ["message_start", "ping", "weather"]
    assert kinds[-1] == "message_stop"
    assert len(kinds) == len(pieces)


async def test_an_error_within_a_stream_is_told_whole_but_for_the_key(caller: Caller) -> None:
    said = {"type": "overloaded_error", "message": f"not for {KEY}"}
    error: dict[str, object] = {"type": "error", "error": said, "x": [1]}
    begin = whole("Hello").split(b"\n\n", 1)[0] + b"\n\n"
    pieces = await told(caller, chunked(begin + sse(error)))
    assert pieces[-1] == {**error, "error": {"type": "overloaded_error", "message": "not for ***"}}


async def test_the_body_of_a_refusal_is_told(caller: Caller) -> None:
    body = {"type": "error", "error": {"type": "authentication_error", "message": f"invalid {KEY}"}}
    pieces = await told(caller, answer(401, JSON, json.dumps(body)))
    assert pieces == [{"type": "error", "error": {"type": "authentication_error", "message": "invalid ***"}}]
    words = await told(caller, answer(502, {"content-type": "text/html"}, f"<h1>Bad gateway</h1>{KEY}"))
    assert words == ["Bad gateway\n***"]


async def test_halves_of_characters_are_told_as_they_were_written(caller: Caller) -> None:
    half = b'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":'
    half += b'{"type":"text_delta","text":"a\\ud83d"}}\n\n'
    begin, rest = whole("Hello").split(b"event: content_block_delta", 1)
    pieces = await told(caller, chunked(begin + half + b"event: content_block_delta" + rest))
    assert "a\\ud83d" in [
        piece["delta"]["text"]
        for piece in pieces
        if isinstance(piece, dict) and piece["type"] == "content_block_delta"
    ]
    json.dumps(pieces, ensure_ascii=False).encode()
