"""Endpoints made, changed and deleted by other programs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.adapters.raw_server import answer
from tests.server.bench import JSON, Bench, body
from tui_app.core.errors import KeyTrouble, StoreFailed


async def test_the_check_for_the_id_comes_before_the_paid_call(bench: Bench) -> None:
    await bench.put()
    response = await bench.send("PUT", "/_inference/completion/ep-ok", body())
    assert response.status_code == 400
    assert response.json()["error"]["type"] == "resource_already_exists_exception"
    assert len(bench.upstream.requests) == 1


async def test_nothing_is_kept_when_the_service_refuses(bench: Bench) -> None:
    told = {"type": "error", "error": {"type": "authentication_error", "message": "no"}}
    bench.upstream.says = [answer(401, JSON, json.dumps(told))]
    response = await bench.send("PUT", "/_inference/completion/new", body())
    assert response.status_code == 400
    assert (bench.store.entries, bench.keys.keys) == ({}, {})


@pytest.mark.parametrize("task", ["completion", "chat_completion"])
async def test_the_task_type_may_stand_in_the_body_alone(bench: Bench, task: str) -> None:
    response = await bench.send("PUT", "/_inference/new", body(task_type=task.upper()))
    assert response.json()["task_type"] == task
    asked = bench.upstream.requests[-1]
    assert asked["messages"][0]["content"] in ("how big", [{"type": "text", "text": "how big"}])
    assert asked.get("stream", False) is (task == "chat_completion")


@pytest.mark.parametrize(
    ("path", "changes", "reason"),
    [
        ("completion/x", {"task_type": "rerank"}, "Cannot resolve conflicting task_type parameter"),
        ("completion/x", {"task_type": "any"}, "task_type [any] is not valid type for inference"),
        ("x", {"task_type": "foo"}, "Unknown task_type [foo]"),
        ("completion/x", {"service": "openai"}, "Unknown service [openai]"),
        ("completion/x", {"local": {"key": {"place": "command", "command": "id"}}}, "[{local={key={"),
        ("completion/x", {"inference_id": "y"}, "Configuration contains settings [{inference_id=y}]"),
        ("completion/x", {"chunking_settings": {}}, "contains settings [{chunking_settings={}}] unknown"),
        ("completion/x", {"service_settings": []}, "field [service_settings] is not of the expected type"),
        ("completion/x", {"service_settings": {"model_id": "", "api_key": "k", "rate_limit": {
            "requests_per_minute": 0}}}, "Validation Failed: 1: [service_settings] Invalid value "
            "empty string. [model_id] must be a non-empty string;2: [rate_limit] Invalid value [0]. "
            "[requests_per_minute] must be a positive long;"),
        ("completion/x", {"service_settings": {"model_id": "m"}},
            "Validation Failed: 1: [secret_settings] does not contain the required setting [api_key];"),
        ("completion/x", {"task_settings": {"top_k": "a"}}, "field [top_k] is not of the expected type. "
            "The value [a] cannot be converted to a [Integer]"),
        ("completion/x", {"service_settings": {"model_id": "m", "api_key": "k", "url": "ftp://x"}},
            "unable to parse url [ftp://x]. Reason: "),
    ],
)  # fmt: skip
async def test_refusals_are_worded_grouped_and_ordered(
    bench: Bench, path: str, changes: dict[str, Any], reason: str
) -> None:
    response = await bench.send("PUT", f"/_inference/{path}", body(**changes))
    assert response.status_code == 400
    assert reason in response.json()["error"]["reason"]
    assert bench.upstream.requests == []


async def test_a_key_that_stands_in_the_wrong_place_is_not_said_back(bench: Bench) -> None:
    key = "sk-ant-api03-0123456789"
    for changes in ({"api_key": key}, {"task_settings": {"max_tokens": 1, "oops": key}}, {"service": key}):
        response = await bench.send("PUT", "/_inference/completion/x", body(**changes))
        assert response.status_code == 400
        assert key not in response.text
    assert key not in repr(bench.server.requests())
    for path in (key, f"{key}/x", f"completion/{key}/_update"):
        assert key not in (await bench.send("GET", f"/_inference/{path}")).text
        assert key not in (await bench.send("PUT", f"/_inference/{path}", body())).text


async def test_an_update_changes_what_may_change_and_tries_it_out(bench: Bench) -> None:
    await bench.put(task_settings={"max_tokens": 5, "temperature": 0.5})
    limit = {"service_settings": {"rate_limit": {"requests_per_minute": 7}}}
    response = await bench.send("PUT", "/_inference/ep-ok/_update", limit)
    assert response.json()["service_settings"]["rate_limit"] == {"requests_per_minute": 7}
    assert response.json()["task_settings"] == {"max_tokens": 5, "temperature": 0.5}
    assert len(bench.upstream.requests) == 2
    replaced = {"service": "anthropic", "task_settings": {"max_tokens": 9}}
    response = await bench.send("PUT", "/_inference/completion/ep-ok/_update", replaced)
    assert response.json()["task_settings"] == {"max_tokens": 9}
    same = {"service_settings": {"model_id": "claude-test-model"}}
    assert (await bench.send("PUT", "/_inference/ep-ok/_update", same)).status_code == 200
    assert len(bench.upstream.requests) == 3
    new_key = {"service_settings": {"api_key": "sk-ant-new"}}
    assert (await bench.send("PUT", "/_inference/ep-ok/_update", new_key)).status_code == 200
    assert bench.upstream.server is not None
    assert bench.upstream.server.header("x-api-key") == ["sk-ant-new"]
    assert bench.keys.keys["ep-ok"].get_secret_value() == "sk-ant-new"


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"service_settings": {"model_id": "other"}}, "unknown field [model_id]"),
        ({"service_settings": {"url": "https://a.example"}}, "unknown field [url]"),
        ({"service": "openai"}, "Request contained fields which cannot be updated"),
        ({"name": "x"}, "remove these fields and try again [{name=x}]"),
        ({"task_settings": {"temperature": 1.0}}, "does not contain the required setting [max_tokens]"),
        ({"task_settings": {"max_tokens": 5, "odd": 1}}, "settings [{odd=1}] unknown"),
        ({"task_type": "chat_completion"}, "Task type must match the task type of the existing endpoint"),
    ],
)
async def test_an_update_of_anything_else_is_refused(bench: Bench, told: dict[str, Any], reason: str) -> None:
    await bench.put()
    response = await bench.send("PUT", "/_inference/ep-ok/_update", told)
    assert response.status_code == 400
    assert reason in response.json()["error"]["reason"]
    assert len(bench.upstream.requests) == 1


async def test_what_is_not_there_is_a_404_everywhere(bench: Bench) -> None:
    for method, path, told in (
        ("GET", "/_inference/nope", None),
        ("GET", "/_inference/cluster%2Fnope", None),
        ("DELETE", "/_inference/completion/nope", None),
        ("PUT", "/_inference/completion/nope/_update", {"task_settings": {"max_tokens": 1}}),
        ("POST", "/_inference/nope", {"input": "a"}),
        ("POST", "/_inference/completion/nope/_stream", {"input": "a"}),
        (
            "POST",
            "/_inference/chat_completion/nope/_stream",
            {"messages": [{"role": "user", "content": "a"}]},
        ),
    ):
        assert (await bench.send(method, path, told)).status_code == 404, path


async def test_deleting_takes_the_key_along(bench: Bench) -> None:
    await bench.put()
    response = await bench.send("DELETE", "/_inference/ep-ok?force")
    assert response.json() == {"acknowledged": True, "pipelines": [], "indexes": []}
    assert (bench.store.entries, bench.keys.keys) == ({}, {})


async def test_a_store_that_fails_is_a_500_with_its_reason_and_nothing_half_written(bench: Bench) -> None:
    await bench.put()
    bench.store.failure = StoreFailed("cannot write in /endpoints: no space left on device")
    for method, path, told in (
        ("PUT", "/_inference/completion/new", body()),
        ("GET", "/_inference", None),
        ("DELETE", "/_inference/ep-ok", None),
        ("POST", "/_inference/ep-ok", {"input": "a"}),
    ):
        response = await bench.send(method, path, told)
        assert response.status_code == 500
        assert "no space left on device" in response.json()["error"]["reason"]
    bench.store.failure = None
    assert list(bench.store.entries) == ["ep-ok"]


async def test_a_keyring_that_fails_leaves_no_endpoint_behind(bench: Bench) -> None:
    bench.keys.trouble = KeyTrouble.LOCKED
    response = await bench.send("PUT", "/_inference/completion/new", body())
    assert response.status_code == 500
    assert "the keyring is locked" in response.json()["error"]["reason"]
    assert bench.store.entries == {}


@pytest.mark.parametrize("timeout", ["abc", "", "10", "1.5s"])
async def test_a_bad_timeout_is_refused_also_where_nothing_would_change(bench: Bench, timeout: str) -> None:
    await bench.put()
    told = {"task_settings": {"max_tokens": 1024}}
    response = await bench.send("PUT", f"/_inference/completion/ep-ok/_update?timeout={timeout}", told)
    assert response.json()["error"]["type"] == "illegal_argument_exception"


@pytest.mark.parametrize("inference_id", ["NOPE", ".nope", "nope-"])
async def test_an_update_of_what_can_be_no_id_says_so(bench: Bench, inference_id: str) -> None:
    response = await bench.send("PUT", f"/_inference/completion/{inference_id}/_update", {})
    assert response.json()["error"]["type"] == "action_request_validation_exception"
    assert f"Invalid inference_id; '{inference_id}' can contain" in response.json()["error"]["reason"]
