"""A chat body becomes the request that Elasticsearch makes of it, or is refused with its words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from tests.core.bodies import body
from tests.core.chat_bodies import HOSTILE, USER, WEATHER, call, chat
from tui_app.core.elastic_errors import Refused
from tui_app.core.endpoint import Endpoint
from tui_app.core.unified_request import ChatBody

SETTINGS = {"max_tokens": 10, "temperature": 0.1, "top_p": 0.2, "top_k": 3}
ENDPOINT = Endpoint.parse("mine", body(task_settings=SETTINGS))[0]
PLAIN = Endpoint.parse("plain", body(task_settings={"max_tokens": 10}))[0]
MODEL = ENDPOINT.model


def sent(whole: dict[str, Any], endpoint: Endpoint = PLAIN, *, stream: bool = True) -> dict[str, Any]:
    """What the service is asked, as it goes over the wire."""
    request = ChatBody.parse(whole).request(stream=stream)
    told = json.loads(json.dumps(request.body(endpoint), default=dict))
    assert isinstance(told, dict)
    return told


def refusal(whole: object) -> tuple[str, str]:
    """Type and reason of the refusal of a body."""
    with pytest.raises(Refused) as caught:
        ChatBody.parse(whole).request(stream=True)  # type: ignore[arg-type]
    assert caught.value.error.status == 400
    return caught.value.error.type, caught.value.error.reason


def test_the_shortest_body_gives_model_messages_stream_and_max_tokens() -> None:
    told = sent(chat())
    assert told == {"model": MODEL, "messages": [USER], "stream": True, "max_tokens": 10}
    assert sent(chat(), stream=False)["stream"] is False


def test_everything_is_sent_in_elasticsearchs_order_and_the_body_wins_over_the_endpoint() -> None:
    told = sent(
        chat(
            {"role": "system", "content": "be brief"},
            USER,
            {"role": "system", "content": [{"type": "text", "text": "be kind"}]},
            model="another",
            max_completion_tokens=7,
            stop=["END"],
            temperature=0.5,
            top_p=0.6,
            tools=[WEATHER],
            tool_choice="required",
        ),
        ENDPOINT,
    )
    assert told["system"] == [{"type": "text", "text": "be brief"}, {"type": "text", "text": "be kind"}]
    assert list(told) == [
        *("model", "system", "messages", "stop_sequences", "temperature", "top_p", "top_k"),
        *("tool_choice", "tools", "stream", "max_tokens"),
    ]
    assert (told["model"], told["max_tokens"], told["stop_sequences"]) == ("another", 7, ["END"])
    assert (told["temperature"], told["top_p"], told["top_k"]) == (0.5, 0.6, 3)


def test_what_the_body_leaves_out_comes_from_the_endpoint() -> None:
    told = sent(chat(), ENDPOINT)
    assert {name: told[name] for name in SETTINGS} == SETTINGS


def test_numbers_as_text_and_single_elements_are_taken_as_elasticsearch_takes_them() -> None:
    told = sent(
        {"messages": USER, "temperature": "0.5", "top_p": 1, "max_completion_tokens": "12", "stop": "x"}
    )
    assert (told["temperature"], told["top_p"], told["max_tokens"]) == (0.5, 1.0, 12)
    assert (told["stop_sequences"], told["messages"]) == (["x"], [USER])


def test_reasoning_is_checked_and_not_sent() -> None:
    assert "reasoning" not in sent(chat(reasoning={"effort": "HIGH", "exclude": "true"}))
    assert "[effort, enabled]" in refusal(chat(reasoning={}))[1]
    assert "[enabled] is false" in refusal(chat(reasoning={"enabled": False}))[1]
    assert "Unrecognized type [huge] in object [effort]" in refusal(chat(reasoning={"effort": "huge"}))[1]


PARSE = "x_content_parse_exception"


@pytest.mark.parametrize(
    ("whole", "kind", "words"),
    [
        ({}, "illegal_argument_exception", "Required [messages]"),
        (
            {"messages": []},
            "action_request_validation_exception",
            "Validation Failed: 1: Field [messages] cannot be an empty array;",
        ),
        ([], PARSE, "[UnifiedCompletionRequest] Expected START_OBJECT but was: START_ARRAY"),
        ({"messages": None}, PARSE, "messages doesn't support values of type: VALUE_NULL"),
        (chat(foo=1), PARSE, "[UnifiedCompletionRequest] unknown field [foo]"),
        (chat(max_tokens=1), PARSE, "[UnifiedCompletionRequest] unknown field [max_tokens]"),
        (chat(stream=True), PARSE, "[UnifiedCompletionRequest] unknown field [stream]"),
        (chat(model=5), PARSE, "model doesn't support values of type: VALUE_NUMBER"),
        (chat(model=None), PARSE, "model doesn't support values of type: VALUE_NULL"),
        (chat(temperature=True), PARSE, "temperature doesn't support values of type: VALUE_BOOLEAN"),
        (chat(temperature="warm"), PARSE, "failed to parse field [temperature]"),
        (chat(temperature=10**400), PARSE, "failed to parse field [temperature]"),
        (chat(max_completion_tokens=1.5), PARSE, "without data loss"),
        (chat(max_completion_tokens=2**63), PARSE, "out of range for a long"),
        (chat({"content": "x"}), PARSE, "failed to parse field [messages]: Required [role]"),
        (chat({**USER, "name": "me"}), PARSE, "[Message] unknown field [name]"),
        (chat(stop=5), PARSE, "stop doesn't support values of type: VALUE_NUMBER"),
        (chat(tools=5), PARSE, "tools doesn't support values of type: VALUE_NUMBER"),
        (chat(tool_choice={"type": "function"}), PARSE, "field [tool_choice]: Required [function]"),
        (chat(tool_choice="maybe"), "status_exception", "Unsupported tool_choice value [maybe]"),
        (chat({"role": "pirate", "content": "x"}), "status_exception", "Unsupported role [pirate]"),
        (chat({"role": "tool", "content": "x"}), "status_exception", "Field [tool_call_id] is required"),
    ],
)
def test_a_body_that_elasticsearch_refuses_is_refused_with_its_type_and_words(
    whole: object, kind: str, words: str
) -> None:
    told = refusal(whole)
    assert told[0] == kind
    assert words in told[1]


@given(HOSTILE)
def test_a_hostile_body_becomes_a_request_or_is_refused_with_400(whole: object) -> None:
    try:
        request = ChatBody.parse(whole).request(stream=True)  # type: ignore[arg-type]
    except Refused as error:
        assert error.error.status == 400
        assert len(error.error.reason) < 1_000
        error.error.reason.encode()
    else:
        assert request.body(PLAIN)["messages"] is request.messages


def test_a_refusal_names_line_and_column_of_the_member() -> None:
    with pytest.raises(Refused, match=r"^\[3:foo\] \[Unified"):
        ChatBody.parse(chat(foo=1), where=lambda name: f"3:{name}")


def test_a_prompt_is_a_chat_of_one_message() -> None:
    request = ChatBody.of_prompt("how big").request(stream=True)
    assert request.messages == ({"content": "how big", "role": "user"},)


def test_calls_and_results_of_tools_go_back_as_blocks() -> None:
    told = sent(
        chat(
            USER,
            {"role": "assistant", "content": "Looking.", "tool_calls": [call(), call("", "c2")]},
            {"role": "tool", "tool_call_id": "c1", "content": "rain"},
            {"role": "tool", "tool_call_id": "c2", "content": [{"type": "text", "text": "sun"}]},
        )
    )
    rain, sun = {"type": "text", "text": "rain"}, {"type": "text", "text": "sun"}
    assert told["messages"][1:] == [
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "Looking."},
                {"type": "tool_use", "id": "c1", "name": "weather", "input": {"city": "Oslo"}},
                {"type": "tool_use", "id": "c2", "name": "weather", "input": {}},
            ],
        },
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1", "content": [rain]}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c2", "content": [sun]}]},
    ]


@pytest.mark.parametrize("element", [5, {}, USER])
def test_more_messages_than_the_messages_api_takes_are_refused_at_the_first_look(element: object) -> None:
    assert "at most 100000 elements" in refusal({"messages": [element] * 100_001})[1]


def test_only_the_first_of_many_faults_is_looked_at() -> None:
    calls = {"role": "assistant", "tool_calls": [{}] * 40_000}
    assert "[Message] failed to parse field [tool_calls]: Required [id]" in refusal(chat(calls, calls))[1]


@pytest.mark.parametrize("array", ["content", "tool_calls", "reasoning_details"])
def test_more_parts_of_all_messages_together_than_memory_is_for_are_not_looked_at(array: str) -> None:
    half = {"role": "assistant", array: [5] * 50_001}
    assert "at most 100000 parts" in refusal(chat(half, half))[1]
