import asyncio
import json

import httpx
import pytest

from tests.sandbox.wire import assembled, events, refused, request
from tui_app.sandbox.agreed_words import AGREED_WORDS
from tui_app.sandbox.errors import KINDS
from tui_app.sandbox.scenarios import SLOW_S

TOOL = {
    "name": "get_weather",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 2}},
        "required": ["city"],
    },
}


@pytest.mark.parametrize("status", [*KINDS, 405, 418, 502, 503, 599])
@pytest.mark.parametrize("stream", [False, True])
async def test_a_status_can_be_asked_for(wire: httpx.AsyncClient, status: int, stream: bool) -> None:
    got, kind, _ = await refused(wire, request(f"status {status}", stream=stream))
    other = "api_error" if status >= 500 else "invalid_request_error"
    assert (got, kind) == (status, KINDS.get(status, other))


@pytest.mark.parametrize("prompt", ["status 399", "status 600", "status 5290", "what is status 529"])
async def test_other_talk_of_a_status_is_just_talk(wire: httpx.AsyncClient, prompt: str) -> None:
    assert (await wire.post("/v1/messages", json=request(prompt))).status_code == 200


async def test_429_says_how_long_to_wait_and_others_do_not(wire: httpx.AsyncClient) -> None:
    waits = {}
    for status in (400, 429, 529):
        response = await wire.post("/v1/messages", json=request(f"status {status}"))
        waits[status] = (
            response.headers.get("retry-after"),
            response.headers["x-should-retry"],
        )
    assert waits == {400: (None, "false"), 429: ("1", "true"), 529: (None, "true")}


async def test_words_count_however_they_are_written(wire: httpx.AsyncClient) -> None:
    assert (await refused(wire, request("  Status 529\n")))[0] == 529


async def test_words_count_in_the_last_user_turn_only(wire: httpx.AsyncClient) -> None:
    turns = [{"role": "user", "content": text} for text in ("status 529", "and now?")]
    response = await wire.post("/v1/messages", json=request(messages=turns))
    assert response.status_code == 200


async def test_flaky_fails_once_for_each_word(wire: httpx.AsyncClient) -> None:
    got = [
        (await wire.post("/v1/messages", json=request(f"flaky {word}"))).status_code
        for word in ("one", "two", "one", "two", "one", "429", "429")
    ]
    assert got == [529, 529, 200, 200, 200, 429, 200]


async def test_mid_stream_error_comes_after_some_text(wire: httpx.AsyncClient) -> None:
    response = await wire.post("/v1/messages", json=request("mid-stream error", stream=True))
    assert response.status_code == 200
    *before, error = events(response.content)
    assert error["type"] == "error"
    assert error["error"]["type"] == "overloaded_error"
    assert error["request_id"] == response.headers["request-id"]
    text = "".join(event["delta"]["text"] for event in before if "delta" in event)
    assert text.startswith("Sandbox:") and len(text) > 50
    assert before[-1]["type"] == "content_block_delta"
    assert (await refused(wire, request("mid-stream error")))[0] == 529


async def test_cut_short_drops_the_connection(socket_wire: httpx.AsyncClient) -> None:
    received = b""
    with pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"):
        async with socket_wire.stream(
            "POST", "/v1/messages", json=request("cut short", stream=True)
        ) as response:
            async for chunk in response.aiter_raw():
                received += chunk
    assert b"text_delta" in received and b"message_stop" not in received
    events(received)


async def test_cut_short_on_the_wire_has_no_last_chunk(socket_wire: httpx.AsyncClient) -> None:
    url = socket_wire.base_url
    body = json.dumps(request("cut short", stream=True)).encode()
    head = f"POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n"
    head += "".join(
        f"{name}: {value}\r\n"
        for name, value in socket_wire.headers.items()
        if name.startswith(("x-api", "anthropic"))
    )
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(head.encode() + b"\r\n" + body)
    async with asyncio.timeout(20):
        received = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert received.startswith(b"HTTP/1.1 200")
    assert b"transfer-encoding: chunked" in received.lower()
    assert not received.endswith(b"0\r\n\r\n")


async def test_cut_short_without_a_stream_is_half_a_body(socket_wire: httpx.AsyncClient) -> None:
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        await socket_wire.post("/v1/messages", json=request("cut short"))
    assert (await socket_wire.post("/v1/messages", json=request())).status_code == 200


async def test_slow_comes_in_many_pieces(wire: httpx.AsyncClient) -> None:
    assert SLOW_S > 0.5
    response = await wire.post("/v1/messages", json=request("slow", stream=True))
    deltas = [event for event in events(response.content) if "delta" in event]
    assert len(deltas) > 30


@pytest.mark.parametrize("model", ["claude-haiku-4-5", "claude-sonnet-5", "claude-opus-5-5"])
async def test_think_brings_thinking_with_a_signature(wire: httpx.AsyncClient, model: str) -> None:
    response = await wire.post("/v1/messages", json=request("think", model=model, stream=True))
    stream = events(response.content)
    kinds = [event["delta"]["type"] for event in stream if event.get("index") == 0 if "delta" in event]
    assert kinds[0] == "thinking_delta" and kinds[-1] == "signature_delta"
    thinking, text = assembled(stream)["content"]
    assert thinking["type"] == "thinking" and thinking["thinking"] and thinking["signature"]
    assert text["type"] == "text"
    usage = assembled(stream)["usage"]
    assert 0 < usage["output_tokens_details"]["thinking_tokens"] < usage["output_tokens"]


async def test_thinking_that_is_not_wanted_in_words_has_only_a_signature(
    wire: httpx.AsyncClient,
) -> None:
    body = request(model="claude-sonnet-5", stream=True, thinking={"type": "adaptive", "display": "omitted"})
    stream = events((await wire.post("/v1/messages", json=body)).content)
    first = [event["delta"]["type"] for event in stream if event.get("index") == 0 if "delta" in event]
    assert first == ["signature_delta"]


async def test_a_tool_is_used_with_arguments_that_fit_it(wire: httpx.AsyncClient) -> None:
    body = request("use a tool", tools=[TOOL], stream=True)
    message = assembled(events((await wire.post("/v1/messages", json=body)).content))
    text, use = message["content"]
    assert (text["type"], use["type"], use["name"]) == ("text", "tool_use", "get_weather")
    assert use["input"] == {"city": "sandbox", "days": 2}
    assert message["stop_reason"] == "tool_use"


async def test_a_tool_is_used_even_when_none_is_offered(wire: httpx.AsyncClient) -> None:
    message = (await wire.post("/v1/messages", json=request("use a tool"))).json()
    assert isinstance(message["content"][-1]["input"], dict)


async def test_a_tools_result_is_answered_in_words(wire: httpx.AsyncClient) -> None:
    first = (await wire.post("/v1/messages", json=request("use a tool", tools=[TOOL]))).json()
    use = first["content"][-1]
    result = {"type": "tool_result", "tool_use_id": use["id"], "content": "rain"}
    turns = [
        {"role": "user", "content": "use a tool"},
        {"role": "assistant", "content": first["content"]},
        {"role": "user", "content": [result]},
    ]
    second = (await wire.post("/v1/messages", json=request(messages=turns, tools=[TOOL]))).json()
    assert second["stop_reason"] == "end_turn"
    assert "1 result of tools" in second["content"][0]["text"]


@pytest.mark.parametrize("choice", [{"type": "any"}, {"type": "tool", "name": "get_weather"}])
async def test_a_tool_that_has_to_be_used_is_used_at_once(
    wire: httpx.AsyncClient, choice: dict[str, str]
) -> None:
    other = {"name": "other", "input_schema": {"type": "object"}}
    tools = [TOOL, other] if choice["type"] == "any" else [other, TOOL]
    message = (await wire.post("/v1/messages", json=request("hello", tools=tools, tool_choice=choice))).json()
    assert [block["type"] for block in message["content"]] == ["tool_use"]
    assert message["content"][0]["name"] == "get_weather"


@pytest.mark.parametrize("stream", [False, True])
async def test_a_refusal_has_details_and_no_content(wire: httpx.AsyncClient, stream: bool) -> None:
    response = await wire.post("/v1/messages", json=request("refuse", stream=stream))
    message = assembled(events(response.content)) if stream else response.json()
    assert (message["content"], message["stop_reason"]) == ([], "refusal")
    assert message["stop_details"]["type"] == "refusal"
    assert message["stop_details"]["category"] and message["stop_details"]["explanation"]


@pytest.mark.parametrize("stream", [False, True])
async def test_separators_are_sent_as_they_are(wire: httpx.AsyncClient, stream: bool) -> None:
    response = await wire.post("/v1/messages", json=request("separators", stream=stream))
    assert "\u2028".encode() in response.content and "\u0085".encode() in response.content
    message = assembled(events(response.content)) if stream else response.json()
    text = message["content"][0]["text"]
    assert "\u2028" in text and "\u0085" in text and "\n" in text


async def test_counting_the_tokens_of_agreed_words_just_counts(wire: httpx.AsyncClient) -> None:
    for word in ("status 529", "flaky x", "cut short"):
        body = {"model": "claude-sonnet-5", "messages": request(word)["messages"]}
        response = await wire.post("/v1/messages/count_tokens", json=body)
        assert response.json()["input_tokens"] > 0


@pytest.mark.parametrize("word", sorted(AGREED_WORDS.keys() - {"think", "slow"}))
async def test_the_table_holds_words_that_act(socket_wire: httpx.AsyncClient, word: str) -> None:
    prompt = word.replace("NNN", "418").replace("WORD", "word")
    try:
        response = await socket_wire.post("/v1/messages", json=request(prompt))
    except httpx.RemoteProtocolError:
        return
    assert "You wrote" not in response.text
