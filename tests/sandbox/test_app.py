import re

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.wire import NEWER, QUICK, UNHURRIED, client, refused, request
from tui_app.sandbox.settings import SandboxSettings

ID = re.compile(r"req_01[0-9A-Za-z]{22}")


async def test_an_answer_has_the_shape_of_a_message(wire: httpx.AsyncClient) -> None:
    response = await wire.post("/v1/messages", json=request())
    message = response.json()
    assert re.fullmatch(r"msg_01[0-9A-Za-z]{22}", message["id"])
    assert (message["type"], message["role"]) == ("message", "assistant")
    assert message["model"] == "claude-haiku-4-5-20251001"
    assert (message["stop_reason"], message["stop_sequence"]) == ("end_turn", None)
    assert [block["type"] for block in message["content"]] == ["text"]
    assert message["usage"]["input_tokens"] > 0 and message["usage"]["output_tokens"] > 0


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/v1/models", 200, ""),
        ("POST", "/v1/messages", 400, "invalid_request_error"),
        ("GET", "/v1/messages", 405, "invalid_request_error"),
        ("DELETE", "/v1/models", 405, "invalid_request_error"),
        ("GET", "/", 404, "not_found_error"),
        ("POST", "/v1/messages/", 404, "not_found_error"),
        ("POST", "/v1/complete", 404, "not_found_error"),
    ],
)
async def test_every_answer_is_json_and_has_an_id_of_its_own(
    wire: httpx.AsyncClient, method: str, path: str, status: int, kind: str
) -> None:
    responses = [await wire.request(method, path) for _ in range(2)]
    ids = {response.headers["request-id"] for response in responses}
    assert len(ids) == 2 and all(ID.fullmatch(request_id) for request_id in ids)
    for response in responses:
        assert response.status_code == status
        assert response.headers["content-type"] == "application/json"
        assert response.headers["anthropic-organization-id"]
        if kind:
            assert response.json()["error"]["type"] == kind
            assert response.json()["request_id"] == response.headers["request-id"]


async def test_limits_go_down_with_every_message_whatever_becomes_of_it() -> None:
    async with client(SandboxSettings(requests_per_minute=10, first_token_delay=0)) as wire:
        left = []
        for prompt in ("briefly", "status 500", "status 400"):
            response = await wire.post("/v1/messages", json=request(prompt))
            left.append(response.headers["anthropic-ratelimit-requests-remaining"])
        assert left == ["9", "8", "7"]
        for name in ("requests", "tokens", "input-tokens", "output-tokens"):
            reset = response.headers[f"anthropic-ratelimit-{name}-reset"]
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", reset)


async def test_a_stream_has_the_headers_too(wire: httpx.AsyncClient) -> None:
    response = await wire.post("/v1/messages", json=request(stream=True))
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert ID.fullmatch(response.headers["request-id"])
    assert "anthropic-ratelimit-requests-remaining" in response.headers


async def test_over_the_limit_is_a_429_with_whole_seconds_to_wait() -> None:
    async with client(SandboxSettings(requests_per_minute=2, first_token_delay=0)) as wire:
        for _ in range(2):
            assert (await wire.post("/v1/messages", json=request())).status_code == 200
        response = await wire.post("/v1/messages", json=request(stream=True))
        counted = await wire.post(
            "/v1/messages/count_tokens",
            json={"model": "claude-sonnet-5", "messages": request()["messages"]},
        )
    assert response.status_code == 429
    assert response.json()["error"]["type"] == "rate_limit_error"
    assert 1 <= int(response.headers["retry-after"]) <= 30
    assert response.headers["anthropic-ratelimit-requests-remaining"] == "0"
    assert counted.status_code == 200


async def test_asking_for_no_tokens_gives_none(wire: httpx.AsyncClient) -> None:
    message = (await wire.post("/v1/messages", json=request(max_tokens=0))).json()
    assert (message["content"], message["stop_reason"]) == ([], "max_tokens")
    assert message["usage"]["output_tokens"] == 0


async def test_counting_refuses_what_a_message_would(wire: httpx.AsyncClient) -> None:
    path = "/v1/messages/count_tokens"
    hello = [{"role": "user", "content": "hello"}]
    for body, status in (
        ({"model": "nobody", "messages": hello}, 404),
        ({"model": "claude-sonnet-5", "messages": []}, 400),
        ({"model": "claude-sonnet-5", "messages": hello, "max_tokens": 3}, 400),
        ({"model": "claude-sonnet-5", "messages": hello, "system": "be kind"}, 200),
    ):
        assert (await wire.post(path, json=body)).status_code == status


async def test_the_same_request_has_the_same_text_and_another_id(wire: httpx.AsyncClient) -> None:
    one, other = [(await wire.post("/v1/messages", json=request())).json() for _ in range(2)]
    assert (one["content"], one["usage"]) == (other["content"], other["usage"])
    assert one["id"] != other["id"]


async def test_sandboxes_of_different_keys_keep_apart() -> None:
    async with client(SandboxSettings(key="sandbox-another")) as wire:
        assert (await refused(wire, request()))[0] == 401


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)


@UNHURRIED
@given(_TEXT.map("Count {}".format), st.sampled_from([{}, NEWER]))
async def test_usage_agrees_with_counting(prompt: str, headers: dict[str, str]) -> None:
    body = request(prompt, model="claude-sonnet-5", system="Be kind.")
    countable = {name: body[name] for name in ("model", "messages", "system")}
    async with client(QUICK) as wire:
        message = await wire.post("/v1/messages", json=body, headers=headers)
        counted = await wire.post("/v1/messages/count_tokens", json=countable, headers=headers)
    assert counted.json() == {"input_tokens": message.json()["usage"]["input_tokens"]}
