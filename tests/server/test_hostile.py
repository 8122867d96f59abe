"""Nonsense of every kind: always an answer below 500, never a traceback, never a success."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.server.bench import Bench, body, serving
from tui_app.server.bodies import BODY_MAX

POST = "POST /_inference/completion/ep-ok"
INPUT = b'{"input": "hello"}'
UNHURRIED = settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))


@pytest.fixture(autouse=True)
def _nothing_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever comes, no log hears of it, asyncio's neither."""
    yield
    loud = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert [record for record in loud if record.name != "uvicorn.error"] == []


async def refused(bench: Bench, data: bytes, *, then_close: bool = False) -> bytes:
    """Send bytes; nothing may come of them but a refusal."""
    answer = await bench.raw(data, then_close=then_close)
    assert not answer.startswith(b"HTTP/1.1 2"), answer
    assert not answer.startswith(b"HTTP/1.1 5"), answer
    assert b"Traceback" not in answer
    return answer


@pytest.fixture
async def ready(bench: Bench) -> Bench:
    """A server with an endpoint, whose service must not be asked any more."""
    await bench.put()
    return bench


def asked(bench: Bench) -> int:
    return len(bench.upstream.requests)


@pytest.mark.parametrize(
    "head",
    [
        {"Content_Type": "application/x-www-form-urlencoded", "Content_Length": "18"},
        {"Content_Type": "text/plain", "Content_Length": "18"},
        {"Content_Type": "multipart/form-data; boundary=x", "Content_Length": "18"},
        {"Content_Length": "18"},
        {"Content_Type": "application/json", "Content_Length": "-1"},
        {"Content_Type": "application/json", "Content_Length": "1e3"},
        {"Content_Type": "application/json", "Content_Length": "18\r\nContent-Length: 19"},
        {"Content_Type": "application/json", "Content_Length": "18\r\nContent-Length: 18"},
        {"Content_Type": "application/json", "Content_Length": "18\r\nTransfer-Encoding: chunked"},
        {"Content_Type": "application/json", "Transfer_Encoding": "gzip"},
        {"Content_Type": "application/json", "Content_Length": "99999999999999999999999999"},
        {"Content_Type": "application/json", "Content_Length": str(BODY_MAX + 1)},
        {"Content_Type": "application/vnd.elasticsearch+json;compatible-with=7", "Content_Length": "18"},
        {"Content_Type": "application/json", "Content_Length": "18", "X": "y" * 40_000},
    ],
)
async def test_a_head_that_is_not_right_comes_to_nothing(ready: Bench, head: dict[str, Any]) -> None:
    before = asked(ready)
    await refused(ready, ready.head(POST, **head) + INPUT)
    assert asked(ready) == before


@pytest.mark.parametrize(
    "data",
    [b"\0" * 100, b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/9.9\r\n\r\n", b"\r\n" * 50,
     b"SSH-2.0-OpenSSH\r\n", b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
)  # fmt: skip
async def test_what_is_no_http_is_hung_up_on(ready: Bench, data: bytes) -> None:
    await refused(ready, data, then_close=True)
    assert (await ready.client.get("/")).status_code == 200


async def test_a_body_that_ends_too_early_comes_to_nothing(ready: Bench) -> None:
    before = asked(ready)
    head = ready.head(POST, Content_Type="application/json", Content_Length="40")
    await refused(ready, head + INPUT, then_close=True)
    chunks = ready.head(POST, Content_Type="application/json", Transfer_Encoding="chunked")
    await refused(ready, chunks + b"12\r\n" + INPUT + b"\r\n", then_close=True)
    await refused(ready, chunks + b"zz\r\n" + INPUT + b"\r\n0\r\n\r\n")
    assert asked(ready) == before


BAD_BODIES = (
        "", " ", "null", "[]", '"input"', "7", "{", "{}", '{"input": NaN}', '{"input": Infinity}',
    '{"input": "a", "input": "b"}', '{"input": 1}', '{"input": true}', '{"input": null}', '{"input": {}}',
    '{"input": []}', '{"input": [1, 2]}', '{"input": ["a", null]}', '{"input": [["a"]]}', '{"input": "a"} x',
    '{"input": "a", "more": 1}', '{"input": "a", "task_settings": []}',
    '{"input": "a", "task_settings": {"max_tokens": "1"}}',
    '{"input": "a", "task_settings": {"temperature": "warm"}}', '{"input": "\\ud800' + '"', "\ufffe{}",
    '{"input": "a", "task_settings": {"max_tokens": 1e999}}', '{"input": "a", "top_n": 1}',
    '{"input": ' + "[" * 100_000 + "]" * 100_000 + "}", '{"a":' * 100_000 + "1" + "}" * 100_000,
    '{"input": "a", "task_settings": {"max_tokens": ' + "9" * 5000 + "}}",
)  # fmt: skip


async def test_a_body_that_is_not_right_comes_to_nothing(ready: Bench) -> None:
    before = asked(ready)
    for text in BAD_BODIES:
        for path in ("/_inference/completion/ep-ok", "/_inference/completion/ep-ok/_stream"):
            response = await ready.client.post(
                path,
                content=text.encode("utf-8", "surrogatepass"),
                headers={"content-type": "application/json"},
            )
            assert 400 <= response.status_code < 500, (text[:100], response.text[:300])
            assert "Traceback" not in response.text
    assert asked(ready) == before


@pytest.mark.parametrize(
    "timeout",
    ["", "abc", "10", "1.5s", "-5s", "5 parsecs", "s", "1e3s", "٣s", "9" * 40 + "s", "0", "-1", "0s"],
)
async def test_a_timeout_that_is_none_comes_to_nothing(ready: Bench, timeout: str) -> None:
    for path in ("/_inference/completion/ep-ok", "/_inference/completion/ep-ok/_stream"):
        response = await ready.send("POST", path, {"input": "a"}, params={"timeout": timeout})
        assert response.status_code in {400, 408}, response.text


@pytest.mark.parametrize(
    "query", ["force=perhaps", "dry_run=1", "timeout=1s", "pretty=yes", "nope", "a=%ff", "x=1&" * 99]
)
async def test_parameters_that_are_not_right_change_nothing(ready: Bench, query: str) -> None:
    assert (await ready.client.delete(f"/_inference/ep-ok?{query}")).status_code == 400
    assert (await ready.client.get("/_inference/ep-ok")).status_code == 200


async def test_a_body_of_a_gigabyte_is_refused_before_it_is_there(ready: Bench) -> None:
    head = ready.head(POST, Content_Type="application/json", Content_Length=str(2**30), Expect="100-continue")
    assert (await refused(ready, head)).startswith(b"HTTP/1.1 413")

    async def endless() -> Any:  # noqa: ANN401
        for _ in range(BODY_MAX // 2**20 + 2):
            yield b" " * 2**20

    response = await ready.client.post(
        "/_inference/completion/ep-ok", content=endless(), headers={"content-type": "application/json"}
    )
    assert response.status_code == 413


async def test_connections_that_say_nothing_delay_nobody(ready: Bench) -> None:
    stalled = [await asyncio.open_connection("127.0.0.1", ready.port) for _ in range(150)]
    half = ready.head(POST, Content_Type="application/json", Content_Length="40")
    for number, (_, writer) in enumerate(stalled):
        writer.write((b"", half[:30], half, half + b"{")[number % 4])
    try:
        async with asyncio.timeout(2):
            async with httpx.AsyncClient(headers=ready.client.headers) as newcomer:
                assert (await newcomer.get(ready.serving.url)).status_code == 200
    finally:
        for _, writer in stalled:
            writer.close()


async def test_who_is_too_slow_is_cut_off(ready: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_app.server.serving.BoundedProtocol.head_s", 0.05)
    monkeypatch.setattr("tui_app.server.serving.BoundedProtocol.body_s", 0.05)
    head = ready.head(POST, Content_Type="application/json", Content_Length="40")
    for data in (b"", b"GET / HT", head[:-2], head, head + b"{"):
        assert await ready.raw(data) == b""


async def test_the_longest_idle_makes_room_for_a_newcomer(
    ready: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_app.server.serving.CONNECTIONS_MAX", 5)
    stalled = [await asyncio.open_connection("127.0.0.1", ready.port) for _ in range(8)]
    async with httpx.AsyncClient(headers=ready.client.headers) as newcomer:
        assert (await newcomer.get(ready.serving.url)).status_code == 200
    async with asyncio.timeout(10):
        assert await stalled[0][0].read() == b""
    for _, writer in stalled:
        writer.close()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    [
        "service",
        "service_settings",
        "task_settings",
        "task_type",
        "local",
        "inference_id",
        "input",
        "messages",
    ]
)
SETTINGS = st.dictionaries(
    st.sampled_from(
        ["api_key", "model_id", "url", "rate_limit", "max_tokens", "temperature", "top_p", "top_k"]
    )
    | st.text(max_size=3),
    JSON,
    max_size=6,
)
BODIES = st.dictionaries(NAMES | st.text(max_size=5), JSON | SETTINGS | st.just("anthropic"), max_size=6)
PATHS = st.sampled_from(
    [
        "/_inference/completion/new",
        "/_inference/new",
        "/_inference/chat_completion/new",
        "/_inference/completion/ep-ok",
        "/_inference/ep-ok/_update",
        "/_inference/completion/ep-ok/_update",
        "/_inference/completion/ep-ok/_stream",
        "/_inference/chat_completion/ep-ok/_stream",
        "/_inference/chat_completion/ep-ok",
    ]
)


@UNHURRIED
@given(method=st.sampled_from(["PUT", "POST"]), path=PATHS, told=BODIES)
def test_no_body_of_json_makes_the_server_fail(
    tmp_path_factory: pytest.TempPathFactory, method: str, path: str, told: dict[str, Any]
) -> None:
    async def attempt() -> None:
        async with serving(tmp_path_factory.mktemp("server")) as bench:
            await bench.put()
            data = json.dumps(told).encode()
            response = await bench.client.request(
                method, path, content=data, headers={"content-type": "application/json"}
            )
            assert response.status_code < 500, response.text
            assert "error" in response.text or response.status_code == 200

    asyncio.run(attempt())


@UNHURRIED
@given(changes=st.fixed_dictionaries({}, optional={"service_settings": SETTINGS, "task_settings": SETTINGS}))
def test_what_is_put_is_whole_or_not_there(
    tmp_path_factory: pytest.TempPathFactory, changes: dict[str, Any]
) -> None:
    async def attempt() -> None:
        async with serving(tmp_path_factory.mktemp("server")) as bench:
            data = json.dumps(body(**changes)).encode()
            response = await bench.client.put(
                "/_inference/completion/new", content=data, headers={"content-type": "application/json"}
            )
            assert response.status_code < 500, response.text
            found = await bench.client.get("/_inference/new")
            if response.status_code == 200:
                assert found.json()["endpoints"] == [response.json()]
            else:
                assert found.status_code == 404
                assert "new" not in bench.keys.keys

    asyncio.run(attempt())


@UNHURRIED
@given(data=st.binary(max_size=300))
def test_no_bytes_make_the_server_fail(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    async def attempt() -> None:
        async with serving(tmp_path_factory.mktemp("server")) as bench:
            await refused(bench, data, then_close=True)
            assert (await bench.client.get("/")).status_code == 200

    asyncio.run(attempt())


async def test_a_fault_of_ours_is_a_500_that_says_so_and_nothing_more(
    ready: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(self: object, call: object) -> object:
        secret = "a prompt that nobody may read"
        raise ZeroDivisionError(secret)

    monkeypatch.setattr("tui_app.server.completions.Completions.answer", broken)
    response = await ready.send("POST", "/_inference/completion/ep-ok", {"input": "a"})
    assert response.status_code == 500
    assert response.json()["error"]["reason"] == "the server failed over this request: ZeroDivisionError"
    assert response.headers["x-elastic-product"] == "Elasticsearch"
    assert "nobody may read" not in caplog.text
    assert (ready.server.requests()[-1].status, ready.server.requests()[-1].state) == (500, "refused")
