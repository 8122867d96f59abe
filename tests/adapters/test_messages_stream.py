from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Iterable
from itertools import pairwise

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from tests.adapters.answers import BLOCK, CLOSE, END, START, STOP, TEXT, events, text_delta, whole
from tests.adapters.raw_server import sse
from tests.strategies_storage import UNHURRIED
from tui_app.adapters import answer_body
from tui_app.adapters.foreign_text import ForeignText
from tui_app.adapters.messages_stream import IncomingAnswer
from tui_app.core.errors import ConnectionLost, Loss, ServiceRefused
from tui_app.core.events import Opened, ServiceEvent, Stopping, TextDelta

URL = "http://127.0.0.1:1"
STREAM = whole("Hello", TEXT, " and so on")
EVENTS = events("Hello", TEXT, " and so on")
MESSAGE = {
    **json.loads(json.dumps(START["message"])),
    "content": [{"type": "text", "text": "Hello"}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 12, "output_tokens": 7},
}


async def chunks_of(pieces: Iterable[bytes]) -> AsyncGenerator[bytes, None]:
    for piece in pieces:
        if piece:
            yield piece


async def read(
    *pieces: bytes, into: list[ServiceEvent] | None = None, key: str = "sk-secret-key"
) -> list[ServiceEvent]:
    found: list[ServiceEvent] = [] if into is None else into
    answer = IncomingAnswer(chunks_of(pieces), URL, ForeignText(SecretStr(key)), None)
    async for event in answer.events():
        found.append(event)
    await answer.drain()
    return found


def cut_at(stream: bytes, places: Iterable[int]) -> list[bytes]:
    edges = [0, *sorted({place % (len(stream) + 1) for place in places}), len(stream)]
    return [stream[start:end] for start, end in pairwise(edges)]


@settings(UNHURRIED, max_examples=150)
@given(
    places=st.lists(st.integers(0, 5000), max_size=30),
    newline=st.sampled_from([b"\n", b"\r\n", b"\r"]),
    mark=st.sampled_from([b"", b"\xef\xbb\xbf"]),
)
def test_however_the_bytes_are_split_the_events_are_the_same(
    places: list[int], newline: bytes, mark: bytes
) -> None:
    stream = mark + STREAM.replace(b"\n", newline)
    assert asyncio.run(read(*cut_at(stream, places))) == EVENTS


@settings(UNHURRIED, max_examples=60)
@given(places=st.lists(st.integers(0, 5000), max_size=10), mark=st.sampled_from([b"", b"\xef\xbb\xbf \n"]))
def test_however_json_in_place_of_a_stream_is_split_it_gives_the_events_of_the_stream(
    places: list[int], mark: bytes
) -> None:
    message = mark + json.dumps({**MESSAGE, "content": [{"type": "text", "text": TEXT}]}).encode()
    got = asyncio.run(read(*cut_at(message, places)))
    assert [event for event in got if isinstance(event, TextDelta)] == [TextDelta(0, TEXT)]
    assert isinstance(got[0], Opened)
    assert isinstance(got[-1], Stopping)


@settings(UNHURRIED, max_examples=200)
@given(st.binary(max_size=300), st.integers(0, 5000))
def test_garbage_never_raises_anything_but_the_two_errors_of_the_port(garbage: bytes, place: int) -> None:
    place %= len(STREAM)
    for stream in (garbage, STREAM[:place] + garbage + STREAM[place:], STREAM[:place] + garbage):
        try:
            asyncio.run(read(stream))
        except (ConnectionLost, ServiceRefused):
            continue


async def test_a_byte_at_a_time_is_as_good_as_all_at_once() -> None:
    assert await read(*(STREAM[i : i + 1] for i in range(len(STREAM)))) == EVENTS


async def test_events_without_names_go_by_the_type_in_their_data() -> None:
    lines = [line for line in STREAM.split(b"\n") if not line.startswith(b"event:")]
    assert await read(b"\n".join(lines)) == EVENTS


async def test_data_without_types_go_by_the_name_of_the_event() -> None:
    untyped = [START, BLOCK, text_delta("x"), CLOSE, STOP, END]
    stream = b"".join(
        f"event: {e['type']}\ndata: {json.dumps({k: v for k, v in e.items() if k != 'type'})}\n\n".encode()
        for e in untyped
    )
    assert await read(stream) == events("x")


async def test_comments_done_marks_and_unknown_events_are_skipped() -> None:
    noise = b': keep-alive\n\nevent: heartbeat\ndata: tick\n\ndata: {"type":"new_thing","x":1}\n\ndata: 5\n\n'
    stream = noise + sse(START) + noise + sse(BLOCK, text_delta("x"), CLOSE, STOP) + noise + sse(END)
    assert await read(stream + b"data: [DONE]\n\n") == events("x")


async def test_a_last_event_without_its_blank_line_counts() -> None:
    assert await read(whole("x").rstrip(b"\n")) == events("x")


async def test_a_stream_that_ends_early_is_cut_and_what_came_was_given() -> None:
    got: list[ServiceEvent] = []
    with pytest.raises(ConnectionLost) as caught:
        await read(sse(START, BLOCK, text_delta("Hello")), into=got)
    assert caught.value.loss is Loss.CUT
    assert got == events("Hello")[:3]


@pytest.mark.parametrize("missing", range(3, 60, 8))
async def test_a_stream_that_ends_within_an_event_is_cut(missing: int) -> None:
    got: list[ServiceEvent] = []
    with pytest.raises(ConnectionLost, match="The stream ended") as caught:
        await read(sse(START, BLOCK) + sse(text_delta("Hello"))[:-missing], into=got)
    assert caught.value.loss is Loss.CUT
    assert got == events()[:2]
    for first in (sse(START)[:-missing], sse(START)[:-missing].removeprefix(b"event: message_start\n")):
        with pytest.raises(ConnectionLost, match="The stream ended") as caught:
            await read(first)
        assert caught.value.loss is Loss.CUT


@pytest.mark.parametrize("nothing", [b"", b"\n\n", sse({"type": "ping"})])
async def test_a_stream_that_ends_before_the_answer_begins_is_none(nothing: bytes) -> None:
    with pytest.raises(ConnectionLost, match="without an answer") as caught:
        await read(nothing)
    assert caught.value.loss is Loss.DROPPED


async def test_an_error_event_in_mid_stream_is_a_refusal_without_a_status() -> None:
    got: list[ServiceEvent] = []
    error: dict[str, object] = {
        "type": "error",
        "error": {"type": "overloaded_error", "message": "Overloaded sk-secret-key"},
        "request_id": "req_9",
    }
    with pytest.raises(ServiceRefused) as caught:
        await read(sse(START, BLOCK, text_delta("Hello"), error), into=got)
    refusal = caught.value.refusal
    assert (refusal.status, refusal.kind, refusal.message) == (None, "overloaded_error", "Overloaded ***")
    assert refusal.request_id == "req_9"
    assert got[-1] == TextDelta(0, "Hello")


@pytest.mark.parametrize(
    "event",
    [
        b'event: error\ndata: {"type":"overloaded_error","message":"too much"}\n\n',
        b'event: error\ndata: {"error":{"type":"overloaded_error","message":"too much"}}\n\n',
        b'data: {"error":{"type":"overloaded_error","message":"too much"}}\n\n',
        b'data: {"type":"error","error":{"type":"overloaded_error","message":"too much"}}\n\n',
    ],
)
async def test_error_events_of_any_shape_are_refusals(event: bytes) -> None:
    with pytest.raises(ServiceRefused) as caught:
        await read(sse(START) + event)
    assert (caught.value.refusal.kind, caught.value.refusal.message) == ("overloaded_error", "too much")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("Internal boom", "Internal boom"),
        ('"Internal boom"', '"Internal boom"'),
        ('{"type": "error", "err', '{"type": "error", "err'),
        ("", "the service gave no reason"),
    ],
)
async def test_an_error_event_without_a_readable_object_is_a_refusal_too(data: str, words: str) -> None:
    got: list[ServiceEvent] = []
    with pytest.raises(ServiceRefused) as caught:
        await read(
            sse(START, BLOCK, text_delta("Hello")), f"event: error\ndata: {data}\n\n".encode(), into=got
        )
    assert (caught.value.refusal.status, caught.value.refusal.message) == (None, words)
    assert got[-1] == TextDelta(0, "Hello")


async def test_error_json_in_place_of_a_stream_is_a_refusal_of_status_200() -> None:
    error = {"type": "error", "error": {"type": "api_error", "message": "broken"}}
    with pytest.raises(ServiceRefused) as caught:
        await read(json.dumps(error).encode())
    assert (caught.value.refusal.status, caught.value.refusal.message) == (200, "broken")


async def test_half_an_answer_in_json_is_cut() -> None:
    with pytest.raises(ConnectionLost) as caught:
        await read(json.dumps(MESSAGE).encode()[:-5])
    assert caught.value.loss is Loss.CUT


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<!doctype html><html><head><title>Welcome</title><style>p{}</style></head>", "Welcome"),
        (b"\n\n <p>Sign in with sk-secret-key</p>", "Sign in with ***"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "SSH-2.0-OpenSSH_9.6"),
        (b'{"object":"chat.completion","choices":[]}', "chat.completion"),
        (
            b'data: {"object":"chat.completion.chunk","choices":[]}\n\ndata: [DONE]\n\n',
            "chat.completion.chunk",
        ),
        (b"[1, 2]", "[1, 2]"),
        (b"{nonsense", "{nonsense"),
        (b"data: nonsense\n\n", "nonsense"),
        (b"\x1b[31mred\x1b[0m \x00", "red"),
    ],
)
async def test_what_is_not_the_api_is_quoted_plain_and_without_the_key(body: bytes, words: str) -> None:
    with pytest.raises(ConnectionLost) as caught:
        await read(body)
    assert caught.value.loss is Loss.NOT_THE_API
    assert words in str(caught.value)
    assert "sk-secret-key" not in str(caught.value)
    assert "\x1b" not in str(caught.value)


async def test_a_broken_event_in_mid_stream_cuts_the_answer() -> None:
    with pytest.raises(ConnectionLost) as caught:
        await read(sse(START, BLOCK) + b"data: {broken}\n\n" + sse(CLOSE, STOP, END))
    assert caught.value.loss is Loss.CUT
    assert "{broken}" in str(caught.value)


@pytest.mark.parametrize("filler", [b"a" * 65536, b"\n" * 65536, b"data: a\n" * 8192, b"x\n\n" * 20000])
@pytest.mark.parametrize("before", [b"event: x\ndata: ", b"", b'{"a": "'])
async def test_what_never_ends_is_given_up_after_a_bounded_number_of_bytes(
    filler: bytes, before: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_body, "EVENT_MAX", 1024 * 1024)
    given = 0

    async def endless() -> AsyncGenerator[bytes, None]:
        nonlocal given
        yield before
        while True:
            given += len(filler)
            yield filler

    with pytest.raises(ConnectionLost) as caught:
        async for _ in IncomingAnswer(endless(), URL, ForeignText()).events():
            pytest.fail("nothing of it is an event")
    assert caught.value.loss is Loss.NOT_THE_API
    assert given <= 2 * 1024 * 1024


async def test_a_long_stream_of_small_events_is_not_taken_for_an_endless_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answer_body, "EVENT_MAX", 10_000)
    pieces = ["some text"] * 1000
    stream = whole(*pieces)
    assert await read(*(stream[i : i + 1000] for i in range(0, len(stream), 1000))) == events(*pieces)


async def test_what_fails_after_the_end_of_the_answer_changes_nothing() -> None:
    async def failing() -> AsyncGenerator[bytes, None]:
        yield whole("x")
        raise httpx.ReadError("gone")

    answer = IncomingAnswer(failing(), URL, ForeignText())
    assert [event async for event in answer.events()] == events("x")
    await answer.drain()


async def test_a_server_that_leaves_the_connection_open_after_the_end_is_not_waited_for() -> None:
    async def open_end() -> AsyncGenerator[bytes, None]:
        yield whole("x")
        await asyncio.Event().wait()

    answer = IncomingAnswer(open_end(), URL, ForeignText())
    assert [event async for event in answer.events()] == events("x")
    await answer.drain()


async def test_what_httpx_raises_comes_out_after_the_events_before_it() -> None:
    async def dropped() -> AsyncGenerator[bytes, None]:
        yield sse(START, BLOCK)
        raise httpx.ReadError("gone")

    answer = IncomingAnswer(dropped(), URL, ForeignText())
    got = []
    with pytest.raises(httpx.ReadError):
        async for event in answer.events():
            got.append(event)
    assert got == events()[:2]
    assert answer.began
