from __future__ import annotations

from tests.adapters.answers import events
from tui_app.adapters.answer_reader import AnswerReader
from tui_app.adapters.foreign_text import ForeignText
from tui_app.adapters.whole_messages import is_message, stream_events
from tui_app.core.answers import GrowingAnswer
from tui_app.core.conversation import Outcome, Timing, Usage
from tui_app.core.events import Opened, ServiceEvent, Stopping
from tui_app.core.jsons import JsonObject

USAGE = {"input_tokens": 12, "output_tokens": 7, "cache_read_input_tokens": 3}


def read(message: JsonObject) -> list[ServiceEvent]:
    reader = AnswerReader(ForeignText())
    got = [event for kind, told in stream_events(message) for event in reader.read(kind, told)]
    assert reader.whole
    return got


def test_a_whole_message_gives_the_events_of_its_stream() -> None:
    message: JsonObject = {
        "model": "claude-test",
        "content": [{"type": "text", "text": "Hello"}],
        "stop_reason": "end_turn",
        "usage": USAGE,
    }
    streamed = events("Hello")
    assert read(message) == [Opened("claude-test", None, Usage(12, 7, 0, 3)), *streamed[1:]]


def test_every_block_is_the_same_after_being_taken_apart_and_put_together() -> None:
    blocks: list[JsonObject] = [
        {"type": "thinking", "thinking": "Hm", "signature": "abc"},
        {"type": "thinking", "thinking": "", "signature": "only"},
        {"type": "redacted_thinking", "data": "xyz"},
        {"type": "text", "text": "Hello", "citations": [{"type": "char_location", "cited_text": "H"}]},
        {"type": "text", "text": ""},
        {"type": "tool_use", "id": "t", "name": "n", "input": {"a": [1, {"b": "ü"}]}},
        {"type": "server_tool_use", "id": "t", "name": "n", "input": {}},
        {"type": "web_search_tool_result", "content": []},
    ]
    growing = GrowingAnswer()
    for event in read({"content": [*blocks, "no block"], "stop_reason": "tool_use", "usage": USAGE}):
        growing.add(event)
    answer = growing.answer(Outcome.COMPLETE, Timing())
    assert [block.raw for block in answer.blocks] == blocks
    assert answer.stop_reason == "tool_use"


def test_content_that_is_plain_text_is_a_text_block() -> None:
    assert read({"content": "Hello"})[1:-1] == events("Hello")[1:-1]


def test_refusals_keep_their_details() -> None:
    details = {"type": "refusal", "category": None}
    last = read({"content": [], "stop_reason": "refusal", "stop_details": details})[-1]
    assert last == Stopping("refusal", Usage(), details)


def test_messages_are_told_from_other_json() -> None:
    assert is_message({"type": "message", "content": []})
    assert is_message({"content": "x"})
    assert not is_message({"type": "error", "content": []})
    assert not is_message({"choices": []})
