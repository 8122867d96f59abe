import json
import math

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.wire import NEWER, UNHURRIED, refused, request
from tui_app.sandbox.errors import ApiError
from tui_app.sandbox.requests import VERSIONS, SamplingMessageRequest, read_message_request

HELLO = [{"role": "user", "content": "hello"}]


def _message(body: object, version: str = VERSIONS[0], beta: bool = False) -> str:
    with pytest.raises(ApiError) as caught:
        read_message_request(json.dumps(body).encode(), version, beta)
    assert caught.value.status == 400
    return caught.value.message


@pytest.mark.parametrize("missing", ["model", "max_tokens", "messages"])
def test_what_is_missing_is_named(missing: str) -> None:
    body = request()
    del body[missing]
    assert _message(body) == f"{missing}: Field required"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("max_tokens", "5", "max_tokens: Input should be a valid integer"),
        ("max_tokens", True, "max_tokens: Input should be a valid integer"),
        ("max_tokens", -1, "max_tokens: Input should be greater than or equal to 0"),
        ("temperature", 1.5, "temperature: Input should be less than or equal to 1"),
        ("top_k", 0.5, "top_k: Input should be a valid integer"),
        ("nonsense", 1, "nonsense: Extra inputs are not permitted"),
        ("metadata", {"name": "x"}, "metadata.name: Extra inputs are not permitted"),
        ("stream", "yes", "stream: Input should be a valid boolean"),
        (
            "thinking",
            {"type": "enabled", "budget_tokens": 1},
            "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
        ),
        ("thinking", {"type": "enabled"}, "thinking.enabled.budget_tokens: Field required"),
        ("system", [{"type": "text"}], "system.0.text: Field required"),
        (
            "messages",
            [{"role": "user", "content": [{"type": "text", "text": "x", "name": "y"}]}],
            "messages.0.content.0.text.name: Extra inputs are not permitted",
        ),
        (
            "messages",
            [{"role": "robot", "content": "x"}],
            "messages.0.role: Input should be 'user', 'assistant' or 'system'",
        ),
        ("messages", "hello", "messages: Input should be a valid list"),
        (
            "tools",
            [{"name": "with space", "input_schema": {"type": "object"}}],
            "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
        ),
    ],
)
def test_what_is_wrong_is_named_by_its_path(field: str, value: object, message: str) -> None:
    got = _message(request(**{field: value}))
    assert got.startswith(message)


@pytest.mark.parametrize("name", ["temperature", "top_p", "top_k"])
def test_the_newer_version_knows_no_sampling_even_at_its_defaults(name: str) -> None:
    assert _message(request(**{name: 1}), VERSIONS[1]) == f"{name}: Extra inputs are not permitted"


def test_beta_fields_come_with_a_beta_header_only() -> None:
    body = request(context_management={"edits": []})
    assert _message(body) == "context_management: Extra inputs are not permitted"
    read_message_request(json.dumps(body).encode(), VERSIONS[0], beta=True)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[" * 5_000, b'{"max_tokens": NaN}', b'{"model": "\\ud800"}']
)
def test_what_is_no_json_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(ApiError, match="not valid JSON"):
        read_message_request(body, VERSIONS[0], beta=False)


@pytest.mark.parametrize("body", [b"[]", b"null", b"3", b'"text"'])
def test_json_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(ApiError, match="should be a JSON object"):
        read_message_request(body, VERSIONS[0], beta=False)


def test_text_is_read_from_strings_and_blocks_alike() -> None:
    blocks = [{"type": "text", "text": "hello"}, {"type": "text", "text": "there"}]
    body = request(messages=[{"role": "user", "content": blocks}], system="be kind")
    read = read_message_request(json.dumps(body).encode(), VERSIONS[0], beta=False)
    assert (read.prompt, read.system_text) == ("hello\nthere", "be kind")


def test_the_prompt_is_that_of_the_last_user_turn() -> None:
    turns = [*HELLO, {"role": "assistant", "content": "hi"}, {"role": "user", "content": "bye"}]
    body = request(messages=[*turns, {"role": "system", "content": "be brief"}])
    assert read_message_request(json.dumps(body).encode(), VERSIONS[1], False).prompt == "bye"


async def test_the_error_goes_out_as_such(wire: httpx.AsyncClient) -> None:
    assert await refused(wire, request(temperature=1), headers=NEWER) == (
        400,
        "invalid_request_error",
        "temperature: Extra inputs are not permitted",
    )


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=5,
)
_FIELDS = st.sampled_from(sorted(SamplingMessageRequest.model_fields))


@UNHURRIED
@given(st.dictionaries(_FIELDS, _JSON, max_size=4), st.sampled_from(VERSIONS))
def test_any_json_is_read_or_refused(changes: dict[str, object], version: str) -> None:
    body = json.dumps(request(**changes)).encode()
    try:
        read = read_message_request(body, version, beta=False)
    except ApiError as error:
        assert error.status == 400 and error.message
    else:
        assert read.max_tokens >= 0
        temperature = read.sampling.temperature
        assert temperature is None or not math.isnan(temperature)
