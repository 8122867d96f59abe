import httpx
import pytest

from tests.sandbox.wire import NEWER, refused, request

USER = {"role": "user", "content": "hello"}
ASSISTANT = {"role": "assistant", "content": "hi"}
USE = {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "f", "input": {}}]}
RESULT = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "3"}]}
NEW = "claude-sonnet-5"


async def _said(wire: httpx.AsyncClient, *turns: object, **more: object) -> str:
    status, _, message = await refused(wire, request(messages=list(turns), **more))
    assert status == 400
    return message


async def _is_fine(wire: httpx.AsyncClient, *turns: object, **more: object) -> None:
    response = await wire.post("/v1/messages", json=request(messages=list(turns), **more))
    assert response.status_code == 200, response.text


def _text(role: str, *texts: str) -> dict[str, object]:
    return {"role": role, "content": [{"type": "text", "text": text} for text in texts]}


async def test_there_has_to_be_a_turn_and_the_first_is_the_users(wire: httpx.AsyncClient) -> None:
    assert await _said(wire) == "messages: at least one message is required"
    assert await _said(wire, ASSISTANT, USER) == 'messages: first message must use the "user" role'


async def test_turns_of_one_role_may_follow_each_other(wire: httpx.AsyncClient) -> None:
    await _is_fine(wire, USER, USER, ASSISTANT, ASSISTANT, USER)


async def test_only_older_models_go_on_from_an_assistants_turn(wire: httpx.AsyncClient) -> None:
    await _is_fine(wire, USER, ASSISTANT)
    assert await _said(wire, USER, ASSISTANT, model="claude-opus-4-6") == (
        "This model does not support assistant message prefill. The conversation must end with a "
        "user message."
    )
    trailing = {"role": "assistant", "content": "so "}
    assert "trailing whitespace" in await _said(wire, USER, trailing)


@pytest.mark.parametrize("empty", ["", []])
async def test_an_empty_turn_spoils_every_later_request(wire: httpx.AsyncClient, empty: object) -> None:
    turn = {"role": "assistant", "content": empty}
    assert await _said(wire, USER, turn, USER) == (
        "messages.1: all messages must have non-empty content except for the optional final assistant message"
    )
    assert await _said(wire, {"role": "user", "content": empty}) == (
        "messages.0: user messages must have non-empty content"
    )


async def test_blocks_of_text_say_something(wire: httpx.AsyncClient) -> None:
    assert await _said(wire, _text("user", "a", "")) == ("messages: text content blocks must be non-empty")
    assert await _said(wire, _text("user", " \n")) == (
        "messages: text content blocks must contain non-whitespace text"
    )


async def test_system_turns_are_for_newer_models(wire: httpx.AsyncClient) -> None:
    system = {"role": "system", "content": "be kind"}
    assert (await _said(wire, system, USER)).startswith('messages: Unexpected role "system".')
    await _is_fine(wire, system, USER, model=NEW)


async def test_a_use_of_a_tool_and_its_result_belong_together(wire: httpx.AsyncClient) -> None:
    await _is_fine(wire, USER, USE, RESULT)
    await _is_fine(wire, USER, USE, RESULT, ASSISTANT, USER)
    assert (await _said(wire, USER, USE, USER)).startswith(
        "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: t1."
    )
    assert "t1" in await _said(wire, USER, USE)
    assert (await _said(wire, USER, ASSISTANT, RESULT)).startswith(
        "messages.2.content.0: unexpected `tool_use_id` found in `tool_result` blocks: t1."
    )
    assert "t1" in await _said(wire, RESULT)


async def test_thinking_goes_back_unchanged_or_not_at_all(wire: httpx.AsyncClient) -> None:
    response = await wire.post("/v1/messages", json=request("think"))
    thinking, text = response.json()["content"]
    await _is_fine(wire, USER, {"role": "assistant", "content": [thinking, text]}, USER)
    await _is_fine(wire, USER, {"role": "assistant", "content": [text]}, USER)
    edited = {**thinking, "thinking": thinking["thinking"] + "!"}
    turn = {"role": "assistant", "content": [edited, text]}
    assert await _said(wire, USER, turn, USER) == (
        "messages.1.content.0: Invalid `signature` in `thinking` block"
    )
    await _is_fine(wire, USER, turn, USER, ASSISTANT, USER)


async def test_hidden_thinking_goes_back_too(wire: httpx.AsyncClient) -> None:
    response = await wire.post("/v1/messages", json=request(model="claude-opus-5-5"))
    thinking, text = response.json()["content"]
    assert thinking["thinking"] == "" and thinking["signature"]
    turn = {"role": "assistant", "content": [thinking, text]}
    await _is_fine(wire, USER, turn, USER, model="claude-opus-5-5")


@pytest.mark.parametrize(
    ("turns", "said"),
    [
        (
            [
                USER,
                {
                    "role": "assistant",
                    "content": [{"type": "document", "source": {"type": "text", "data": "x"}}],
                },
                USER,
            ],
            "messages.1.content.0: `document` blocks are not permitted in assistant messages",
        ),
        (
            [{"role": "user", "content": [{"type": "text", "text": "x", "citations": [{"a": 1}]}]}],
            "messages.0.content.0.text.citations: Extra inputs are not permitted",
        ),
    ],
)
async def test_the_newer_version_is_stricter(wire: httpx.AsyncClient, turns: list[object], said: str) -> None:
    body = request(messages=turns)
    assert (await wire.post("/v1/messages", json=body)).status_code == 200
    assert (await refused(wire, body, headers=NEWER))[2] == said


async def test_an_image_of_no_known_source_is_refused_whatever_it_says(wire: httpx.AsyncClient) -> None:
    image = {"type": "image", "source": {"type": ["base64"]}}
    message = await _said(wire, {"role": "user", "content": [image]})
    assert "does not match any of the expected tags: 'base64', 'file', 'url'" in message
