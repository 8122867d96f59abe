import asyncio
import itertools
import json
from collections.abc import AsyncGenerator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.wire import QUICK, UNHURRIED, assembled, client, events, request
from tui_app.sandbox.messages import Answer, Ending, Envelope, Text, Thinking, ToolUse
from tui_app.sandbox.stream import Event, Pace, encoded
from tui_app.sandbox.stream import events as events_of

PROMPTS = st.sampled_from(
    [
        "hello",
        "think",
        "use a tool",
        "refuse",
        "separators",
        "slowly, write 80 words with headings, a table and some code",
        "three sentences",
    ]
) | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)


@UNHURRIED
@given(
    prompt=PROMPTS.filter(lambda text: not text.isspace()),
    model=st.sampled_from(["claude-haiku-4-5", "claude-opus-5-5"]),
    max_tokens=st.sampled_from([0, 1, 5, 40, 100, 1_000]),
    stop_sequences=st.lists(st.sampled_from(["the", "**", "\n\n", "“"]), max_size=2),
)
async def test_a_stream_amounts_to_the_answer_in_one_piece(
    prompt: str, model: str, max_tokens: int, stop_sequences: list[str]
) -> None:
    body = request(prompt, model=model, max_tokens=max_tokens, stop_sequences=stop_sequences)
    async with client(QUICK) as wire:
        whole = await wire.post("/v1/messages", json=body)
        stream = await wire.post("/v1/messages", json={**body, "stream": True})
    assert whole.status_code == stream.status_code
    if whole.status_code == 200:
        message, put_together = whole.json(), assembled(events(stream.content))
        for each in (message, put_together):
            del each["id"]
            for block in each["content"]:
                block.pop("id", None)
        assert put_together == message
        assert message["usage"]["output_tokens"] <= max_tokens


def _stream(answer: Answer) -> list[Event]:
    return list(events_of(answer, Envelope("claude-sonnet-5", 3), "req_1"))


def _kinds(answer: Answer) -> list[object]:
    return [event.data["type"] for event in _stream(answer)]


def test_blocks_come_one_after_another_and_are_counted_from_0() -> None:
    answer = Answer([Thinking("one", "key"), Text("two"), ToolUse("f", {"a": 1})])
    indices = [event.data["index"] for event in _stream(answer) if "index" in event.data]
    assert [index for index, _ in itertools.groupby(indices)] == [0, 1, 2]


def test_a_stream_starts_without_content_and_with_the_input_counted() -> None:
    start = _stream(Answer([Text("one")]))[0].data["message"]
    assert isinstance(start, dict)
    assert (start["content"], start["stop_reason"]) == ([], None)
    assert (start["usage"]["input_tokens"], start["usage"]["output_tokens"]) == (3, 1)


def test_there_are_pings_in_between() -> None:
    kinds = _kinds(Answer([Text("word " * 1_000)]))
    assert kinds[1] == "ping" and kinds.count("ping") > 5


def test_what_breaks_off_has_no_end() -> None:
    for ending in (Ending.DROPPED, Ending.ERROR_EVENT):
        kinds = _kinds(Answer([Text("one two")], ending=ending))
        assert not {"content_block_stop", "message_delta", "message_stop"} & set(kinds)


def test_the_first_input_of_a_tool_is_empty() -> None:
    deltas = [event.data["delta"] for event in _stream(Answer([ToolUse("f", {})])) if "delta" in event.data]
    assert deltas[0] == {"type": "input_json_delta", "partial_json": ""}
    assert deltas[1] == {"type": "input_json_delta", "partial_json": "{}"}


@UNHURRIED
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_an_event_is_two_lines_whatever_is_in_it(text: str) -> None:
    name, data, *rest = Event({"type": "ping", "text": text}).encoded().split(b"\n")
    assert (name, rest) == (b"event: ping", [b"", b""])
    assert json.loads(data.removeprefix(b"data: "))["text"] == text
    assert b"\r" not in data


async def _bytes(answer: Answer, wrote: list[int], dropped: list[bool]) -> AsyncGenerator[bytes, None]:
    pace = Pace(0, 0, answer)
    drop = (lambda: dropped.append(True)) if answer.ending is Ending.DROPPED else None
    async for chunk in encoded(iter(_stream(answer)), pace, wrote.append, drop):
        yield chunk


async def test_output_is_counted_as_it_is_sent() -> None:
    answer, wrote = Answer([Text("one two three four five six seven eight")]), list[int]()
    stream = _bytes(answer, wrote, [])
    async for chunk in stream:
        if b"three" in chunk:
            break
    await stream.aclose()
    assert 0 < sum(wrote) < answer.output_tokens
    wrote.clear()
    async for _ in _bytes(answer, wrote, []):
        pass
    assert sum(wrote) == answer.output_tokens


@pytest.mark.parametrize("ending", list(Ending))
async def test_only_a_dropped_answer_drops(ending: Ending) -> None:
    dropped = list[bool]()
    async for _ in _bytes(Answer([Text("one")], ending=ending), [], dropped):
        pass
    assert dropped == ([True] if ending is Ending.DROPPED else [])


class _Sleeps:
    """Takes the place of waiting: moves the loop's time instead."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: self.now)
        monkeypatch.setattr(asyncio, "sleep", self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.now += seconds


async def _took(pace: Pace, tokens: int, monkeypatch: pytest.MonkeyPatch) -> float:
    with monkeypatch.context() as patch:
        sleeps = _Sleeps(patch)
        for _ in itertools.repeat(None, tokens):
            await pace.wait(1)
        return sleeps.now - 100.0


@pytest.mark.parametrize(
    ("rate", "delay", "seconds", "took"),
    [
        (50, 0, None, 1.0),
        (0, 0, None, 0.0),
        (0, 0.5, None, 0.5),
        (50, 0.5, None, 1.5),
        (0, 0, 0.9, 0.9),
        (5, 0, 0.9, 10.0),
    ],
)
async def test_tokens_come_at_the_pace_and_no_slow_answer_faster(
    rate: float, delay: float, seconds: float | None, took: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = Answer([Text("one " * 49 + "two")], seconds=seconds)
    assert answer.output_tokens == 50
    pace = Pace(rate, delay, answer)
    assert await _took(pace, answer.output_tokens, monkeypatch) == pytest.approx(took)
