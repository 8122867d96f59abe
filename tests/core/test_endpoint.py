"""What is an endpoint, and what is refused, where and why."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.bodies import body, endpoints
from tui_app.core.endpoint import Endpoint, base_of
from tui_app.core.errors import InvalidEndpoint
from tui_app.core.jsons import JsonObject
from tui_app.core.problems import Fault

KEY = "sk-ant-secret-123"


def problems(whole: object, inference_id: str = "mine") -> dict[str, str]:
    """The problems of a body by path."""
    with pytest.raises(InvalidEndpoint) as caught:
        Endpoint.parse(inference_id, whole)  # type: ignore[arg-type]
    return {problem.path: problem.message for problem in caught.value.problems}


def test_the_documented_example_is_an_endpoint_with_the_default_limit() -> None:
    settings = {"api_key": "<api_key>", "model_id": "<model_id>"}
    parsed, key = Endpoint.parse("anthropic_completion", body(service_settings=settings))
    assert parsed.limit == 50
    assert key is not None
    assert key.get_secret_value() == "<api_key>"
    assert parsed.body()["service_settings"] == {
        "model_id": "<model_id>",
        "rate_limit": {"requests_per_minute": 50},
    }


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"model_id": 5}, "must be text, not 5"),
        ({"model_id": "m", "rate_limit": "5"}, 'must be an object, not "5"'),
        ({"model_id": "m", "rate_limit": {"requests_per_minute": "5"}}, 'must be a whole number, not "5"'),
        ({"model_id": "m", "api_key": 5}, "must be text"),
        ([], "must be an object"),
    ],
)
def test_what_stood_there_is_told_as_text_or_as_a_number_and_never_a_key(
    settings: object, words: str
) -> None:
    assert words in problems(body(service_settings=settings)).values()


def test_all_problems_are_named_at_once_with_their_paths() -> None:
    found = problems(
        {
            "service": "openai",
            "service_settings": {"model_id": 3, "rate_limit": {"requests_per_minute": 0, "burst": 1}},
            "task_settings": {"max_tokens": "100", "top_k": 1.5},
            "chunking_settings": {},
        },
        "-a",
    )
    assert set(found) == {
        "inference_id",
        "service",
        "service_settings.model_id",
        "service_settings.rate_limit.requests_per_minute",
        "service_settings.rate_limit.burst",
        "task_settings.max_tokens",
        "task_settings.top_k",
        "chunking_settings",
    }


@pytest.mark.parametrize(
    ("task", "path"),
    [
        ({}, "task_settings.max_tokens"),
        (None, "task_settings.max_tokens"),
        ({"max_tokens": None}, "task_settings.max_tokens"),
        ({"max_tokens": 0}, "task_settings.max_tokens"),
        ({"max_tokens": -5}, "task_settings.max_tokens"),
        ({"max_tokens": True}, "task_settings.max_tokens"),
        ({"max_tokens": 1024.0}, "task_settings.max_tokens"),
        ({"max_tokens": "1024"}, "task_settings.max_tokens"),
        ({"max_tokens": 2**31}, "task_settings.max_tokens"),
        ({"max_tokens": 1, "temperature": "1.0"}, "task_settings.temperature"),
        ({"max_tokens": 1, "temperature": False}, "task_settings.temperature"),
        ({"max_tokens": 1, "temperature": float("nan")}, "task_settings.temperature"),
        ({"max_tokens": 1, "top_k": 3.0}, "task_settings.top_k"),
        ({"max_tokens": 1, "top_k": 2**31}, "task_settings.top_k"),
        ({"max_tokens": 1, "max": 1}, "task_settings.max"),
        ([], "task_settings"),
    ],
)
def test_a_wrong_task_setting_is_refused_by_its_path(task: object, path: str) -> None:
    assert set(problems(body(task_settings=task))) == {path}


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        (None, "service_settings"),
        ({}, "service_settings.model_id"),
        ({"model_id": ""}, "service_settings.model_id"),
        ({"model_id": "m", "api_key": ""}, "service_settings.api_key"),
        ({"model_id": "m", "api_key": 5}, "service_settings.api_key"),
        ({"model_id": "m", "api_key": "a\nb"}, "service_settings.api_key"),
        ({"model_id": "m", "url": "ftp://x"}, "service_settings.url"),
        ({"model_id": "m", "url": "https://user:secret@x"}, "service_settings.url"),
        ({"model_id": "m", "url": "http://x:99999"}, "service_settings.url"),
        ({"model_id": "m", "url": "https://x/?a=b"}, "service_settings.url"),
        ({"model_id": "m", "rate_limit": 5}, "service_settings.rate_limit"),
        (
            {"model_id": "m", "rate_limit": {"requests_per_minute": 2**63}},
            "service_settings.rate_limit.requests_per_minute",
        ),
        (
            {"model_id": "m", "rate_limit": {"requests_per_minute": "50"}},
            "service_settings.rate_limit.requests_per_minute",
        ),
    ],
)
def test_a_wrong_service_setting_is_refused_by_its_path(settings: object, path: str) -> None:
    assert set(problems(body(service_settings=settings))) == {path}


@pytest.mark.parametrize("whole", [None, [], "text", 5, {}])
def test_what_is_no_body_is_refused_in_words(whole: object) -> None:
    assert problems(whole)


def test_a_whole_number_is_taken_for_a_decimal_setting() -> None:
    parsed, _ = Endpoint.parse("a", body(task_settings={"max_tokens": 1, "temperature": 1}))
    assert json.dumps(parsed.body()["task_settings"]) == '{"max_tokens": 1, "temperature": 1.0}'


def test_values_outside_of_anthropics_ranges_are_storable_as_in_elasticsearch() -> None:
    task = {"max_tokens": 1, "temperature": -1.1, "top_p": 2.2, "top_k": -3}
    assert Endpoint.parse("a", body(task_settings=task))[0].body()["task_settings"] == task


def test_null_is_as_absent() -> None:
    settings = {"model_id": "m", "rate_limit": None, "url": None, "api_key": None}
    parsed, key = Endpoint.parse("a", body(service_settings=settings))
    assert (parsed.limit, parsed.service_settings.url, key) == (50, None, None)


def test_the_task_type_may_be_missing_and_is_read_as_elasticsearch_reads_it() -> None:
    assert Endpoint.parse("a", body(task_type=" COMPLETION"))[0].task_type == "completion"
    assert set(problems(body(task_type="rerank"))) == {"task_type"}


@pytest.mark.parametrize("bad", ["", "A", "-a", "a-", "a b", "ä", "a/b", ".a", "a\n", "x" * 241])
def test_an_id_outside_of_the_rule_is_refused(bad: str) -> None:
    assert set(problems(body(), bad)) == {"inference_id"}


@pytest.mark.parametrize("good", ["a", "0", "a_b-c.d", "a..b", "x" * 240])
def test_an_id_within_the_rule_is_taken(good: str) -> None:
    assert Endpoint.parse(good, body())[0].inference_id == good


def test_a_problem_never_quotes_a_key() -> None:
    misplaced = body(api_key=KEY, task_settings={"max_tokens": 1, "api_key": KEY})
    with pytest.raises(InvalidEndpoint) as caught:
        Endpoint.parse("a", misplaced)
    assert KEY not in str(caught.value) + repr(caught.value.problems)
    assert {p.fault for p in caught.value.problems} == {Fault.UNKNOWN}


@pytest.mark.parametrize(
    "changes",
    [
        {"service": KEY},
        {"service_settings": {"model_id": KEY}},
        {"task_settings": KEY},
        {"task_settings": {"max_tokens": KEY}},
        {"service_settings": {"model_id": "m", "rate_limit": [KEY]}},
        {"local": {"key": {"variable": KEY}}},
    ],
)
def test_a_key_in_the_place_of_another_value_is_not_quoted(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidEndpoint) as caught:
        Endpoint.parse("a", body(**changes))
    assert KEY[:12] not in str(caught.value) + repr(caught.value.problems)


def test_an_endpoint_never_holds_its_key() -> None:
    parsed, _ = Endpoint.parse("a", body(service_settings={"model_id": "m", "api_key": KEY}))
    assert KEY not in repr(parsed) + json.dumps(parsed.document())


@pytest.mark.parametrize(
    ("pasted", "base"),
    [
        ("https://api.anthropic.com/v1/messages", "https://api.anthropic.com"),
        ("https://api.anthropic.com/v1/", "https://api.anthropic.com"),
        ("https://h/anthropic", "https://h/anthropic"),
        ("https://openrouter.ai/api/v1", "https://openrouter.ai/api"),
        ("http://localhost:8000//", "http://localhost:8000"),
    ],
)
def test_a_pasted_url_becomes_its_base(pasted: str, base: str) -> None:
    assert base_of(pasted) == base


def test_an_endpoint_without_url_goes_where_the_environment_says() -> None:
    parsed, _ = Endpoint.parse("a", body())
    assert parsed.base_url("http://gateway/v1") == "http://gateway"


@given(endpoints())
def test_what_a_file_holds_is_read_back_as_the_same_endpoint(endpoint: Endpoint) -> None:
    document: Any = json.loads(json.dumps(endpoint.document()))
    assert Endpoint.parse(endpoint.inference_id, document) == (endpoint, None)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(_json, _json, _json)
def test_whatever_json_comes_it_is_an_endpoint_or_has_problems(whole: Any, some: Any, task: Any) -> None:  # noqa: ANN401
    for document in (whole, body(service_settings=some), body(task_settings=task, local=some)):
        try:
            parsed, _ = Endpoint.parse("a", document)
        except InvalidEndpoint as error:
            assert error.problems
        else:
            assert parsed.model


@pytest.mark.parametrize("typed", ["chat_completion", "CHAT_COMPLETION", " Chat_Completion "])
def test_a_chat_endpoint_comes_back_as_one(typed: str) -> None:
    endpoint, _ = Endpoint.parse("mine", body(task_type=typed))
    assert endpoint.task_type == "chat_completion"
    assert "task_type" not in endpoint.body()
    assert Endpoint.parse("mine", endpoint.document())[0] == endpoint


def test_the_task_type_of_most_endpoints_is_not_written() -> None:
    assert "task_type" not in Endpoint.parse("mine", body(task_type="completion"))[0].document()


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ({"variable": "MINE"}, {"place": "environment", "variable": "MINE"}),
        ({"place": None, "variable": "MINE"}, {"place": "environment", "variable": "MINE"}),
        ({"place": "environment", "variable": None}, {"place": "environment"}),
        ({"place": "keyring", "variable": "MINE"}, None),
        ({"place": "vault", "variable": "MINE"}, {"place": "vault"}),
    ],
)
def test_a_variable_that_is_named_is_the_place_of_the_key_unless_another_is(
    source: JsonObject, kept: JsonObject | None
) -> None:
    made, _ = Endpoint.parse("mine", body(local={"key": source}))
    assert made.document()["local"] == ({} if kept is None else {"key": kept})
    assert Endpoint.parse("mine", made.document())[0] == made


@pytest.mark.parametrize("place", ["keyring", "environment", None])
def test_a_variable_with_an_impossible_name_is_refused_wherever_the_key_lies(place: str | None) -> None:
    with pytest.raises(InvalidEndpoint) as caught:
        Endpoint.parse("mine", body(local={"key": {"place": place, "variable": "not a name"}}))
    assert [each.path for each in caught.value.problems] == ["local.key.variable"]
