from __future__ import annotations

from typing import Any

import pytest

from tui_app.core.cluster_asks import cluster_body
from tui_app.core.cluster_plans import Way, differences, way
from tui_app.core.endpoint import Endpoint, TaskType
from tui_app.core.jsons import JsonObject, JsonValue


def endpoint(
    limit: int = 50, model_id: str = "claude-x", url: str | None = None, **task: JsonValue
) -> Endpoint:
    rate_limit: JsonObject = {"requests_per_minute": limit}
    service: JsonObject = {"model_id": model_id, "url": url, "rate_limit": rate_limit}
    body: JsonObject = {
        "service": "anthropic",
        "service_settings": service,
        "task_settings": {"max_tokens": 10, **task},
    }
    return Endpoint.parse("summaries", body)[0]


def test_what_the_cluster_lacks_is_put() -> None:
    assert way(endpoint(), None) is Way.PUT


def test_what_is_the_same_needs_nothing() -> None:
    assert way(endpoint(temperature=0.5), endpoint(temperature=0.5)) is Way.NOTHING


@pytest.mark.parametrize("change", [{"limit": 20}, {"max_tokens": 11}, {"temperature": 1.0}, {"top_k": 5}])
def test_limits_and_task_settings_are_updated(change: dict[str, Any]) -> None:
    assert way(endpoint(**change), endpoint()) is Way.UPDATE


@pytest.mark.parametrize("change", [{"model_id": "claude-y"}, {"url": "https://gateway.example"}])
def test_model_and_url_need_a_new_endpoint(change: dict[str, Any]) -> None:
    assert way(endpoint(**change), endpoint()) is Way.ANEW


def test_a_difference_says_both_sides() -> None:
    found = differences(endpoint(temperature=0.5), endpoint())
    assert [str(each) for each in found] == ["task_settings.temperature: here 0.5, there not set"]


def test_what_is_inferterms_own_makes_no_difference() -> None:
    ours = endpoint()
    noted = ours.model_copy(update={"local": ours.local.model_copy(update={"note": "mine"})})
    assert differences(noted, ours) == ()


THOUGHT: JsonObject = {"type": "thinking", "thinking": "…"}
ASKED: JsonObject = {
    "model": "claude-x",
    "max_tokens": 10,
    "top_k": 3,
    "temperature": 0.5,
    "messages": [
        {"role": "user", "content": "one"},
        {
            "role": "assistant",
            "content": [THOUGHT, {"type": "text", "text": "two"}],
        },
        {"role": "user", "content": "three"},
    ],
}


def test_a_completion_is_given_the_conversation_as_a_transcript() -> None:
    body = cluster_body("completion", {**ASKED, "system": "be brief"})
    assert body["input"] == "be brief\n\nUser: one\n\nAssistant: two\n\nUser: three"
    assert body["task_settings"] == {"max_tokens": 10, "temperature": 0.5, "top_k": 3}


def test_a_single_prompt_is_sent_as_it_is() -> None:
    body = cluster_body("completion", {"messages": [{"role": "user", "content": "  spaces stay "}]})
    assert body == {"input": "  spaces stay ", "task_settings": {}}


def test_a_chat_completion_is_given_messages_and_no_top_k() -> None:
    body = cluster_body("chat_completion", ASKED)
    assert body["messages"] == (
        {"role": "user", "content": "one"},
        {"role": "assistant", "content": "two"},
        {"role": "user", "content": "three"},
    )
    assert "top_k" not in body
    assert body["max_completion_tokens"] == 10


IMAGE: JsonObject = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}}
FILE: JsonObject = {"type": "text", "text": '<file name="a">\nx\n</file>'}


def test_images_go_to_chat_completions_as_parts_and_files_as_text() -> None:
    said: JsonObject = {"type": "text", "text": "look"}
    body = cluster_body(
        "chat_completion", {"messages": [{"role": "user", "content": (IMAGE, FILE, said)}], "max_tokens": 1}
    )
    parts = (
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
        {"type": "text", "text": FILE["text"]},
        {"type": "text", "text": "look"},
    )
    assert body["messages"] == ({"role": "user", "content": parts},)


@pytest.mark.parametrize("task_type", ["completion", "chat_completion"])
def test_a_file_stands_apart_from_what_was_said(task_type: TaskType) -> None:
    said: JsonObject = {"type": "text", "text": "look"}
    body = cluster_body(task_type, {"messages": [{"role": "user", "content": (FILE, said)}]})
    text = body["input"] if task_type == "completion" else body["messages"][0]["content"]  # type: ignore[index,call-overload]
    assert text == '<file name="a">\nx\n</file>\n\nlook'
