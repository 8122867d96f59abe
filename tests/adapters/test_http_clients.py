from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from tests.adapters.answers import events, whole
from tests.adapters.callers import KEY, Caller, target
from tests.adapters.certificates import certificate
from tests.adapters.raw_server import (
    answer,
    chunked,
    hangs_up,
    raw,
    raw_server,
)
from tests.adapters.tunnel import tunnel_to
from tui_app.adapters.http_clients import Kind
from tui_app.core.errors import ConnectionLost, InvalidRequest, Loss


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


async def test_a_connection_is_used_again_and_before_send_is_awaited_each_time(caller: Caller) -> None:
    async with raw_server(chunked(whole("x"))) as server:
        for _ in range(3):
            assert await caller.ask(target(server.url)) == events("x")
        assert (server.connections, len(server.requests), caller.sends) == (1, 3, 3)


async def test_a_connection_that_the_server_closed_meanwhile_is_replaced_without_a_second_request(
    caller: Caller,
) -> None:
    async with raw_server(hangs_up(chunked(whole("x")))) as server:
        for _ in range(3):
            assert await caller.ask(target(server.url)) == events("x")
        assert (server.connections, len(server.requests), caller.sends) == (3, 3, 3)


async def test_no_cookie_is_kept(caller: Caller) -> None:
    async with raw_server(chunked(whole("x"), headers={"set-cookie": "who=you; Path=/"})) as server:
        for _ in range(2):
            await caller.ask(target(server.url))
        assert server.header("cookie") == []


async def test_a_port_where_nobody_listens_and_a_name_nobody_has_are_told_apart(caller: Caller) -> None:
    async with raw_server(raw()) as server:
        url = server.url
    with pytest.raises(ConnectionLost) as caught:
        await caller.ask(target(url))
    assert caught.value.loss is Loss.UNREACHABLE
    with pytest.raises(ConnectionLost, match=r"nowhere\.invalid") as caught:
        await caller.ask(target("http://nowhere.invalid"))
    assert caught.value.loss is Loss.HOST_UNKNOWN
    assert caller.sends == 0


async def test_https_to_a_server_that_speaks_none_is_named(caller: Caller) -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ConnectionLost) as caught:
            await caller.ask(target(f"https://127.0.0.1:{port}"))
    assert caught.value.loss is Loss.TLS
    assert "http://" in caught.value.advice


async def test_a_certificate_nobody_vouches_for_is_refused_before_anything_is_sent(
    caller: Caller, tmp_path: Path
) -> None:
    async with raw_server(chunked(whole("x")), certificate(tmp_path).server) as server:
        with pytest.raises(ConnectionLost, match="not trusted") as caught:
            await caller.ask(target(server.url))
        with pytest.raises(ConnectionLost, match="not trusted"):
            await caller.api.reach(server.url)
        assert server.received == b""
    assert caught.value.loss is Loss.TLS
    assert caller.sends == 0


async def test_a_certificate_named_by_the_environment_is_trusted(
    caller: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    async with raw_server(chunked(whole("x")), made.server) as server:
        assert await caller.ask(target(server.url)) == events("x")
        assert await caller.api.reach(server.url) > 0


async def test_certificates_that_cannot_be_read_are_said_and_do_not_stop_plain_loopback(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/at/all.pem")
    with pytest.raises(ConnectionLost) as caught:
        await caller.ask(target("https://api.example.test"))
    assert caught.value.loss is Loss.TLS
    assert "SSL_CERT_FILE" in caught.value.advice
    async with raw_server(chunked(whole("x"))) as server:
        assert await caller.ask(target(server.url)) == events("x")


async def test_behind_a_proxy_before_send_is_awaited_once_and_the_proxy_sees_no_key(
    caller: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = certificate(tmp_path, "api.example.test")
    async with raw_server(chunked(whole("x")), made.server) as server, tunnel_to(server.port) as tunnel:
        monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
        monkeypatch.setenv("HTTPS_PROXY", tunnel.url)
        received: list[bytes] = []

        async def before_send() -> None:
            received.append(bytes(server.received))

        monkeypatch.setattr(caller, "before_send", before_send)
        assert await caller.ask(target("https://api.example.test")) == events("x")
        assert await caller.api.reach("https://api.example.test") > 0
        assert received == [b""]
        assert server.header("x-api-key") == [KEY]
        assert [head.split()[1] for head in tunnel.asked] == [b"api.example.test:443"] * 2
        assert KEY.encode() not in b"".join(tunnel.asked) + tunnel.seen


async def test_a_proxy_that_refuses_is_named(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    async with raw_server(answer(407, {})) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(ConnectionLost, match="the proxy refused: 407") as caught:
            await caller.ask(target("https://api.example.test"))
        assert proxy.path == "CONNECT api.example.test:443"
    assert "HTTPS_PROXY" in caught.value.advice
    assert caller.sends == 0


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:1", "socks9://127.0.0.1:1"])
async def test_loopback_goes_round_every_proxy(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy)
    async with raw_server(chunked(whole("x"))) as server:
        assert await caller.ask(target(server.url)) == events("x")
        assert await caller.ask(target(f"http://localhost:{server.port}")) == events("x")
        await caller.api.reach(server.url)


async def test_a_proxy_that_cannot_be_used_is_said(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks9://user:password@127.0.0.1:1")
    with pytest.raises(ConnectionLost, match="proxy") as caught:
        await caller.ask(target("http://api.example.test"))
    assert caught.value.loss is Loss.UNREACHABLE
    assert "ALL_PROXY" in caught.value.advice
    assert "password" not in f"{caught.value} {caught.value.advice}"


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://127.0.0.1:1", Kind(loopback=True, secure=False)),
        ("https://[::1]", Kind(loopback=True, secure=True)),
        ("http://LOCALHOST/x", Kind(loopback=True, secure=False)),
        ("http://box.localhost", Kind(loopback=True, secure=False)),
        ("https://localhost.example.test", Kind(loopback=False, secure=True)),
        ("http://128.0.0.1", Kind(loopback=False, secure=False)),
    ],
)
def test_loopback_is_known_by_its_names(url: str, kind: Kind) -> None:
    assert Kind.of(url) == kind


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:80", "ftp://host", "http://", "http://host:99999", "http://["]
)
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(InvalidRequest):
        Kind.of(url)
