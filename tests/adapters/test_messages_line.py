from __future__ import annotations

import asyncio
import logging

import pytest

from tests.adapters.answers import BLOCK, START, STOP, events, text_delta, whole
from tests.adapters.callers import BODY, JSON, KEY, PATIENCE_S, Caller, target
from tests.adapters.raw_server import (
    RawServer,
    Say,
    Writer,
    answer,
    chunked,
    hangs_up,
    raw,
    raw_server,
    sse,
)
from tui_app.core.errors import ConnectionLost, Loss, ServiceRefused
from tui_app.core.events import TextDelta
from tui_app.core.service import MessagesApi, ServerLimit


async def test_closing_the_stream_early_closes_the_connection_at_once(api: MessagesApi) -> None:
    async def before_send() -> None:
        return

    async with raw_server(chunked(sse(START, BLOCK, text_delta("Hello")), ends=False)) as server:
        stream = api.stream(target(server.url), BODY, before_send=before_send, on_exchange=lambda _: None)
        async for event in stream:
            if isinstance(event, TextDelta):
                break
        assert not server.hung_up.is_set()
        await stream.aclose()
        await asyncio.wait_for(server.hung_up.wait(), PATIENCE_S)


async def test_cancelling_the_reader_closes_the_connection_at_once(caller: Caller) -> None:
    async with raw_server(chunked(sse(START, BLOCK, text_delta("Hello")), ends=False)) as server:
        task = asyncio.ensure_future(caller.ask(target(server.url)))
        await asyncio.wait_for(caller.began.wait(), PATIENCE_S)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(server.hung_up.wait(), PATIENCE_S)


async def test_a_stream_left_open_after_its_end_is_whole(caller: Caller) -> None:
    async with raw_server(chunked(whole("x"), ends=False)) as server:
        assert await caller.ask(target(server.url)) == events("x")
        assert await caller.ask(target(server.url)) == events("x")


@pytest.mark.parametrize(
    "content_type", [{}, {"content-type": "text/plain"}, {"content-type": "application/json"}]
)
async def test_the_content_type_of_a_stream_does_not_matter(
    caller: Caller, content_type: dict[str, str]
) -> None:
    async with raw_server(answer(200, content_type, whole("x"))) as server:
        assert await caller.ask(target(server.url)) == events("x")


async def test_json_in_place_of_a_stream_is_an_answer(caller: Caller) -> None:
    message = '{"type":"message","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn"}'
    async with raw_server(answer(200, {"content-type": "text/event-stream"}, message)) as server:
        assert TextDelta(0, "Hi") in await caller.ask(target(server.url))


async def test_a_refusal_is_one_request_with_the_exchange_told_first(caller: Caller) -> None:
    headers = {
        **JSON,
        "request-id": "req_1",
        "retry-after": "7",
        "anthropic-ratelimit-requests-remaining": "0",
    }
    body = '{"type":"error","error":{"type":"rate_limit_error","message":"Slow down"}}'
    async with raw_server(answer(429, headers, body)) as server:
        with pytest.raises(ServiceRefused) as caught:
            await caller.ask(target(server.url))
        assert len(server.requests) == 1
    refusal = caught.value.refusal
    assert (refusal.status, refusal.retry_after_s, refusal.request_id) == (429, 7.0, "req_1")
    assert caller.exchanges[0].limits == (ServerLimit("requests", None, 0, None),)
    assert caller.sends == 1


async def test_a_page_of_a_gateway_is_a_refusal_with_its_words(caller: Caller) -> None:
    page = "<html><body><center><h1>502 Bad Gateway</h1></center></body></html>"
    async with raw_server(answer(502, {"content-type": "text/html"}, page)) as server:
        with pytest.raises(ServiceRefused, match="502 Bad Gateway") as caught:
            await caller.ask(target(server.url))
    assert caught.value.refusal.status == 502


async def test_a_refusal_whose_reasons_never_end_is_a_refusal(caller: Caller) -> None:
    megabytes = 0

    async def endless(server: RawServer, writer: Writer) -> None:
        nonlocal megabytes
        writer.write(b"HTTP/1.1 500 No\r\n\r\n")
        while True:
            writer.write(b"x" * 1_000_000)
            await writer.drain()
            megabytes += 1

    async with raw_server(endless) as server:
        with pytest.raises(ServiceRefused) as caught:
            await caller.ask(target(server.url))
        assert caught.value.refusal.status == 500
        assert megabytes < 100
        await asyncio.wait_for(server.hung_up.wait(), PATIENCE_S)


async def test_a_refusal_whose_reasons_break_off_is_a_refusal(caller: Caller) -> None:
    async with raw_server(
        raw(b"HTTP/1.1 529 No\r\ncontent-length: 99\r\n\r\nhalf a", then_hang_up=True)
    ) as server:
        with pytest.raises(ServiceRefused, match="half a") as caught:
            await caller.ask(target(server.url))
    assert caught.value.refusal.status == 529


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (f'{{"error":{{"message":"invalid key {KEY}","type":"{KEY}"}}}}', "application/json"),
        (f"invalid key \x1b[31m{KEY}", "text/plain"),
        (f"<h1>invalid key {KEY}</h1>", "text/html"),
    ],
)
@pytest.mark.parametrize("status", [200, 401, 503])
async def test_a_server_that_echoes_the_key_is_not_quoted_with_it(
    caller: Caller, caplog: pytest.LogCaptureFixture, status: int, body: str, content_type: str
) -> None:
    caplog.set_level(logging.DEBUG)
    headers = {"content-type": content_type, "request-id": KEY}
    async with raw_server(answer(status, headers, body)) as server:
        with pytest.raises((ServiceRefused, ConnectionLost)) as caught:
            await caller.ask(target(server.url))
    error = caught.value
    assert KEY not in f"{error} {error!r} {error.advice} {vars(error)} {caller.exchanges}"
    assert "***" in str(error)
    assert server.header("x-api-key") == [KEY]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_to_another_host_is_not_given_the_key(caller: Caller, status: int) -> None:
    async with raw_server(chunked(whole("x"))) as other:
        location = {"location": f"http://localhost:{other.port}/v1/messages"}
        async with raw_server(answer(status, location)) as server:
            with pytest.raises(ConnectionLost) as caught:
                await caller.ask(target(server.url))
            assert len(server.requests) == 1
        assert other.connections == 0
    assert (caught.value.loss, caught.value.answered) == (Loss.REDIRECTED, status)
    assert f"http://localhost:{other.port}" in str(caught.value)


async def test_a_redirect_on_the_same_host_is_not_followed_either_but_says_the_url(caller: Caller) -> None:
    async with raw_server(answer(308, {"location": "/api/v1/messages"})) as server:
        with pytest.raises(ConnectionLost) as caught:
            await caller.ask(target(server.url))
        assert len(server.requests) == 1
    assert caught.value.loss is Loss.REDIRECTED
    assert caught.value.advice.endswith(f"{server.url}/api")


BROKEN: dict[str, tuple[Say, Loss]] = {
    "nothing": (raw(b"", then_hang_up=True), Loss.DROPPED),
    "headers alone": (raw(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n", then_hang_up=True), Loss.DROPPED),
    "an empty body": (raw(b"HTTP/1.1 200 OK\r\n\r\n", then_hang_up=True), Loss.DROPPED),
    "no body": (raw(b"HTTP/1.1 204 Nothing\r\n\r\n"), Loss.DROPPED),
    "another protocol": (raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n", then_hang_up=True), Loss.NOT_THE_API),
    "a page": (answer(200, {"content-type": "text/html"}, "<p>Welcome</p>"), Loss.NOT_THE_API),
    "no gzip": (answer(200, {"content-encoding": "gzip"}, b"no gzip at all"), Loss.NOT_THE_API),
    "a drop": (hangs_up(chunked(sse(START, BLOCK, text_delta("Hi")), ends=False)), Loss.CUT),
    "an end": (chunked(sse(START, BLOCK, text_delta("Hi"))), Loss.CUT),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_what_breaks_off_or_is_something_else_is_told_apart(caller: Caller, name: str) -> None:
    say, loss = BROKEN[name]
    async with raw_server(say) as server:
        with pytest.raises(ConnectionLost) as caught:
            await caller.ask(target(server.url))
        assert len(server.requests) == 1
    assert caught.value.loss is loss


async def test_what_came_before_a_cut_was_given(caller: Caller) -> None:
    async with raw_server(hangs_up(chunked(sse(START, BLOCK, text_delta("Hi")), ends=False))) as server:
        with pytest.raises(ConnectionLost):
            await caller.ask(target(server.url))
    assert caller.events == events("Hi")[:3]


@pytest.mark.parametrize("said", [b"", sse(START, BLOCK), sse(START, BLOCK, STOP)])
async def test_silence_is_a_timeout_wherever_it_falls(caller: Caller, said: bytes) -> None:
    async with raw_server(chunked(said, ends=False) if said else raw()) as server:
        with pytest.raises(ConnectionLost, match=r"silent for 0\.05 s") as caught:
            await caller.ask(target(server.url), silence_s=0.05)
    assert caught.value.loss is Loss.TIMEOUT
