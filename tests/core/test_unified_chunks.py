"""A reply is told in chunks whose pieces, joined, are the answer."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.answers import GrowingAnswer
from tui_app.core.conversation import Answer, Outcome, Timing, Usage
from tui_app.core.events import (
    BlockClosed,
    BlockOpened,
    Event,
    Opened,
    OtherDelta,
    Queued,
    Sent,
    Stopping,
    TextDelta,
    ThinkingDelta,
)
from tui_app.core.unified_chunks import ChunkWriter, completion_of
from tui_app.core.unified_request import ChatBody

OPENED = Opened("claude-test", "req_1", Usage(12, 1, 5, 3), "msg_1")
STOPPING = Stopping("tool_use", Usage(12, 7, 5, 3))


def tool(index: int, *pieces: str, input_: object = None) -> list[Event]:
    """A use of a tool whose input comes in pieces."""
    raw: Any = {"type": "tool_use", "id": f"t{index}", "name": "weather", "input": input_ or {}}
    deltas = [OtherDelta(index, {"type": "input_json_delta", "partial_json": piece}) for piece in pieces]
    return [BlockOpened(index, "tool_use", raw), *deltas, BlockClosed(index)]


def text(index: int, *pieces: str) -> list[Event]:
    """A block of text."""
    opened = BlockOpened(index, "text", {"type": "text", "text": ""})
    return [opened, *(TextDelta(index, piece) for piece in pieces), BlockClosed(index)]


def chunks(*events: Event) -> list[Any]:
    """The chunks of a reply."""
    writer = ChunkWriter()
    return [chunk for chunk in map(writer.chunk, events) if chunk is not None]


def whole(*events: Event) -> Any:  # noqa: ANN401 - JSON
    """The same reply as one object."""
    return completion_of(grown(*events))


def grown(*events: Event) -> Answer:
    """The answer after these events."""
    growing = GrowingAnswer()
    for event in events:
        growing.add(event)
    return growing.answer(Outcome.COMPLETE, Timing())


def joined(told: list[Any]) -> tuple[str, dict[int, str]]:
    """What a client makes of chunks: the text, and the arguments of each tool call by its index."""
    content, arguments = "", dict[int, str]()
    for chunk in told:
        delta = chunk["choices"][0]["delta"]
        content += delta.get("content", "")
        for call in delta.get("tool_calls", ()):
            number = call["index"]
            arguments[number] = arguments.get(number, "") + call["function"]["arguments"]
    return content, arguments


def test_the_first_chunk_has_id_model_role_and_counts_and_the_last_its_reason() -> None:
    told = chunks(Queued(1, 0.0), Sent(1, 0.0), OPENED, *text(0, "Hi"), STOPPING)
    assert told == [
        {
            "id": "msg_1",
            "choices": [{"delta": {"role": "assistant"}, "index": 0}],
            "model": "claude-test",
            "object": None,
            "usage": {"completion_tokens": 1, "prompt_tokens": 12, "total_tokens": 13},
        },
        {"id": None, "choices": [{"delta": {"content": ""}, "index": 0}], "model": None, "object": None},
        {"id": None, "choices": [{"delta": {"content": "Hi"}, "index": 0}], "model": None, "object": None},
        {
            "id": None,
            "choices": [{"delta": {}, "finish_reason": "tool_use", "index": 0}],
            "model": None,
            "object": None,
            "usage": {"completion_tokens": 7, "prompt_tokens": 0, "total_tokens": 7},
        },
    ]


def test_a_tool_call_begins_with_id_and_name_and_goes_on_with_its_arguments() -> None:
    told = chunks(*text(0, "a"), *tool(1, "", '{"ci', 'ty":1}'), *tool(2, "{}"))
    calls = [chunk["choices"][0] for chunk in told if "tool_calls" in chunk["choices"][0]["delta"]]
    first = {"index": 0, "id": "t1", "function": {"arguments": "", "name": "weather"}}
    assert calls[0] == {"delta": {"tool_calls": [first]}, "index": 1}
    assert calls[1]["delta"]["tool_calls"] == [{"index": 0, "function": {"arguments": '{"ci'}}]
    assert joined(told) == ("a", {0: '{"city":1}', 1: "{}"})


def test_a_tool_without_arguments_or_with_all_at_its_beginning_has_them_all_the_same() -> None:
    assert joined(chunks(*tool(0), *tool(1, input_={"city": "Ås"}))) == ("", {0: "{}", 1: '{"city":"Ås"}'})


def test_thinking_and_tools_of_the_service_give_no_chunk() -> None:
    piece: Any = {"type": "input_json_delta", "partial_json": "{}"}
    assert (
        chunks(
            BlockOpened(0, "thinking", {"type": "thinking"}),
            ThinkingDelta(0, "hm"),
            OtherDelta(0, {"type": "signature_delta", "signature": "s"}),
            BlockClosed(0),
            BlockOpened(1, "server_tool_use", {"type": "server_tool_use"}),
            OtherDelta(1, piece),
            BlockClosed(1),
        )
        == []
    )


def test_a_whole_answer_is_one_chat_completion() -> None:
    assert whole(OPENED, *text(0, "a"), *tool(1, '{"city": "Ås"}'), *text(2, "b"), STOPPING) == {
        "id": "msg_1",
        "choices": [
            {
                "message": {
                    "content": "ab",
                    "role": "assistant",
                    "tool_calls": [
                        {
                            "id": "t1",
                            "function": {"arguments": '{"city":"Ås"}', "name": "weather"},
                            "type": "function",
                        }
                    ],
                },
                "finish_reason": "tool_use",
                "index": 0,
            }
        ],
        "model": "claude-test",
        "object": "chat.completion",
        "usage": {"completion_tokens": 7, "prompt_tokens": 12, "total_tokens": 19},
    }


def test_a_whole_answer_can_be_sent_back_as_it_is() -> None:
    message = whole(OPENED, *text(0, "a"), *tool(1, '{"city":1}'), STOPPING)["choices"][0]["message"]
    (turn,) = ChatBody.parse({"messages": [message]}).request(stream=True).messages
    raw = {"type": "tool_use", "id": "t1", "name": "weather", "input": {"city": 1}}
    assert turn == {"role": "assistant", "content": [{"type": "text", "text": "a"}, raw]}


def test_an_answer_without_text_has_no_content() -> None:
    message = whole(OPENED, *tool(0), STOPPING)["choices"][0]["message"]
    assert "content" not in message
    assert message["tool_calls"][0]["function"]["arguments"] == "{}"


def test_arguments_that_were_cut_off_are_told_as_they_came() -> None:
    message = whole(*tool(0, '{"city": "Os'))["choices"][0]["message"]
    assert message["tool_calls"][0]["function"]["arguments"] == '{"city": "Os'


_OBJECTS = st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.booleans()), max_size=3)


def cut(words: str, places: list[int]) -> list[str]:
    """The same words in pieces."""
    ends = sorted({min(place, len(words)) for place in places} | {0, len(words)})
    return [words[start:end] for start, end in pairwise(ends)]


@given(st.lists(st.text() | _OBJECTS, max_size=5), st.lists(st.integers(0, 40), max_size=6))
def test_the_pieces_of_the_stream_join_to_the_whole_answer(parts: list[Any], places: list[int]) -> None:
    events: list[Event] = [OPENED]
    for index, part in enumerate(parts):
        if isinstance(part, str):
            events += text(index, *cut(part, places))
        else:
            events += tool(index, *cut(json.dumps(part), places))
    events.append(STOPPING)
    content, arguments = joined(chunks(*events))
    message = whole(*events)["choices"][0]["message"]
    assert content == message.get("content", "") == "".join(p for p in parts if isinstance(p, str))
    calls = message.get("tool_calls", [])
    told = [json.loads(call["function"]["arguments"]) for call in calls]
    assert told == [json.loads(arguments[number]) for number in sorted(arguments)]
    assert told == [part for part in parts if not isinstance(part, str)]
