from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType, SimpleNamespace

import pytest
from rich.console import Console
from rich.traceback import Traceback

from tests.adapters.answers import events, whole
from tests.adapters.callers import BODY, KEY, PATIENCE_S, Caller, target
from tests.adapters.raw_server import (
    chunked,
    raw,
    raw_server,
)
from tui_app.adapters.messages_requests import Gate
from tui_app.core.errors import ConnectionLost, InvalidRequest, WaitTooLong
from tui_app.core.jsons import JsonObject
from tui_app.core.service import MessagesApi, ServerLimit


@pytest.fixture
def netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials that are nobody's business here."""
    path = tmp_path / "netrc"
    path.write_text("machine 127.0.0.1 login someone password else\n")
    path.chmod(0o600)
    monkeypatch.setenv("NETRC", str(path))
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-another")


async def test_an_answer_comes_as_events_and_the_request_is_as_the_api_wants_it(caller: Caller) -> None:
    headers = {
        "request-id": "req_1",
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "49",
    }
    async with raw_server(chunked(whole("Hel", "lo"), headers=headers)) as server:
        got = await caller.ask(target(server.url + "/prefix/"))
    assert got == events("Hel", "lo", request_id="req_1")
    assert server.path == "POST /prefix/v1/messages"
    assert server.body == {**BODY, "messages": [{"role": "user", "content": "Grüße"}]}
    assert server.header("content-type") == ["application/json"]
    assert server.header("anthropic-version") == ["2023-06-01"]
    assert server.header("user-agent") == ["inferterm/1.2.3"]
    assert caller.sends == 1
    [exchange] = caller.exchanges
    assert exchange.limits == (ServerLimit("requests", 50, 49, None),)


@pytest.mark.parametrize(
    ("scheme", "key", "x_api_key", "authorization"),
    [
        ("x-api-key", KEY, [KEY], []),
        ("bearer", KEY, [], [f"Bearer {KEY}"]),
        ("bearer", "", [], []),
    ],
)
@pytest.mark.usefixtures("netrc")
async def test_exactly_one_credential_is_sent_whatever_netrc_and_environment_say(
    caller: Caller, scheme: str, key: str, x_api_key: list[str], authorization: list[str]
) -> None:
    async with raw_server(chunked(whole("x"))) as server:
        await caller.ask(target(server.url, scheme, key))
    assert server.header("x-api-key") == x_api_key
    assert server.header("authorization") == authorization


async def test_before_send_is_awaited_when_the_connection_stands_and_nothing_was_written(
    api: MessagesApi,
) -> None:
    async with raw_server(chunked(whole("x"))) as server:
        seen: list[bytes] = []

        async def before_send() -> None:
            await asyncio.wait_for(server.connected.wait(), PATIENCE_S)
            for _ in range(20):
                await asyncio.sleep(0)
            seen.append(bytes(server.received))

        stream = api.stream(target(server.url), BODY, before_send=before_send, on_exchange=lambda _: None)
        assert [event async for event in stream] == events("x")
        assert seen == [b""]


@pytest.mark.parametrize("error", [WaitTooLong("later"), OSError("disk"), TimeoutError(), ValueError("bug")])
async def test_what_before_send_raises_comes_out_unchanged_and_nothing_is_sent(
    api: MessagesApi, error: Exception
) -> None:
    async def before_send() -> None:
        raise error

    async with raw_server(chunked(whole("x"))) as server:
        stream = api.stream(target(server.url), BODY, before_send=before_send, on_exchange=lambda _: None)
        with pytest.raises(type(error)) as caught:
            await anext(stream)
        assert caught.value is error
        await asyncio.wait_for(server.hung_up.wait(), PATIENCE_S)
        assert server.received == b""


async def test_a_caller_who_leaves_during_before_send_sends_nothing(api: MessagesApi) -> None:
    waiting = asyncio.Event()

    async def before_send() -> None:
        waiting.set()
        await asyncio.Event().wait()

    async with raw_server(chunked(whole("x"))) as server:
        stream = api.stream(target(server.url), BODY, before_send=before_send, on_exchange=lambda _: None)
        task = asyncio.ensure_future(anext(stream))
        await asyncio.wait_for(waiting.wait(), PATIENCE_S)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(server.hung_up.wait(), PATIENCE_S)
        assert server.received == b""


@pytest.mark.parametrize("key", ["sk-ünlucky", "sk-\u2019quoted", "sk-\nline"])
async def test_a_key_that_no_header_can_carry_is_said_without_quoting_it(caller: Caller, key: str) -> None:
    async with raw_server(raw()) as server:
        with pytest.raises(InvalidRequest) as caught:
            await caller.ask(target(server.url, key=key))
        assert key not in str(caught.value)
        assert server.connections == 0


async def test_a_version_that_no_header_can_carry_is_said(caller: Caller) -> None:
    async with raw_server(raw()) as server:
        with pytest.raises(InvalidRequest, match="anthropic_version"):
            await caller.ask(replace(target(server.url), anthropic_version="\uff12\uff10\uff12\uff13-06-01"))
        assert server.connections == 0


async def test_halves_of_characters_in_a_prompt_do_not_stop_it(caller: Caller) -> None:
    body: JsonObject = {"messages": ["a\ud83d"], "nested": MappingProxyType({"x": (1, None)})}
    async with raw_server(chunked(whole("x"))) as server:
        stream = caller.api.stream(
            target(server.url), body, before_send=caller.before_send, on_exchange=lambda _: None
        )
        assert [event async for event in stream] == events("x")
    assert server.body == {"messages": ["a?"], "nested": {"x": [1, None]}}


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
async def test_numbers_that_json_has_not_are_an_invalid_request(caller: Caller, number: float) -> None:
    stream = caller.api.stream(
        target("http://127.0.0.1:1"),
        {"temperature": number},
        before_send=caller.before_send,
        on_exchange=lambda _: None,
    )
    with pytest.raises(InvalidRequest):
        await anext(stream)


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1", "127.0.0.1:80", "http://127.0.0.1:99999", "http://[", "http://a..b\x00"]
)
async def test_what_is_no_url_is_an_invalid_request_or_an_unknown_host(caller: Caller, url: str) -> None:
    with pytest.raises((InvalidRequest, ConnectionLost)):
        await caller.ask(target(url))
    with pytest.raises((InvalidRequest, ConnectionLost)):
        await caller.api.reach(url)
    assert caller.sends == 0


async def test_a_crash_shown_with_all_local_values_shows_no_key(api: MessagesApi) -> None:
    async def before_send() -> None:
        raise ZeroDivisionError

    out = io.StringIO()
    async with raw_server(chunked(whole("x"))) as server:
        try:
            await anext(
                api.stream(target(server.url), BODY, before_send=before_send, on_exchange=lambda _: None)
            )
        except ZeroDivisionError:
            Console(file=out, width=400).print(Traceback(show_locals=True, locals_max_length=100))
    assert "before_send" in out.getvalue()
    assert KEY not in out.getvalue()


async def test_a_gate_is_passed_once(caller: Caller) -> None:
    gate = Gate(caller.before_send)
    request = SimpleNamespace(method=b"POST")
    await gate("connection.connect_tcp.started", {})
    assert caller.sends == 0
    for version in ("http11", "http2"):
        await gate(f"{version}.send_request_headers.started", {"request": request})
    assert caller.sends == 1
