from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adapters.answers import BLOCK, CLOSE, END, START, STOP, events, text_delta
from tests.strategies_storage import UNHURRIED
from tui_app.adapters.answer_reader import AnswerReader
from tui_app.adapters.foreign_text import ForeignText
from tui_app.core.conversation import Usage
from tui_app.core.errors import ServiceRefused
from tui_app.core.events import (
    BlockClosed,
    BlockOpened,
    Opened,
    OtherDelta,
    ServiceEvent,
    Stopping,
    TextDelta,
    ThinkingDelta,
)
from tui_app.core.jsons import JsonValue


def read(told: Iterable[dict[str, object]], request_id: str | None = None) -> list[ServiceEvent]:
    reader = AnswerReader(ForeignText(), request_id)
    return [event for item in told for event in reader.read(str(item.get("type")), item)]  # type: ignore[arg-type]


def test_an_answer_is_read_event_by_event() -> None:
    told = [START, BLOCK, text_delta("Hello "), text_delta("there"), CLOSE, STOP, END]
    assert read(told, "req_1") == events("Hello ", "there", request_id="req_1")


def test_thinking_tools_and_citations_are_told_apart() -> None:
    def delta(index: int, **parts: object) -> dict[str, object]:
        return {"type": "content_block_delta", "index": index, "delta": parts}

    def start(index: int, **parts: object) -> dict[str, object]:
        return {"type": "content_block_start", "index": index, "content_block": parts}

    signature = {"type": "signature_delta", "signature": "abc"}
    tool: dict[str, JsonValue] = {"type": "tool_use", "id": "t", "name": "n", "input": {}}
    told = [
        start(0, type="thinking", thinking="", signature=""),
        delta(0, type="thinking_delta", thinking="Hm"),
        delta(0, **signature),
        {"type": "content_block_stop", "index": 0},
        start(1, **tool),
        delta(1, type="input_json_delta", partial_json='{"a"'),
        delta(1, type="something_new", x=1),
    ]
    assert read(told)[1:] == [
        BlockOpened(0, "thinking", {"type": "thinking", "thinking": "", "signature": ""}),
        ThinkingDelta(0, "Hm"),
        OtherDelta(0, signature),
        BlockClosed(0),
        BlockOpened(1, "tool_use", tool),
        OtherDelta(1, {"type": "input_json_delta", "partial_json": '{"a"'}),
        OtherDelta(1, {"type": "something_new", "x": 1}),
    ]


def test_counts_replace_earlier_ones_and_absent_ones_stay() -> None:
    def stop(usage: object) -> dict[str, object]:
        return {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": usage}

    told = [START, stop({"output_tokens": 7, "input_tokens": None}), stop({"output_tokens": 9}), stop(None)]
    counts = [event.usage for event in read(told) if isinstance(event, Stopping)]
    assert counts == [Usage(12, 7, 0, 3), Usage(12, 9, 0, 3), Usage(12, 9, 0, 3)]


@pytest.mark.parametrize(
    "usage", [None, {}, [], "many", {"input_tokens": "12"}, {"input_tokens": True}, {"input_tokens": -1}]
)
def test_usage_that_is_no_usage_counts_nothing(usage: object) -> None:
    assert read([{"type": "message_start", "message": {"usage": usage}}]) == [Opened("", None, Usage())]


def test_a_later_event_without_a_reason_does_not_take_the_reason_away() -> None:
    told: list[dict[str, object]] = [START, STOP, {"type": "message_delta", "usage": {"output_tokens": 8}}]
    last = read(told)[-1]
    assert last == Stopping("end_turn", Usage(12, 8, 0, 3))


def test_unknown_reasons_and_refusal_details_pass() -> None:
    details: dict[str, JsonValue] = {"type": "refusal", "category": "cyber", "explanation": None}
    delta = {"stop_reason": "content_filter", "stop_details": details}
    told: dict[str, object] = {"type": "message_delta", "delta": delta}
    assert read([START, told])[-1] == Stopping("content_filter", Usage(12, 1, 0, 3), details)


def test_text_that_a_block_brings_along_is_its_first_delta() -> None:
    start: dict[str, object] = {
        "type": "content_block_start",
        "index": 0,
        "content_block": {"type": "text", "text": "Hi"},
    }
    assert read([START, start])[1:] == [
        BlockOpened(0, "text", {"type": "text", "text": ""}),
        TextDelta(0, "Hi"),
    ]


def test_forgotten_beginnings_are_put_in() -> None:
    assert read([text_delta("Hi"), STOP, END]) == [
        Opened("", None, Usage()),
        BlockOpened(0, "text", {"type": "text"}),
        TextDelta(0, "Hi"),
        Stopping("end_turn", Usage(output_tokens=7)),
        BlockClosed(0),
    ]


def test_blocks_are_numbered_anew_where_a_server_uses_a_number_twice_or_none() -> None:
    told = [START, BLOCK, text_delta("one"), BLOCK, text_delta("two")]
    assert [type(e).__name__ for e in read(told)[1:]] == [
        "BlockOpened", "TextDelta", "BlockClosed", "BlockOpened", "TextDelta"
    ]  # fmt: skip
    bare = [{k: v for k, v in item.items() if k != "index"} for item in (BLOCK, text_delta("x"), CLOSE)]
    assert read([START, *bare, STOP, END]) == events("x")


def test_characters_cut_in_half_between_deltas_are_joined() -> None:
    told = [START, BLOCK, text_delta("a\ud83d"), text_delta("\ude00b"), text_delta("\ud83d"), CLOSE]
    assert [event.text for event in read(told) if isinstance(event, TextDelta)] == ["a", "😀b", "\ufffd"]


def test_an_error_event_is_raised() -> None:
    with pytest.raises(ServiceRefused, match="Overloaded"):
        read([START, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}])


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats()
    | st.sampled_from(["text", "thinking", "tool_use", ""]),
    lambda part: (
        st.lists(part, max_size=2)
        | st.dictionaries(
            st.sampled_from(["type", "text", "usage", "input_tokens", "stop_reason"]), part, max_size=3
        )
    ),
    max_leaves=6,
)
TOLD = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            [
                "message_start",
                "content_block_start",
                "content_block_delta",
                "content_block_stop",
                "message_delta",
                "x",
            ]
        )
    },
    optional={
        "index": JSON,
        "message": JSON,
        "usage": JSON,
        "content_block": JSON,
        "delta": JSON
        | st.fixed_dictionaries(
            {"type": st.sampled_from(["text_delta", "thinking_delta", "signature_delta", "new"])},
            optional={"text": JSON, "thinking": JSON},
        ),
    },
)


@settings(UNHURRIED, max_examples=300)
@given(st.lists(TOLD | st.sampled_from([START, BLOCK, text_delta("x"), CLOSE, STOP]), max_size=12))
def test_whatever_a_server_says_the_events_follow_the_grammar(told: list[dict[str, object]]) -> None:
    got = read([*told, END])
    assert isinstance(got[0], Opened)
    open_blocks: set[int] = set()
    opened = 0
    for event in got[1:]:
        match event:
            case BlockOpened(index):
                assert index == opened
                opened += 1
                open_blocks.add(index)
            case TextDelta(index, text) | ThinkingDelta(index, text):
                assert index in open_blocks
                assert text
            case OtherDelta(index):
                assert index in open_blocks
            case BlockClosed(index):
                open_blocks.remove(index)
            case Opened():
                pytest.fail("an answer begins once")
            case _:
                pass
    assert not open_blocks
