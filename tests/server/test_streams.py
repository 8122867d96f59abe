"""Pieces reach the client as they come; who leaves frees a place; what fails is told in the stream."""

from __future__ import annotations

import asyncio
import json
from unittest import mock

import httpx

from tests.adapters.raw_server import RawServer, Writer, answer, chunked
from tests.server.bench import EVENTS, JSON, Bench, error_of, events, said, until
from tui_app.core.quota import Group
from tui_app.core.served import ServedState
from tui_app.server.serving import BoundedProtocol

STREAM = "/_inference/completion/ep-ok/_stream"


class Faucet:
    """An answer of the service that a test lets out piece by piece."""

    def __init__(self, *pieces: str) -> None:
        self._events = events(*pieces)
        self._turns: asyncio.Queue[int] = asyncio.Queue()
        self.gone = asyncio.Event()

    def let_out(self, count: int) -> None:
        """Send so many more events, as soon as it is asked."""
        self._turns.put_nowait(count)

    async def say(self, server: RawServer, writer: Writer) -> None:
        """See `raw_server`."""
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
        while self._events:
            for _ in range(await self._turns.get()):
                writer.write(self._events.pop(0))
            await writer.drain()
        writer.close()


async def test_each_piece_is_there_before_the_next_is_made(bench: Bench) -> None:
    await bench.put()
    faucet = Faucet("one", "\n\n", "two")
    bench.upstream.says = [faucet.say]
    faucet.let_out(1)
    async with bench.client.stream("POST", STREAM, json={"input": "a"}) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream"
        text = response.aiter_text()
        faucet.let_out(2)
        assert json.loads((await anext(text)).split("data: ")[1]) == {"completion": [{"delta": "one"}]}
        faucet.let_out(1)
        assert json.loads((await anext(text)).split("data: ")[1]) == {"completion": [{"delta": "\n\n"}]}
        faucet.let_out(4)
        rest = "".join([piece async for piece in text])
    assert rest.endswith(
        'event: message\ndata: {"completion":[{"delta":"two"}]}\n\nevent: message\ndata: [DONE]\n\n'
    )
    assert bench.upstream.requests[-1]["stream"] is True
    assert list(bench.upstream.requests[-1]) == ["messages", "model", "max_tokens", "stream"]


async def test_a_client_that_leaves_ends_the_request_to_the_service(bench: Bench) -> None:
    await bench.put()
    faucet = Faucet(*["more"] * 500)
    bench.upstream.says = [faucet.say]
    faucet.let_out(3)
    async with bench.client.stream("POST", STREAM, json={"input": "a"}) as response:
        await anext(response.aiter_text())
    await until(lambda: bench.server.requests()[-1].state is ServedState.LEFT)
    assert bench.upstream.server is not None
    hung_up = bench.upstream.server.hung_up

    def is_noticed() -> bool:
        faucet.let_out(1)
        return hung_up.is_set()

    await until(is_noticed)


def waiting(bench: Bench) -> int:
    """How many wait for the one budget of these tests."""
    assert bench.upstream.server is not None
    groups = [
        Group(bench.upstream.server.url, place.group.key, place.group.model)
        for place in bench.inference.queue._pump.places.values()
    ]
    return sum(len(bench.inference.queue.quota(group, 1).waiting) for group in set(groups))


async def test_a_client_that_leaves_frees_its_place_in_the_queue(bench: Bench) -> None:
    limit = {"api_key": "sk-ant-test", "model_id": "m", "rate_limit": {"requests_per_minute": 1}}
    await bench.put(service_settings=limit)
    for path in (STREAM, "/_inference/ep-ok"):
        _, writer = await asyncio.open_connection("127.0.0.1", bench.port)
        data = b'{"input": "a"}'
        head = bench.head(f"POST {path}", Content_Type="application/json", Content_Length=str(len(data)))
        writer.write(head + data)
        await until(lambda: waiting(bench) == 1)
        writer.close()
        await until(lambda: waiting(bench) == 0)
        await until(lambda: bench.server.requests()[-1].state is ServedState.LEFT)
    assert len(bench.upstream.requests) == 1


async def test_a_wait_that_is_longer_than_allowed_is_a_408(bench: Bench) -> None:
    limit = {"api_key": "sk-ant-test", "model_id": "m", "rate_limit": {"requests_per_minute": 1}}
    await bench.put(service_settings=limit)
    for path in ("/_inference/completion/ep-ok", STREAM):
        response = await bench.send("POST", f"{path}?timeout=2s", {"input": "a"})
        assert response.status_code == 408
        assert "Request timed out after [2s] for inference id [ep-ok]" in error_of(response)["reason"]


async def test_a_service_that_says_nothing_is_a_408(bench: Bench) -> None:
    await bench.put()
    for path in ("/_inference/completion/ep-ok", STREAM):
        bench.upstream.says = [Faucet("never").say]
        response = await bench.send("POST", f"{path}?timeout=50ms", {"input": "a"})
        assert response.status_code == 408, response.text


async def test_the_timeout_says_nothing_of_a_stream_that_has_begun(bench: Bench) -> None:
    await bench.put()
    faucet = Faucet("one", "two")
    bench.upstream.says = [faucet.say]
    faucet.let_out(3)
    async with bench.client.stream("POST", f"{STREAM}?timeout=900ms", json={"input": "a"}) as response:
        text = response.aiter_text()
        await anext(text)
        await asyncio.sleep(1.0)
        faucet.let_out(4)
        assert (await anext(text)).count("two") == 1


async def test_what_fails_before_the_stream_has_the_errors_status(bench: Bench) -> None:
    await bench.put()
    said_by_service = {"type": "error", "error": {"type": "permission_error", "message": "not yours"}}
    bench.upstream.says = [answer(403, JSON, json.dumps(said_by_service))]
    response = await bench.send("POST", STREAM, {"input": "a"})
    assert (response.status_code, response.headers["content-type"]) == (403, "text/event-stream")
    ((name, told),) = said(response)
    assert (name, told["status"]) == ("error", 403)
    assert told["error"]["reason"].endswith("status [403]. Error message: [not yours]")


async def test_a_body_that_is_not_right_is_told_as_an_event_too(bench: Bench) -> None:
    await bench.put()
    for told in ({"input": "a", "foo": 1}, {"input": ["a", "b"]}, {}):
        response = await bench.send("POST", STREAM, told)
        assert (response.status_code, response.headers["content-type"]) == (400, "text/event-stream")
        ((name, error),) = said(response)
        assert (name, error["status"]) == ("error", 400)


async def test_the_body_may_say_the_timeout_that_the_query_does_not(bench: Bench) -> None:
    await bench.put()
    over = await bench.send("POST", "/_inference/ep-ok", {"input": "a", "timeout": "0"})
    assert (over.status_code, error_of(over)["reason"][:27]) == (408, "Request timed out after [0]")
    enough = await bench.send("POST", "/_inference/ep-ok?timeout=30s", {"input": "a", "timeout": "0"})
    assert enough.status_code == 200
    wrong = await bench.send("POST", "/_inference/ep-ok", {"input": "a", "timeout": "soon"})
    assert error_of(wrong)["type"] == "illegal_argument_exception"


async def test_a_stream_that_is_cut_says_so_and_is_not_done(bench: Bench) -> None:
    await bench.put()
    bench.upstream.says = [chunked(*events("one", "two")[:3], headers=EVENTS)]
    response = await bench.send("POST", STREAM, {"input": "a"})
    told = said(response)
    assert [name for name, _ in told] == ["message", "error"]
    assert "[DONE]" not in response.text


async def test_two_hundred_streams_at_once_each_come_whole(bench: Bench) -> None:
    limit = {"api_key": "sk-ant-test", "model_id": "m", "rate_limit": {"requests_per_minute": 100_000}}
    await bench.put(service_settings=limit)
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(
        base_url=bench.serving.url, headers=bench.client.headers, limits=limits, timeout=60
    ) as client:
        responses = await asyncio.gather(*(client.post(STREAM, json={"input": str(n)}) for n in range(200)))
    assert {response.text.count("[DONE]") for response in responses} == {1}
    assert {response.text.count('"delta":"hi"') for response in responses} == {1}


async def test_stopping_cuts_streams_and_frees_places(bench: Bench) -> None:
    limit = {"api_key": "sk-ant-test", "model_id": "m", "rate_limit": {"requests_per_minute": 2}}
    await bench.put(service_settings=limit)
    faucet = Faucet("one", "two")
    bench.upstream.says = [faucet.say]
    streamed = asyncio.create_task(bench.send("POST", STREAM, {"input": "a"}))
    await until(lambda: len(bench.upstream.requests) == 2)
    queued = asyncio.create_task(bench.send("POST", STREAM, {"input": "b"}))
    faucet.let_out(3)
    await until(lambda: waiting(bench) == 1)
    await bench.server.stop()
    assert waiting(bench) == 0
    results = await asyncio.gather(streamed, queued, return_exceptions=True)
    assert all(isinstance(result, httpx.TransportError) for result in results)
    assert bench.server.serving is None


async def test_who_takes_nothing_of_a_long_answer_is_cut_off(bench: Bench) -> None:
    await bench.put()
    piece = "x" * 100_000
    bench.upstream.says = [chunked(*events(*[piece] * 400))]
    reader, writer = await asyncio.open_connection("127.0.0.1", bench.port, limit=1024)
    data = b'{"input": "a"}'
    length = str(len(data))
    with mock.patch("tui_app.server.outlet.SLOW_S", 0.1):
        writer.write(
            bench.head(f"POST {STREAM}", Content_Type="application/json", Content_Length=length) + data
        )
        await reader.readuntil(b"\r\n\r\n")
        await until(lambda: bench.server.requests()[-1].took_s is not None)
    assert bench.server.requests()[-1].state is ServedState.LEFT
    writer.close()


async def test_who_reads_byte_by_byte_delays_nobody_and_fills_no_memory(bench: Bench) -> None:
    """The service is read only as fast as its reader takes what it says."""
    await bench.put()
    first, *_, last = events("x" * 100_000)
    piece, sent, offered = events("x" * 100_000)[2], 0, 2**28

    async def endless(server: RawServer, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n" + first
        )
        while sent < offered:
            writer.write(piece)
            sent += len(piece)
            await writer.drain()
        writer.write(last)

    def is_held_up() -> bool:
        guest = bench.server._guest
        assert guest is not None
        connections = [each for each in guest.server_state.connections if isinstance(each, BoundedProtocol)]
        return any(each.flow.write_paused for each in connections)

    bench.upstream.says = [endless]
    reader, writer = await asyncio.open_connection("127.0.0.1", bench.port, limit=1024)
    data = b'{"input": "a"}'
    head = bench.head(f"POST {STREAM}", Content_Type="application/json", Content_Length=str(len(data)))
    writer.write(head + data)
    await until(is_held_up)
    for _ in range(20):
        assert len(await reader.readexactly(1)) == 1
        answer = await bench.send("GET", "/_inference/ep-ok")
        assert answer.status_code == 200
    await until(is_held_up)
    guest = bench.server._guest
    assert guest is not None
    assert max(each.get_write_buffer_size() for each in guest._transports()) < 2**20
    assert sent < offered // 4
    writer.transport.abort()
    await until(lambda: bench.server.requests()[0].took_s is not None or len(bench.server.requests()) > 1)
    await until(lambda: any(each.state is ServedState.LEFT for each in bench.server.requests()))
