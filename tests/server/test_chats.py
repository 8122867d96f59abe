"""Chat completions over real sockets: what the service is asked, and what the client is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.core.chat_bodies import HOSTILE, USER, WEATHER, chat
from tests.fakes_service import FakeMessagesApi, Step, refused, reply
from tests.server.chat_house import CHAT, ChatHouse, chat_house, sse
from tui_app.adapters.messages_api import HttpMessagesApi
from tui_app.core.conversation import Usage
from tui_app.core.events import BlockClosed, BlockOpened, Opened, OtherDelta, Stopping
from tui_app.sandbox.server import running_sandbox
from tui_app.sandbox.settings import SandboxSettings

STREAM = f"{CHAT}/_stream"
TOOL: Any = {"type": "tool_use", "id": "t1", "name": "weather", "input": {}}
CALLING: list[Step] = [
    Opened("claude-test", "req_test", Usage(10, 1), "msg_1"),
    BlockOpened(0, "tool_use", TOOL),
    OtherDelta(0, {"type": "input_json_delta", "partial_json": '{"city":'}),
    OtherDelta(0, {"type": "input_json_delta", "partial_json": '"Oslo"}'}),
    BlockClosed(0),
    Stopping("tool_use", Usage(10, 5)),
]


@pytest.fixture
def api() -> FakeMessagesApi:
    return FakeMessagesApi()


@pytest.fixture
async def house(api: FakeMessagesApi) -> AsyncIterator[ChatHouse]:
    async with chat_house(api) as made:
        yield made


async def test_a_chat_is_answered_with_one_object(house: ChatHouse, api: FakeMessagesApi) -> None:
    api.scripts = [CALLING]
    answer = await house.post(CHAT, chat(tools=[WEATHER]))
    assert answer.status_code == 200
    assert answer.headers["x-elastic-product"] == "Elasticsearch"
    told = answer.json()
    assert (told["id"], told["model"], told["object"]) == ("msg_1", "claude-test", "chat.completion")
    choice = told["choices"][0]
    assert choice["finish_reason"] == "tool_use"
    [called] = choice["message"]["tool_calls"]
    assert json.loads(called["function"]["arguments"]) == {"city": "Oslo"}
    assert told["usage"] == {"completion_tokens": 5, "prompt_tokens": 10, "total_tokens": 15}


async def test_the_service_is_asked_exactly_what_elasticsearch_asks(
    house: ChatHouse, api: FakeMessagesApi
) -> None:
    api.scripts = [reply("Hi"), reply("Hi")]
    system = {"role": "system", "content": "be brief"}
    await house.post(CHAT, chat(system, USER, model="another", max_completion_tokens=7))
    await house.post(STREAM, chat())
    assert [list(sent) for sent in api.bodies] == [
        ["model", "system", "messages", "stream", "max_tokens"],
        ["model", "messages", "stream", "max_tokens"],
    ]
    first, second = api.bodies
    assert (first["model"], first["stream"], first["max_tokens"]) == ("another", False, 7)
    assert first["system"] == ({"type": "text", "text": "be brief"},)
    assert (second["model"], second["stream"]) == ("claude-haiku-4-5", True)


async def test_a_stream_is_chunks_and_then_done(house: ChatHouse, api: FakeMessagesApi) -> None:
    api.scripts = [CALLING]
    answer = await house.post(STREAM, chat(tools=[WEATHER]))
    assert answer.headers["content-type"] == "text/event-stream"
    events = sse(answer.text)
    assert {name for name, _ in events} == {"message"}
    *chunks, done = [data for _, data in events]
    assert done == "[DONE]"
    assert chunks[0]["choices"][0]["delta"] == {"role": "assistant"}
    calls = [chunk["choices"][0]["delta"].get("tool_calls", [{}])[0] for chunk in chunks]
    arguments = "".join(each["function"]["arguments"] for each in calls if each)
    assert json.loads(arguments) == {"city": "Oslo"}
    assert chunks[-1]["choices"][0]["finish_reason"] == "tool_use"


async def test_a_chunk_arrives_while_the_service_still_writes(house: ChatHouse, api: FakeMessagesApi) -> None:
    go_on = asyncio.Event()
    first, *rest = reply("Hel", "lo")
    api.scripts = [[first, *rest[:2], go_on, *rest[2:]]]
    headers = {"content-type": "application/json"}
    async with house.client.stream("POST", STREAM, content=json.dumps(chat()), headers=headers) as answer:
        seen = ""
        async for piece in answer.aiter_text():
            seen += piece
            if '"Hel"' in seen and not go_on.is_set():
                assert '"lo"' not in seen
                go_on.set()
    assert '"lo"' in seen
    assert seen.endswith("data: [DONE]\n\n")


async def test_a_client_that_goes_away_ends_the_request_to_the_service(
    house: ChatHouse, api: FakeMessagesApi
) -> None:
    api.scripts = [[*reply("Hel")[:3], asyncio.Event()]]
    headers = {"content-type": "application/json"}
    async with house.client.stream("POST", STREAM, content=json.dumps(chat()), headers=headers) as answer:
        async for _ in answer.aiter_bytes():
            break
    async with asyncio.timeout(5):
        while not api.closed_early:  # noqa: ASYNC110 - the fake has no event for it
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("path", ["/_inference/chat", "/_inference/chat/_stream"])
async def test_without_a_task_type_in_the_path_the_endpoint_decides(
    house: ChatHouse, api: FakeMessagesApi, path: str
) -> None:
    api.scripts = [reply("Hi")]
    answer = await house.post(path, chat())
    assert '"assistant"' in answer.text


@pytest.mark.parametrize(
    ("path", "whole", "told"),
    [
        (CHAT, {"messages": []}, (400, "action_request_validation_exception", "cannot be an empty array")),
        (
            CHAT,
            chat(x=1),
            (400, "x_content_parse_exception", "[1:51] [UnifiedCompletionRequest]"),
        ),
        (CHAT, "{", (400, "x_content_parse_exception", "")),
        (CHAT, '{"messages":NaN}', (400, "x_content_parse_exception", "NaN")),
        (
            CHAT,
            chat({"role": "tool", "content": "a"}),
            (400, "status_exception", "[tool_call_id]"),
        ),
        (f"{CHAT}?timeout=soon", chat(), (400, "illegal_argument_exception", "timeout")),
        (f"{CHAT}?other=1", chat(), (400, "illegal_argument_exception", "[other]")),
        ("/_inference/chat_completion/nobody", chat(), (404, "resource_not_found_exception", "[nobody]")),
        ("/_inference/chat_completion/plain", chat(), (400, "status_exception", "[completion]")),
    ],
)
async def test_errors_have_openais_shape_and_nothing_is_asked(
    house: ChatHouse, api: FakeMessagesApi, path: str, whole: object, told: tuple[int, str, str]
) -> None:
    status, kind, words = told
    answer = await house.post(path, whole)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "type"}
    assert error["code"] == {400: "bad_request", 404: "not_found"}[status]
    assert error["type"] == kind
    assert words in error["message"]
    assert api.calls == 0


@pytest.mark.parametrize("whole", [{"messages": []}, "{"])
async def test_an_error_before_a_stream_is_an_event_under_its_status(house: ChatHouse, whole: object) -> None:
    answer = await house.post(STREAM, whole)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "text/event-stream"
    [(name, data)] = sse(answer.text)
    assert (name, data["error"]["code"]) == ("error", "bad_request")


@pytest.mark.parametrize("path", [CHAT, STREAM])
async def test_what_the_service_refuses_is_told_with_its_status(
    house: ChatHouse, api: FakeMessagesApi, path: str
) -> None:
    api.scripts = [[refused(401, "authentication_error", "invalid x-api-key")]]
    answer = await house.post(path, chat())
    assert answer.status_code == 401
    told = sse(answer.text)[0][1] if path == STREAM else answer.json()
    assert told["error"]["code"] == "unauthorized"
    assert told["error"]["type"] == "anthropic_error"
    assert "inference entity id [chat] status [401]" in told["error"]["message"]
    assert "Error message: [invalid x-api-key]" in told["error"]["message"]


async def test_an_error_in_the_middle_ends_the_stream_without_done(
    house: ChatHouse, api: FakeMessagesApi
) -> None:
    api.scripts = [[*reply("Hel")[:3], refused(None, "overloaded_error", "Overloaded")]]
    answer = await house.post(STREAM, chat())
    assert answer.status_code == 200
    name, data = sse(answer.text)[-1]
    assert name == "error"
    assert data["error"]["type"] == "anthropic_error"
    assert "Overloaded" in data["error"]["message"]
    assert "[DONE]" not in answer.text


async def test_a_request_that_takes_too_long_is_told_so_with_408(
    house: ChatHouse, api: FakeMessagesApi
) -> None:
    api.scripts = [[*reply()[:1], asyncio.Event()]]
    answer = await house.post(f"{CHAT}?timeout=50ms", chat())
    assert answer.status_code == 408
    assert answer.json()["error"]["code"] == "request_timeout"
    assert "[50ms]" in answer.json()["error"]["message"]


async def test_a_chat_endpoint_refuses_completions(house: ChatHouse, api: FakeMessagesApi) -> None:
    answer = await house.post("/_inference/completion/chat", {"input": "hi"})
    assert answer.status_code == 400
    assert "does not match the model type [chat_completion]" in answer.json()["error"]["reason"]
    assert api.calls == 0


async def test_a_new_endpoint_for_chats_is_tried_out_with_a_streamed_chat(
    house: ChatHouse, api: FakeMessagesApi
) -> None:
    api.scripts = [reply("42")]
    settings = {"api_key": "sk-1", "model_id": "claude-haiku-4-5"}
    whole = {"service": "anthropic", "service_settings": settings, "task_settings": {"max_tokens": 9}}
    content = json.dumps(whole)
    headers = {"content-type": "application/json"}
    answer = await house.client.put("/_inference/chat_completion/new", content=content, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["task_type"] == "chat_completion"
    assert "api_key" not in answer.text
    message = {"content": "how big", "role": "user"}
    body = {"model": "claude-haiku-4-5", "messages": (message,), "stream": True, "max_tokens": 9}
    assert api.bodies == [body]
    assert (await house.store.get("new")).task_type == "chat_completion"
    listed = (await house.client.get("/_inference/chat_completion/_all")).json()["endpoints"]
    assert [each["inference_id"] for each in listed] == ["chat", "new"]


async def test_a_deep_body_and_a_huge_one_are_refused_in_openais_shape(
    house: ChatHouse, api: FakeMessagesApi
) -> None:
    deep = await house.post(CHAT, '{"messages":' + "[" * 100_000 + "]" * 100_000 + "}")
    many = await house.post(CHAT, {"messages": [USER] * 100_001})
    for answer in (deep, many):
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == "bad_request"
    assert api.calls == 0


async def test_a_large_chat_is_asked_whole(house: ChatHouse, api: FakeMessagesApi) -> None:
    api.scripts = [reply("Hi")]
    messages = [{"role": "user", "content": f"{number} {'x' * 1_000}"} for number in range(1_000)]
    assert (await house.post(CHAT, {"messages": messages})).status_code == 200
    assert list(api.bodies[0]["messages"]) == messages  # type: ignore[arg-type]


async def test_a_hostile_body_never_fails_the_server() -> None:
    api = FakeMessagesApi()
    async with chat_house(api) as house:

        @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
        @given(HOSTILE)
        def check(whole: object) -> None:
            hostile.append(json.dumps(whole))

        hostile: list[str] = []
        await asyncio.to_thread(check)
        for content in hostile:
            api.scripts = [reply("Hi")]
            answer = await house.post(CHAT, content)
            assert answer.status_code in {200, 400}, content
            assert ("error" in answer.json()) == (answer.status_code == 400)


async def test_a_tool_is_used_and_its_result_sent_back_with_the_sandbox_as_the_service() -> None:
    pace = SandboxSettings(tokens_per_second=0, first_token_delay=0)
    async with (
        running_sandbox(pace, 0) as sandbox,
        chat_house(HttpMessagesApi("0"), url=sandbox.url, key=sandbox.key) as house,
    ):
        asked = {"role": "user", "content": "use a tool"}
        first = await house.post(CHAT, chat(asked, tools=[WEATHER]))
        message = first.json()["choices"][0]["message"]
        [used] = message["tool_calls"]
        assert json.loads(used["function"]["arguments"]) == {"city": "sandbox"}
        result = {"role": "tool", "tool_call_id": used["id"], "content": "rain"}
        second = await house.post(STREAM, chat(asked, message, result, tools=[WEATHER]))
        chunks = [data for _, data in sse(second.text) if data != "[DONE]"]
        text = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)
        assert "1 result of tools" in text
