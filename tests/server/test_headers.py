"""Headers of every kind: nobody gets in by them, and nothing fails over them."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import zlib

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.server.bench import PATIENCE_S, Bench, error_of, serving
from tui_app.server.bodies import BODY_MAX

UNHURRIED = settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck))
VERSIONED = "application/vnd.elasticsearch+json"
NAMES = (
    "Host", "Origin", "Authorization", "Content-Type", "Content-Length", "Transfer-Encoding", "Accept",
    "Connection", "Expect", "Content-Encoding", "Sec-Fetch-Site", "X-Forwarded-Host", "Upgrade", "Cookie",
)  # fmt: skip
VALUES = (
    "", "null", "*/*", "close", "keep-alive", "chunked", "gzip", "identity", "100-continue", "0", "1", "-1",
    "9" * 30, "evil.example", "https://evil.example", "127.0.0.1", "localhost:1", "[::1]", "ApiKey",
    "ApiKey x", "Basic Og==", "Basic =", "Bearer ", "cross-site", "application/json", "text/plain",
    f"{VERSIONED};compatible-with=7", f"{VERSIONED};compatible-with=9", "websocket", "\u00ff", ",",
    ";=", "a" * 9000,
)  # fmt: skip
WILD = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=30)
HEADERS = st.lists(
    st.tuples(st.sampled_from(NAMES) | WILD, st.sampled_from(VALUES) | WILD), min_size=1, max_size=8
)


@UNHURRIED
@given(several=st.lists(HEADERS, min_size=1, max_size=6), method=st.sampled_from(["GET", "POST", "PUT"]))
@example(several=[[("Authorization", "ApiKey x"), ("Authorization", "Basic Og==")]], method="GET")
def test_no_headers_let_a_stranger_in_or_make_the_server_fail(
    tmp_path_factory: pytest.TempPathFactory, several: list[list[tuple[str, str]]], method: str
) -> None:
    """None of them has the key."""

    async def attempt() -> None:
        async with serving(tmp_path_factory.mktemp("server")) as bench:
            own = [("Host", f"127.0.0.1:{bench.port}")]
            for headers in several:
                named = own if all(name.lower() != "host" for name, _ in headers) else []
                lines = [f"{method} / HTTP/1.1", *(f"{name}: {value}" for name, value in [*named, *headers])]
                data = "\r\n".join([*lines, "", ""]).encode("latin-1")
                answer = await bench.raw(data, then_close=True)
                assert answer == b"" or answer.startswith(b"HTTP/1.1 4"), answer
                assert b"Traceback" not in answer
            assert (await bench.client.get("/")).status_code == 200
            assert bench.upstream.requests == []

    asyncio.run(attempt())


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (("BASIC {any}",), 200),
        (("bEARER {key}",), 200),
        (("ApiKey {key}", "ApiKey {key}"), 401),
        (("ApiKey {key}", "ApiKey wrong"), 401),
        (("{key}",), 401),
        (("Digest {key}",), 401),
        (("ApiKey {key}x",), 401),
        (("ApiKey",), 401),
    ],
)
async def test_one_header_with_the_whole_key_lets_in(
    bench: Bench, headers: tuple[str, ...], status: int
) -> None:
    any_user = base64.b64encode(f"whoever:{bench.key}".encode()).decode()
    told = "".join(f"Authorization: {each.format(key=bench.key, any=any_user)}\r\n" for each in headers)
    data = f"GET / HTTP/1.1\r\nHost: localhost:{bench.port}\r\n{told}Connection: close\r\n\r\n"
    assert (await bench.raw(data.encode())).startswith(f"HTTP/1.1 {status}".encode())


async def test_who_asks_for_no_version_gets_that_of_the_body_that_was_sent(bench: Bench) -> None:
    for accept, kind in ((None, f"{VERSIONED};compatible-with=8"), ("application/json", "application/json")):
        told = {"Accept": accept} if accept else {}
        head = bench.head(
            "POST /_inference/completion/nope",
            close=True,
            Content_Type=f"{VERSIONED}; compatible-with=8",
            Content_Length="2",
            **told,
        )
        answer = await bench.raw(head + b"{}")
        assert f"\r\ncontent-type: {kind}\r\n".encode() in answer


@pytest.mark.parametrize(
    ("name", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("GZIP", gzip.compress)]
)
async def test_a_compressed_body_is_read_as_what_it_is(bench: Bench, name: str, pack: object) -> None:
    """Both official clients compress where they are told to."""
    assert callable(pack)
    await bench.put()
    headers = {"content-type": "application/json", "content-encoding": name}
    response = await bench.client.post(
        "/_inference/ep-ok", content=pack(b'{"input": "hello"}'), headers=headers
    )
    assert response.json() == {"completion": [{"result": "hi"}]}


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [
        ("gzip", b'{"input": "a"}', 400),
        ("gzip", gzip.compress(b'{"input": "a"}')[:-5], 400),
        ("gzip", gzip.compress(b'{"input": "a"}') + b"x", 400),
        ("gzip", gzip.compress(b" " * (BODY_MAX + 1)), 413),
        ("br", b'{"input": "a"}', 400),
        ("gzip, gzip", gzip.compress(b'{"input": "a"}'), 400),
    ],
)
async def test_what_is_not_packed_as_it_says_or_swells_comes_to_nothing(
    bench: Bench, name: str, data: bytes, status: int
) -> None:
    await bench.put()
    headers = {"content-type": "application/json", "content-encoding": name}
    response = await bench.client.post("/_inference/ep-ok", content=data, headers=headers)
    assert response.status_code == status
    assert error_of(response)["type"] in {"illegal_argument_exception", "content_too_long_exception"}
    assert len(bench.upstream.requests) == 1


async def test_a_gigabyte_that_tells_no_length_is_refused_when_it_is_too_much(bench: Bench) -> None:
    await bench.put()
    piece, sent = b" " * 2**18, 0
    chunk = f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", bench.port)
    writer.write(
        bench.head("POST /_inference/ep-ok", Content_Type="application/json", Transfer_Encoding="chunked")
    )
    answering = asyncio.create_task(reader.read(12))
    async with asyncio.timeout(PATIENCE_S * 3):
        try:
            while sent < 2**30 and not answering.done():
                writer.write(chunk)
                sent += len(piece)
                await writer.drain()
        except ConnectionError:
            pass
        try:
            assert await answering in {b"", b"HTTP/1.1 413"}
        except ConnectionError:
            pass
        finally:
            writer.transport.abort()
    # What the sockets hold comes on top of what the server took.
    assert BODY_MAX < sent < BODY_MAX + 2**24
    assert json.loads((await bench.send("POST", "/_inference/ep-ok", {"input": "a"})).text)["completion"]
