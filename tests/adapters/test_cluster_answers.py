from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from tui_app.adapters.cluster_answers import (
    StreamReader,
    cluster_endpoint,
    read_cluster_json,
    refused,
    without_marks,
)
from tui_app.adapters.foreign_text import ForeignText
from tui_app.core.conversation import Usage
from tui_app.core.errors import ServiceRefused
from tui_app.core.events import Stopping, TextDelta
from tui_app.core.jsons import JsonObject

ITEM: JsonObject = {
    "inference_id": "summaries",
    "task_type": "completion",
    "service": "anthropic",
    "service_settings": {"model_id": "claude-x", "rate_limit": {"requests_per_minute": 50}},
    "task_settings": {"max_tokens": 10},
}
FOREIGN = ForeignText(SecretStr("es-secret-key"))


async def pieces_of(data: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def test_a_whole_number_under_top_p_is_the_top_k_that_elasticsearch_means() -> None:
    text = '{"task_settings": {"max_tokens": 9, "top_p": 0.9, "top_p": 5}}'
    assert read_cluster_json(text) == {"task_settings": {"max_tokens": 9, "top_p": 0.9, "top_k": 5}}


def test_an_endpoint_of_the_cluster_is_one_of_ours_without_its_key() -> None:
    found = cluster_endpoint({**ITEM, "metadata": {"a": 1}})
    assert found.endpoint is not None
    assert found.endpoint.model == "claude-x"
    assert found.reason == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"service": "openai"}, "the service openai"),
        ({"inference_id": ".preconfigured"}, "preconfigured"),
        ({"task_settings": {}}, "max_tokens"),
    ],
)
def test_what_inferterm_cannot_be_is_listed_with_its_reason(change: JsonObject, words: str) -> None:
    found = cluster_endpoint({**ITEM, **change})
    assert found.endpoint is None
    assert words in found.reason


def test_a_refusal_tells_its_cause_and_no_key() -> None:
    body = {
        "error": {
            "type": "status_exception",
            "reason": "Could not complete inference endpoint creation",
            "caused_by": {"type": "status_exception", "reason": "bad key es-secret-key"},
        },
        "status": 400,
    }
    error = refused(400, body, FOREIGN)
    assert "Cause: bad key ***" in str(error)
    assert error.refusal.status == 400


@given(
    text=st.text(st.characters(blacklist_categories=["Cs"]), max_size=40),
    size=st.integers(1, 9),
    marks=st.booleans(),
)
async def test_marks_before_events_are_dropped_however_the_bytes_are_cut(
    text: str, size: int, marks: bool
) -> None:
    mark = "\ufeff" if marks else ""
    events = [{"completion": [{"delta": text}]}, {"completion": [{"delta": "\ufeff" + text}]}]
    lines = [f"event: message\ndata: {json.dumps(event, ensure_ascii=False)}\n\n" for event in events]
    sent = "".join(mark + line for line in lines).encode()
    got = b"".join([piece async for piece in without_marks(pieces_of(sent, size))])
    assert got == "".join(lines).encode()


async def test_nothing_of_an_event_waits_for_the_next_one() -> None:
    whole = b"\xef\xbb\xbfevent: message\ndata: x\n\n"
    chunks = without_marks(pieces_of(whole, len(whole)))
    assert await anext(chunks) == b"event: message\ndata: x\n\n"


def read(*data: object) -> list[object]:
    reader = StreamReader("claude-x", FOREIGN)
    return [event for each in data for event in reader.read("message", _text(each))]


def test_the_deltas_of_a_completion_become_text() -> None:
    events = read({"completion": [{"delta": "Hel"}, {"delta": "lo"}]}, "[DONE]")
    assert [event.text for event in events if isinstance(event, TextDelta)] == ["Hel", "lo"]
    assert events[-1] == Stopping(None, Usage())


def test_a_chat_completion_tells_its_usage_and_why_it_stopped() -> None:
    events = read(
        {"id": "m1", "model": "claude-y", "choices": [], "usage": {"prompt_tokens": 7}},
        {"choices": [{"delta": {"content": "Hi"}, "index": 0}]},
        {"choices": [{"delta": {}, "finish_reason": "end_turn"}], "usage": {"completion_tokens": 3}},
        "[DONE]",
    )
    assert events[-1] == Stopping("end_turn", Usage(7, 3))


def test_an_error_in_the_stream_is_a_refusal() -> None:
    error = {"error": {"type": "status_exception", "reason": "overloaded"}, "status": 500}
    with pytest.raises(ServiceRefused, match="overloaded"):
        read({"completion": [{"delta": "x"}]}, error)


def _text(data: object) -> str:
    return data if isinstance(data, str) else json.dumps(data)
