from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tests.adapters.answers import events, whole
from tests.adapters.callers import BODY, JSON, KEY, PATIENCE_S, Caller, target
from tests.adapters.raw_server import (
    Say,
    answer,
    chunked,
    hangs_up,
    in_turn,
    raw,
    raw_server,
)
from tui_app.adapters.messages_api import HttpMessagesApi
from tui_app.core.errors import ConnectionLost, Loss, ServiceRefused
from tui_app.core.jsons import JsonObject
from tui_app.core.service import MessagesApi, ServiceModel


async def test_models_are_listed_over_all_pages(api: MessagesApi) -> None:
    first = '{"data":[{"id":"a","display_name":"A"}],"has_more":true,"last_id":"a/1"}'
    second = '{"data":[{"id":"b","max_tokens":5}],"has_more":false,"last_id":"b"}'
    async with raw_server(in_turn(answer(200, JSON, first), answer(200, JSON, second))) as server:
        models = await api.models(target(server.url, "bearer"))
    assert models == (ServiceModel("a", "A"), ServiceModel("b", max_tokens=5))
    assert server.path == "GET /v1/models?limit=1000&after_id=a%2F1"
    assert server.header("authorization", 0) == [f"Bearer {KEY}"]
    assert server.header("content-type") == []


async def test_a_list_of_models_that_goes_in_circles_ends(api: MessagesApi) -> None:
    say = [
        answer(200, JSON, f'{{"data":[{{"id":"a"}}],"has_more":true,"last_id":"{n % 2}"}}') for n in range(30)
    ]
    async with raw_server(in_turn(*say)) as server:
        assert await api.models(target(server.url)) == (ServiceModel("a"),)
        assert len(server.requests) <= 20


async def test_one_model_is_asked_for_by_its_quoted_id(api: MessagesApi) -> None:
    async with raw_server(answer(200, JSON, '{"id":"org/m 1"}')) as server:
        assert await api.model(target(server.url), "org/m 1") == ServiceModel("org/m 1")
    assert server.path == "GET /v1/models/org%2Fm%201"


async def test_tokens_are_counted_of_what_counts(api: MessagesApi) -> None:
    body: JsonObject = {**BODY, "stream": True, "temperature": 0.5, "system": "s"}
    async with raw_server(answer(200, JSON, '{"input_tokens":42}')) as server:
        assert await api.count_tokens(target(server.url), body) == 42
    assert server.path == "POST /v1/messages/count_tokens"
    assert server.body == {
        "model": "claude-test",
        "messages": [{"role": "user", "content": "Grüße"}],
        "system": "s",
    }


MISSING: dict[str, Say] = {
    "a 404": answer(404, JSON, '{"detail":"Not Found"}'),
    "a page": answer(200, {"content-type": "text/html"}, "<p>One page for every path</p>"),
    "another object": answer(200, JSON, "{}"),
    "nothing": answer(200, JSON, ""),
}


@pytest.mark.parametrize("name", MISSING)
async def test_a_server_without_lists_and_counts_is_a_404(api: MessagesApi, name: str) -> None:
    async with raw_server(MISSING[name]) as server:
        where = target(server.url)
        for call in (api.models(where), api.model(where, "m"), api.count_tokens(where, BODY)):
            with pytest.raises(ServiceRefused) as caught:
                await call
            assert caught.value.refusal.status == 404


async def test_lists_and_counts_fail_in_the_same_words_as_messages(api: MessagesApi) -> None:
    async with raw_server(hangs_up(raw(b""))) as server:
        with pytest.raises(ConnectionLost) as caught:
            await api.models(target(server.url))
    assert caught.value.loss is Loss.DROPPED
    async with raw_server(answer(401, JSON, f'{{"error":{{"message":"bad {KEY}"}}}}')) as server:
        with pytest.raises(ServiceRefused) as refused:
            await api.model(target(server.url), "m")
    assert KEY not in str(refused.value)
    async with raw_server(answer(302, {"location": "https://evil.example/"})) as server:
        with pytest.raises(ConnectionLost) as caught:
            await api.count_tokens(target(server.url), BODY)
    assert caught.value.loss is Loss.REDIRECTED


async def test_a_host_is_reached_without_sending_anything(api: MessagesApi) -> None:
    async with raw_server(chunked(whole("x"))) as server:
        assert await api.reach(server.url) > 0
        await asyncio.wait_for(server.hung_up.wait(), PATIENCE_S)
        assert (server.connections, bytes(server.received)) == (1, b"")
        await api.reach(server.url)
        assert server.connections == 2
    with pytest.raises(ConnectionLost) as caught:
        await api.reach(server.url)
    assert caught.value.loss is Loss.UNREACHABLE


async def test_many_streams_run_at_once(api: MessagesApi) -> None:
    async with raw_server(chunked(whole("x"))) as server:
        callers = [Caller(api) for _ in range(50)]
        got = await asyncio.gather(*(caller.ask(target(server.url)) for caller in callers))
    assert got == [events("x")] * 50


async def test_closing_an_api_that_was_never_used_does_nothing() -> None:
    await HttpMessagesApi("1").aclose()


def test_httpx_is_imported_only_when_something_is_asked() -> None:
    code = (
        "import sys; from tui_app.adapters.messages_api import HttpMessagesApi; HttpMessagesApi('1');"
        "print([name for name in ('httpx', 'httpcore', 'anyio', 'httpx_sse') if name in sys.modules])"
    )
    root = Path(__file__).parents[2]
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert found.stdout.strip() == "[]"
