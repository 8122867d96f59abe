"""Requests, and what Elasticsearch 9.5 answers them: facts from its source, in `elasticsearch.json`.

Where this server is meant to differ, `DIFFERENT` says why.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.adapters.raw_server import answer, chunked
from tests.server.bench import MESSAGE, Bench, error_of, said

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "elasticsearch.json").read_text("utf-8"))
NAMED = {case["name"]: case for case in CASES}
DIFFERENT = {
    "put_top_p_json_integer": "JavaScript writes 1.0 as 1, so a whole number is taken",
    "update_rate_limit_without_api_key": "the key need not be given again",
}


def script(bench: Bench, case: Mapping[str, Any]) -> None:
    """Let the service answer as the case says."""
    mock = case.get("mock_upstream", {"status": 200, "json": MESSAGE})
    if "text" in mock:
        say = chunked(mock["text"].encode())
    else:
        headers = {"content-type": "application/json", **mock.get("headers", {})}
        say = answer(mock["status"], headers, json.dumps(mock["json"]))
    bench.upstream.says = [say] * 5


def near(case: Mapping[str, Any], bench: Bench) -> dict[str, Any]:
    """The case with the scripted service in the place of one elsewhere."""
    assert bench.upstream.server is not None
    told: dict[str, Any] = json.loads(
        json.dumps(case).replace("https://proxy.example", bench.upstream.server.url)
    )
    return told


async def ask(bench: Bench, case: Mapping[str, Any]) -> httpx.Response:
    """Send the case's request."""
    return await bench.send(case["method"], case["path"], case.get("body"))


async def prepare(bench: Bench, case: Mapping[str, Any]) -> None:
    """Send what has to come before."""
    for name in case.get("setup", ()):
        assert (await ask(bench, NAMED[name])).status_code == 200
    assert bench.upstream.server is not None
    bench.upstream.server.requests.clear()
    script(bench, case)


def is_within(part: object, whole: object) -> bool:
    """Whether a JSON value is part of another."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(name in whole and is_within(value, whole[name]) for name, value in part.items())
    return part == whole


def check_error(case: Mapping[str, Any], response: httpx.Response) -> None:
    error = error_of(response)
    reason = error["message"] if case.get("expect_error_shape") == "openai" else error["reason"]
    if "expect_error_type" in case:
        assert error["type"] == case["expect_error_type"]
    assert case["expect_reason_contains"] in reason
    assert reason == case.get("expect_reason_exact", reason)
    if cause := case.get("expect_caused_by"):
        assert error["caused_by"]["type"] == cause["type"]
        assert cause["reason_contains"] in error["caused_by"]["reason"]
    if "expect_root_cause_reason_contains" in case:
        assert case["expect_root_cause_reason_contains"] in error["root_cause"][0]["reason"]


@pytest.mark.parametrize("name", [name for name in NAMED if name not in DIFFERENT])
async def test_it_answers_as_elasticsearch_does(bench: Bench, name: str) -> None:
    case = near(NAMED[name], bench)
    await prepare(bench, case)
    response = await ask(bench, case)
    assert response.status_code == case["expect_status"], response.text
    assert response.headers["x-elastic-product"] == "Elasticsearch"
    if "expect_reason_contains" in case:
        check_error(case, response)
    assert response.headers["content-type"].startswith(case.get("expect_content_type", ""))
    if "expect_body" in case:
        assert response.json() == case["expect_body"]
    if "expect_body_contains" in case:
        assert is_within(case["expect_body_contains"], response.json())
    check_stream(case, response)
    check_upstream(case, bench)
    for after in case.get("after", ()):
        assert (await ask(bench, after)).status_code == after["expect_status"]


def check_stream(case: Mapping[str, Any], response: httpx.Response) -> None:
    if "expect_sse_event" not in case:
        return
    events = said(response)
    assert events[-1][0] == case["expect_sse_event"]
    assert events[-1][1]["status"] == case.get("expect_sse_error_status", response.status_code)
    assert ("message", "[DONE]") not in events


def check_upstream(case: Mapping[str, Any], bench: Bench) -> None:
    assert bench.upstream.server is not None
    if wanted := case.get("expect_upstream_request"):
        assert bench.upstream.requests == [wanted["json"]]
        assert list(bench.upstream.requests[0]) == list(wanted["json"])
        for header, value in wanted["headers"].items():
            assert bench.upstream.server.header(header) == [value]
    if attempts := case.get("expect_upstream_attempts"):
        assert len(bench.upstream.requests) == attempts


@pytest.mark.parametrize("name", DIFFERENT)
async def test_where_elasticsearch_refuses_without_need_it_accepts(bench: Bench, name: str) -> None:
    await prepare(bench, NAMED[name])
    assert (await ask(bench, NAMED[name])).status_code == 200
