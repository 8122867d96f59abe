"""The form of answers: content types, pretty printing, filters, unknown paths and methods."""

from __future__ import annotations

import pytest

from tests.server.bench import Bench
from tui_app.core.jsons import JsonValue
from tui_app.server.filter_path import filtered

VERSIONED = "application/vnd.elasticsearch+json"
VALUE: JsonValue = {"a": {"b": 1, "c": [{"d": 2, "e": 3}, {"e": 4}]}, "f": None}


@pytest.mark.parametrize(
    ("paths", "left"),
    [
        ("a.b", {"a": {"b": 1}}),
        ("a.c.e", {"a": {"c": [{"e": 3}, {"e": 4}]}}),
        ("a.c.d", {"a": {"c": [{"d": 2}]}}),
        ("a.*.e", {"a": {"c": [{"e": 3}, {"e": 4}]}}),
        ("**.d", {"a": {"c": [{"d": 2}]}}),
        ("a", {"a": {"b": 1, "c": [{"d": 2, "e": 3}, {"e": 4}]}}),
        ("-a.c", {"a": {"b": 1}, "f": None}),
        ("a,-a.c.e", {"a": {"b": 1, "c": [{"d": 2}, {}]}}),
        ("f", {"f": None}),
        ("nope", {}),
        ("**", VALUE),
        ("", VALUE),
        ("a.b.c,..,*,,[", VALUE),
    ],
)
def test_a_filter_leaves_what_it_names(paths: str, left: JsonValue) -> None:
    assert filtered(VALUE, paths) == left


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        (f"{VERSIONED}; compatible-with=9", f"{VERSIONED};compatible-with=9"),
        (f"{VERSIONED};compatible-with=8", f"{VERSIONED};compatible-with=8"),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("text/html", "application/json"),
    ],
)
async def test_an_answer_has_the_version_that_was_asked_for(bench: Bench, accept: str, given: str) -> None:
    for path in ("/", "/_inference", "/_inference/nope", "/_nothing", "/_inference?nope", "/ "):
        key = {"authorization": "ApiKey wrong"} if path == "/ " else {}
        response = await bench.client.get(path.strip(), headers={"accept": accept, **key})
        assert response.headers["content-type"] == given
        assert response.headers["x-elastic-product"] == "Elasticsearch"


async def test_a_version_that_is_not_spoken_is_refused(bench: Bench) -> None:
    accept = "application/vnd.elasticsearch+json; compatible-with=7"
    response = await bench.client.get("/", headers={"accept": accept})
    assert response.status_code == 400
    assert "either version 9 or 8, but found 7" in response.json()["error"]["reason"]


async def test_pretty_is_for_people_and_filters_are_not_for_errors(bench: Bench) -> None:
    pretty = await bench.client.get("/_inference?pretty&human=false&error_trace=true")
    assert pretty.text == '{\n  "endpoints" : []\n}\n'
    error = await bench.client.get("/_inference/nope?filter_path=endpoints&pretty=true")
    assert error.json()["error"]["type"] == "resource_not_found_exception"
    assert error.text.startswith('{\n  "error" : {')


@pytest.mark.parametrize("name", ["pretty", "human", "error_trace"])
async def test_what_is_neither_true_nor_false_is_refused(bench: Bench, name: str) -> None:
    response = await bench.client.get(f"/_inference/nope?{name}=1")
    assert response.json()["error"]["reason"].startswith("Failed to parse value [1] as only")


async def test_head_answers_as_get_without_a_body(bench: Bench) -> None:
    got, head = await bench.client.get("/"), await bench.client.head("/")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/_inference/completion/x/_stream", ["POST"]),
        ("POST", "/_inference/completion/x/_update", ["PUT"]),
        ("POST", "/", ["GET", "HEAD"]),
        ("PATCH", "/_inference/completion/x", ["GET", "PUT", "DELETE", "POST"]),
        ("HEAD", "/_inference", ["GET"]),
    ],
)
async def test_a_method_that_a_path_does_not_have_is_a_405(
    bench: Bench, method: str, path: str, allowed: list[str]
) -> None:
    response = await bench.client.request(method, path)
    assert response.status_code == 405
    assert response.headers["allow"] == ",".join(allowed)
    if method != "HEAD":
        words = (
            f"Incorrect HTTP method for uri [{path}] and method [{method}], allowed: [{', '.join(allowed)}]"
        )
        assert response.json() == {"error": words, "status": 405}


async def test_a_path_that_is_none_is_told_as_elasticsearch_does(bench: Bench) -> None:
    response = await bench.client.get("/_nothing/here?pretty=false")
    assert response.status_code == 400
    words = "no handler found for uri [/_nothing/here?pretty=false] and method [GET]"
    assert response.json() == {"error": words}


async def test_the_service_is_described_for_forms(bench: Bench) -> None:
    (service,) = (await bench.client.get("/_inference/_services")).json()
    assert service["service"] == "anthropic"
    assert service["task_types"] == ["completion", "chat_completion"]
    key = service["configurations"]["api_key"]
    assert (key["required"], key["sensitive"], key["type"]) == (True, True, "str")
    assert service["configurations"]["max_tokens"]["type"] == "int"
    assert len((await bench.client.get("/_inference/_services/completion")).json()) == 1
    assert (await bench.client.get("/_inference/_services/rerank")).json() == []
    assert (await bench.client.get("/_inference/_services/nope")).status_code == 400


async def test_a_body_where_none_belongs_is_refused(bench: Bench) -> None:
    response = await bench.send("GET", "/_inference", {"a": 1})
    assert response.status_code == 400
    assert "does not support having a body" in response.json()["error"]["reason"]


async def test_requests_in_a_row_on_one_connection_are_answered_in_their_order(bench: Bench) -> None:
    await bench.put()
    data = b'{"input": "a"}'
    head = bench.head(
        "POST /_inference/ep-ok", close=False, Content_Type="application/json", Content_Length=str(len(data))
    )
    unknown = bench.head("POST /_inference/nope/_stream", close=False, Content_Length=str(len(data)))
    stranger = bench.head(
        "POST /_inference/ep-ok", close=False, Authorization="ApiKey no", Content_Length=str(len(data))
    )
    last = bench.head("GET /")
    answered = await bench.raw(head + data + unknown + data + stranger + data + head + data + last)
    statuses = [part[:3] for part in answered.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [b"200", b"406", b"401", b"200", b"200"]


async def test_many_keep_their_connections(bench: Bench) -> None:
    for _ in range(20):
        assert (await bench.client.get("/")).status_code == 200
        assert (await bench.client.post("/_inference/x", content=b"no json")).status_code == 406
    assert len(bench.server._guest.server_state.connections) == 1  # type: ignore[union-attr]
