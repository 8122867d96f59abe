"""Bodies at Elasticsearch's door: what is taken comes back as it was, what is not is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.bodies import endpoints
from tui_app.core.completions import CompletionRequest, check_fields, read_completion
from tui_app.core.elastic_bodies import check_update, read_put, read_update, told
from tui_app.core.elastic_errors import Refused
from tui_app.core.endpoint import Endpoint
from tui_app.core.jsons import JsonObject

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["service", "service_settings", "task_settings", "task_type", "input", "local"])


def put_body(endpoint: Endpoint) -> dict[str, Any]:
    body: dict[str, Any] = endpoint.body()
    return {**body, "service_settings": {**body["service_settings"], "api_key": "k"}}


@given(endpoints(), st.sampled_from(["completion", "chat_completion"]))
def test_what_was_put_is_told_without_its_key(endpoint: Endpoint, task: str) -> None:
    read, key = read_put(endpoint.inference_id, task, put_body(endpoint))
    assert key.get_secret_value() == "k"
    assert told(read) == {"inference_id": endpoint.inference_id, "task_type": task, **endpoint.body()}


@given(endpoints())
def test_an_update_that_says_what_is_there_changes_nothing(endpoint: Endpoint) -> None:
    body = {name: value for name, value in endpoint.body().items() if name != "service"}
    check_update(body)
    assert read_update(endpoint, "any", body) == (endpoint, None)


@given(endpoints(), st.dictionaries(NAMES | st.text(max_size=4), JSON, max_size=5), st.booleans())
def test_nothing_but_a_refusal_comes_of_anything_else(
    endpoint: Endpoint, body: JsonObject, is_update: bool
) -> None:
    try:
        if is_update:
            check_update(body)
            read_update(endpoint, "any", body)
        else:
            read_put("mine", "completion", body)
    except Refused as refused:
        assert refused.error.status == 400
        assert refused.error.reason


@given(endpoints(), JSON, st.dictionaries(st.text(max_size=12), JSON, max_size=4))
def test_a_completion_is_taken_or_refused(endpoint: Endpoint, text: Any, settings: JsonObject) -> None:  # noqa: ANN401
    body: JsonObject = {"input": text, "task_settings": settings}
    try:
        check_fields(body, lambda name: "1:1")
        asked = read_completion(body, "completion")
        sent = CompletionRequest(asked.input).body(asked.effective(endpoint))
    except Refused as refused:
        assert refused.error.status == 400
        return
    assert sent["messages"] == ({"role": "user", "content": asked.input},)


@pytest.mark.parametrize("streamed", [True, False])
def test_the_service_is_sent_elasticsearchs_fields_in_its_order(streamed: bool) -> None:
    task = {"top_k": 3, "top_p": 1, "temperature": 1, "max_tokens": 5}
    settings = {"model_id": "m"}
    body: JsonObject = {"service": "anthropic", "service_settings": settings, "task_settings": task}
    endpoint, _ = Endpoint.parse("mine", body)
    sent = CompletionRequest("", streamed).body(endpoint)
    order = ["messages", "model", "max_tokens", "temperature", "top_p", "top_k"]
    assert list(sent) == order + (["stream"] if streamed else [])
    assert isinstance(sent["temperature"], float)


def test_settings_of_one_request_win_and_null_leaves_the_endpoints_own() -> None:
    settings: JsonObject = {"max_tokens": 7, "temperature": None, "unknown": {"x": 1}, "top_k": 2}
    body: JsonObject = {
        "service": "anthropic",
        "service_settings": {"model_id": "m"},
        "task_settings": {"max_tokens": 5, "temperature": 0.5},
    }
    endpoint, _ = Endpoint.parse("mine", body)
    asked = read_completion({"input": ["a"], "task_settings": settings}, "any")
    chosen = asked.effective(endpoint).task_settings
    assert (chosen.max_tokens, chosen.temperature, chosen.top_k) == (7, 0.5, 2)
