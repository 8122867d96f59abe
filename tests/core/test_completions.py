"""Bodies of completions: taken and refused as Elasticsearch does, and what the service is sent for them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.bodies import JSON, endpoints
from tui_app.core.completions import CompletionBody, CompletionRequest
from tui_app.core.elastic_errors import PARSE, REQUEST, Refused
from tui_app.core.endpoint import Endpoint
from tui_app.core.jsons import JsonObject, JsonValue


def read(body: JsonObject) -> CompletionBody:
    return CompletionBody.parse(body, lambda name: "1:2")


@given(endpoints(), JSON, st.dictionaries(st.text(max_size=12), JSON, max_size=4))
def test_a_completion_is_taken_or_refused(endpoint: Endpoint, text: Any, settings: JsonObject) -> None:  # noqa: ANN401
    body: JsonObject = {"input": text, "task_settings": settings}
    try:
        asked = read(body)
        asked.check("completion")
        sent = CompletionRequest(asked.prompt).body(asked.effective(endpoint))
    except Refused as refused:
        assert refused.error.status == 400
        return
    assert sent["messages"] == ({"role": "user", "content": asked.prompt},)


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
    asked = read({"input": ["a"], "task_settings": settings})
    chosen = asked.effective(endpoint).task_settings
    assert (chosen.max_tokens, chosen.temperature, chosen.top_k) == (7, 0.5, 2)


@pytest.mark.parametrize(
    ("given", "prompt"), [("a", "a"), (["a"], "a"), ([5], "5"), ([1.5], "1.5"), ([True], "true"), ("", "")]
)
def test_a_prompt_is_a_text_or_one_value_in_an_array(given: JsonValue, prompt: str) -> None:
    assert read({"input": given}).prompt == prompt


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"input": 5}, "input doesn't support values of type: VALUE_NUMBER"),
        ({"input": True}, "input doesn't support values of type: VALUE_BOOLEAN"),
        ({"input": None}, "input doesn't support values of type: VALUE_NULL"),
        ({"input": {}}, "input doesn't support values of type: START_OBJECT"),
        ({"input": [None]}, "failed to parse field [input]: Can't get text on a VALUE_NULL"),
        ({"input": [["a"]]}, "failed to parse field [input]: Can't get text on a START_ARRAY"),
        ({"input": "a", "task_settings": None}, "task_settings doesn't support values of type: VALUE_NULL"),
        ({"input": "a", "task_settings": []}, "task_settings doesn't support values of type: START_ARRAY"),
        ({"input": "a", "query": 5}, "query doesn't support values of type: VALUE_NUMBER"),
        ({"input": "a", "top_n": None}, "top_n doesn't support values of type: VALUE_NULL"),
        ({"input": "a", "top_n": "x"}, "failed to parse field [top_n]: "),
        ({"input": "a", "return_documents": 1}, "return_documents doesn't support values of type: VALUE_N"),
        (
            {"input": "a", "input_type": "odd"},
            "failed to parse field [input_type]: Unrecognized input_type [odd]",
        ),
        ({"input": "a", "foo": 1}, "unknown field [foo]"),
    ],
)
def test_a_body_that_cannot_be_parsed_says_which_field(body: JsonObject, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        read(body)
    assert refused.value.error.type == PARSE
    assert str(refused.value).startswith(f"[1:2] [cluster:internal/xpack/inference] {reason}")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "Field [input] cannot be null"),
        ({"input": [], "top_n": 1}, "Field [input] cannot be an empty array"),
        ({"input": "a", "top_n": 1}, "Field [top_n] cannot be specified for task type [completion]"),
        (
            {"input": "a", "top_n": 1, "return_documents": False},
            "Field [return_documents] cannot be specified for task type [completion]",
        ),
        (
            {"input": "a", "input_type": "search"},
            "Field [input_type] cannot be specified for task type [completion]",
        ),
    ],
)
def test_what_no_completion_has_is_told_one_after_another(body: JsonObject, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        read(body).check("completion")
    assert (refused.value.error.type, str(refused.value)) == (REQUEST, f"Validation Failed: 1: {reason};")


@pytest.mark.parametrize(
    ("task", "more"),
    [
        ("any", {"top_n": 1, "return_documents": True, "input_type": "search"}),
        ("completion", {"query": "q", "input_type": "Unspecified", "timeout": "5s"}),
    ],
)
def test_what_says_nothing_to_a_completion_is_passed_over(task: str, more: JsonObject) -> None:
    body = read({"input": "a", **more})
    body.check(task)
    assert body.prompt == "a"
