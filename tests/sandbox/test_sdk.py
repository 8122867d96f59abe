"""The official SDK against a sandbox on a port."""

import base64
from collections.abc import AsyncIterator, Iterator

import anthropic
import httpx2
import pytest
import pytest_asyncio
from anthropic.types import ImageBlockParam, MessageParam, TextBlockParam, ToolParam

from tests.pictures import png
from tui_app.sandbox.server import SandboxServer

MODEL = "claude-sonnet-5"
TOOL: ToolParam = {
    "name": "get_weather",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}},
}


@pytest_asyncio.fixture
async def sdk(server: SandboxServer) -> AsyncIterator[anthropic.AsyncAnthropic]:
    async with anthropic.AsyncAnthropic(base_url=server.url, api_key=server.key, max_retries=0) as sdk:
        yield sdk


def _user(prompt: str) -> list[MessageParam]:
    return [{"role": "user", "content": prompt}]


async def test_a_message_and_a_stream_are_the_same(sdk: anthropic.AsyncAnthropic) -> None:
    message = await sdk.messages.create(model=MODEL, max_tokens=500, messages=_user("hello"))
    async with sdk.messages.stream(model=MODEL, max_tokens=500, messages=_user("hello")) as stream:
        text = "".join([piece async for piece in stream.text_stream])
        final = await stream.get_final_message()
    assert stream.request_id and stream.request_id.startswith("req_")
    assert message.content[0].type == "text" and message.content[0].text == text
    assert (final.stop_reason, final.model) == (message.stop_reason, message.model)
    assert final.usage.output_tokens == message.usage.output_tokens
    assert final.usage.input_tokens == message.usage.input_tokens


async def test_counting_agrees_with_usage(sdk: anthropic.AsyncAnthropic) -> None:
    message = await sdk.messages.create(model=MODEL, max_tokens=50, messages=_user("hello"))
    counted = await sdk.messages.count_tokens(model=MODEL, messages=_user("hello"))
    assert counted.input_tokens == message.usage.input_tokens


async def test_a_conversation_goes_on_with_thinking_and_tools(
    sdk: anthropic.AsyncAnthropic,
) -> None:
    turns = _user("think")
    async with sdk.messages.stream(model=MODEL, max_tokens=500, messages=turns) as stream:
        first = await stream.get_final_message()
    assert [block.type for block in first.content] == ["thinking", "text"]
    turns += [first.to_param(), {"role": "user", "content": "use a tool"}]
    async with sdk.messages.stream(model=MODEL, max_tokens=500, messages=turns, tools=[TOOL]) as stream:
        second = await stream.get_final_message()
    use = second.content[-1]
    assert use.type == "tool_use" and use.input == {"city": "sandbox"}
    result: MessageParam = {
        "role": "user",
        "content": [{"type": "tool_result", "tool_use_id": use.id, "content": "rain"}],
    }
    turns += [second.to_param(), result]
    third = await sdk.messages.create(model=MODEL, max_tokens=500, messages=turns, tools=[TOOL])
    assert third.stop_reason == "end_turn"


async def test_every_model_is_found_page_after_page(sdk: anthropic.AsyncAnthropic) -> None:
    ids = [model.id async for model in sdk.models.list(limit=5)]
    assert len(ids) == len(set(ids)) > 20
    assert (await sdk.models.retrieve("claude-haiku-4-5")).id in ids
    retired = [model.lifecycle async for model in sdk.models.list(lifecycle=["retired"])]
    assert retired and set(retired) == {"retired"}


def _errors() -> Iterator[tuple[int, type[anthropic.APIStatusError]]]:
    yield 400, anthropic.BadRequestError
    yield 401, anthropic.AuthenticationError
    yield 403, anthropic.PermissionDeniedError
    yield 404, anthropic.NotFoundError
    yield 409, anthropic.ConflictError
    yield 429, anthropic.RateLimitError
    yield 500, anthropic.InternalServerError
    yield 529, anthropic.APIStatusError


@pytest.mark.parametrize(("status", "error"), list(_errors()))
async def test_each_status_is_its_own_error(
    sdk: anthropic.AsyncAnthropic, status: int, error: type[anthropic.APIStatusError]
) -> None:
    with pytest.raises(error) as caught:
        await sdk.messages.create(model=MODEL, max_tokens=9, messages=_user(f"status {status}"))
    assert caught.value.status_code == status
    assert caught.value.request_id and caught.value.request_id.startswith("req_")


async def test_an_error_in_mid_stream_comes_after_text(sdk: anthropic.AsyncAnthropic) -> None:
    text = ""
    with pytest.raises(anthropic.APIStatusError, match="overloaded_error"):
        async with sdk.messages.stream(
            model=MODEL, max_tokens=500, messages=_user("mid-stream error")
        ) as stream:
            async for piece in stream.text_stream:
                text += piece
    assert text.startswith("Sandbox:")


async def test_a_cut_stream_is_noticed(sdk: anthropic.AsyncAnthropic) -> None:
    with pytest.raises(httpx2.RemoteProtocolError):
        async with sdk.messages.stream(model=MODEL, max_tokens=500, messages=_user("cut short")) as stream:
            async for _ in stream.text_stream:
                pass


async def test_a_retry_is_answered(server: SandboxServer) -> None:
    async with anthropic.AsyncAnthropic(base_url=server.url, api_key=server.key, max_retries=1) as sdk:
        message = await sdk.messages.create(model=MODEL, max_tokens=50, messages=_user("flaky word"))
    assert message.stop_reason == "end_turn"
    assert [asked.prompt for asked in server.requests] == ["flaky word"] * 2


async def test_another_key_is_refused(server: SandboxServer) -> None:
    async with anthropic.AsyncAnthropic(base_url=server.url, api_key="sandbox-other") as sdk:
        with pytest.raises(anthropic.AuthenticationError):
            await sdk.messages.create(model=MODEL, max_tokens=9, messages=_user("hello"))


async def test_the_older_api_by_its_headers(server: SandboxServer) -> None:
    async with anthropic.AsyncAnthropic(
        base_url=server.url,
        api_key=server.key,
        max_retries=0,
        default_headers={"anthropic-version": "2023-06-01"},
    ) as sdk:
        message = await sdk.messages.create(
            model="claude-haiku-4-5",
            max_tokens=500,
            messages=_user("hello"),
            extra_body={"temperature": 0.2},
        )
        assert message.content[0].type == "text" and "temperature 0.2" in message.content[0].text


def _image(data: bytes, media_type: str = "image/png") -> ImageBlockParam:
    encoded = base64.b64encode(data).decode()
    return {"type": "image", "source": {"type": "base64", "media_type": media_type, "data": encoded}}  # type: ignore[typeddict-item]


async def test_an_image_is_described_and_counted_as_it_is_used(sdk: anthropic.AsyncAnthropic) -> None:
    file = '<file name="notes.txt">\none\ntwo\n</file>'
    messages: list[MessageParam] = [
        {
            "role": "user",
            "content": [
                _image(png(640, 480)),
                {"type": "text", "text": file},
                {"type": "text", "text": "look"},
            ],
        }
    ]
    answers = [await sdk.messages.create(model=MODEL, max_tokens=500, messages=messages) for _ in range(2)]
    texts = [block.text for each in answers for block in each.content if block.type == "text"]
    assert texts[0] == texts[1]
    assert "a wide image, PNG, 640 by 480 pixels" in texts[0]
    assert "the file “notes.txt”, 2 lines, 2 words, begins with “one two”" in texts[0]
    assert "You wrote “look”" in texts[0]
    counted = await sdk.messages.count_tokens(model=MODEL, messages=messages)
    assert counted.input_tokens == answers[0].usage.input_tokens
    assert counted.input_tokens > 640 * 480 // 750


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (_image(b"no image"), "Could not process image"),
        (_image(png(3, 3), "image/gif"), "the image appears to be a image/png image"),
        (_image(png(3, 3), "image/bmp"), "media_type: Input should be"),
        (_image(png(8_001, 3)), "exceed max allowed size: 8000 pixels"),
        (
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "%%"}},
            "process image",
        ),
        ({"type": "image", "source": {"type": "path"}}, "Input tag 'path'"),
    ],
)
async def test_an_image_that_is_none_is_refused_as_the_api_does(
    sdk: anthropic.AsyncAnthropic, block: ImageBlockParam, words: str
) -> None:
    with pytest.raises(anthropic.BadRequestError, match=r"messages\.0\.content\.0\.image\.source") as refused:
        await sdk.messages.create(model=MODEL, max_tokens=9, messages=[{"role": "user", "content": [block]}])
    assert words in refused.value.message


async def test_words_that_act_out_the_world_do_so_with_a_file_too(sdk: anthropic.AsyncAnthropic) -> None:
    content: list[TextBlockParam] = [
        {"type": "text", "text": '<file name="a">\nx\n</file>'},
        {"type": "text", "text": "status 418"},
    ]
    with pytest.raises(anthropic.APIStatusError) as refused:
        await sdk.messages.create(model=MODEL, max_tokens=9, messages=[{"role": "user", "content": content}])
    assert refused.value.status_code == 418
