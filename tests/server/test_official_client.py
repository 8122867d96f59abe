"""The official Python client, with the call that Elasticsearch's documentation shows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from elasticsearch import ApiError, AuthenticationException, Elasticsearch, NotFoundError

from tests.server.bench import Bench, said
from tui_app.core.jsons import JsonObject


@pytest.fixture
def client(bench: Bench) -> Iterator[Elasticsearch]:
    """A client with the key, as its lines to paste make it."""
    with Elasticsearch(bench.serving.url, api_key=bench.key, request_timeout=150) as client:
        yield client


def documented(client: Elasticsearch) -> JsonObject:
    resp = client.inference.put(
        task_type="completion",
        inference_id="anthropic_completion",
        inference_config={
            "service": "anthropic",
            "service_settings": {"api_key": "<api_key>", "model_id": "<model_id>"},
            "task_settings": {"max_tokens": 1024},
        },
    )
    return dict(resp)


async def test_an_endpoint_is_made_used_changed_and_deleted(bench: Bench, client: Elasticsearch) -> None:
    def use() -> None:
        made = documented(client)
        assert made["service_settings"] == {
            "model_id": "<model_id>",
            "rate_limit": {"requests_per_minute": 50},
        }
        (listed,) = client.inference.get()["endpoints"]
        assert listed == made
        assert client.inference.get(task_type="completion", inference_id="anthropic_completion")
        config = {"task_settings": {"max_tokens": 7, "temperature": 1}}
        changed = client.inference.update(inference_id="anthropic_completion", inference_config=config)
        assert changed["task_settings"] == {"max_tokens": 7, "temperature": 1.0}
        answered = client.inference.completion(
            inference_id="anthropic_completion", input="hello", timeout="9s"
        )
        assert answered["completion"] == [{"result": "hi"}]
        gone = client.inference.delete(inference_id="anthropic_completion", force=True)
        assert gone["acknowledged"]
        assert client.inference.get()["endpoints"] == []

    await asyncio.to_thread(use)
    assert bench.upstream.requests[-1] == {
        "messages": [{"role": "user", "content": "hello"}],
        "model": "<model_id>",
        "max_tokens": 7,
        "temperature": 1.0,
    }


async def test_errors_come_as_the_clients_own_classes(bench: Bench, client: Elasticsearch) -> None:
    def fail() -> None:
        documented(client)
        with pytest.raises(ApiError, match="already exists") as existing:
            documented(client)
        assert existing.value.error == "resource_already_exists_exception"
        with pytest.raises(NotFoundError, match="Inference endpoint not found"):
            client.inference.completion(inference_id="a b/ü?", input="hello")
        stranger = Elasticsearch(bench.serving.url, api_key="wrong")
        with pytest.raises(AuthenticationException):
            stranger.info()
        stranger.close()

    await asyncio.to_thread(fail)


async def test_every_way_to_give_the_key_is_taken(bench: Bench) -> None:
    def ping() -> list[bool]:
        ways = (
            {"basic_auth": ("any", bench.key)},
            {"bearer_auth": bench.key},
            {"api_key": ("id", bench.key)},
        )
        found = []
        for way in ways:
            with Elasticsearch(bench.serving.url, **way) as client:
                found.append(client.ping())
        return found

    assert await asyncio.to_thread(ping) == [True] * 3


async def test_a_chat_streams_whatever_type_of_answer_the_client_asks_for(bench: Bench) -> None:
    await bench.put("chat", task="chat_completion")
    versioned = "application/vnd.elasticsearch+json; compatible-with=9"
    response = await bench.send(
        "POST",
        "/_inference/chat_completion/chat/_stream",
        {"messages": [{"role": "system", "content": "be brief"}, {"role": "user", "content": "hello"}]},
        headers={"accept": versioned, "content-type": versioned},
    )
    assert response.headers["content-type"] == "text/event-stream"
    told = [data for _, data in said(response)]
    assert told[0]["choices"][0]["delta"] == {"role": "assistant"}
    assert told[-1] == "[DONE]"
    assert bench.upstream.requests[-1]["system"] == [{"type": "text", "text": "be brief"}]
    whole = await bench.send("POST", "/_inference/chat", {"messages": [{"role": "user", "content": "hello"}]})
    assert whole.json()["choices"][0]["message"]["content"] == "hi"
    listed = (await bench.client.get("/_inference/chat_completion/_all")).json()["endpoints"]
    assert [each["inference_id"] for each in listed] == ["chat"]
    assert (await bench.client.get("/_inference/completion/_all")).json() == {"endpoints": []}
