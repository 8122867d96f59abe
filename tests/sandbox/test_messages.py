import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.wire import UNHURRIED
from tui_app.sandbox.answers import answer
from tui_app.sandbox.messages import Answer, Block, Envelope, Text, Thinking, ToolUse, fit
from tui_app.sandbox.models import find
from tui_app.sandbox.requests import VERSIONS, MessageRequest, read_message_request
from tui_app.sandbox.scenarios import Flakiness

PROMPTS = st.sampled_from(
    ["hello", "think", "use a tool", "write 60 words", "a list and a table, please", "separators"]
) | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80)
MODELS = st.sampled_from(["claude-haiku-4-5", "claude-sonnet-5", "claude-opus-5-5"])


def _request(prompt: str, **more: object) -> MessageRequest:
    turns = [{"role": "user", "content": prompt}]
    body = {"model": "claude-sonnet-5", "max_tokens": 1_000, "messages": turns, **more}
    return read_message_request(json.dumps(body).encode(), VERSIONS[0], beta=False)


def _answer(request: MessageRequest) -> Answer:
    model = find(request.model)
    assert model is not None
    return answer(request, model, Flakiness(), "sandbox-test")


def _text(given_answer: Answer) -> str:
    return "".join(block.text for block in given_answer.blocks if isinstance(block, Text))


@UNHURRIED
@given(PROMPTS, MODELS, st.integers(0, 400))
def test_max_tokens_bounds_the_output(prompt: str, model: str, most: int) -> None:
    whole = _answer(_request(prompt, model=model, max_tokens=10_000))
    cut = fit(whole, most, [])
    assert cut.output_tokens <= most
    assert _text(whole).startswith(_text(cut))
    if whole.output_tokens > most:
        assert cut.stop_reason == "max_tokens"
    else:
        assert cut == whole


@UNHURRIED
@given(st.text("ab ", max_size=60), st.lists(st.text("ab ", min_size=1, max_size=4), max_size=3))
def test_a_stop_sequence_ends_the_text_where_it_is_first_complete(text: str, stops: list[str]) -> None:
    cut = fit(Answer([Text(text)]), 10_000, stops)
    ends = {stop: text.find(stop) + len(stop) for stop in stops if stop in text}
    if not ends:
        assert (cut.stop_reason, cut.stop_sequence, _text(cut)) == ("end_turn", None, text)
        return
    assert cut.stop_reason == "stop_sequence" and cut.stop_sequence in ends
    assert ends[cut.stop_sequence] == min(ends.values())
    assert _text(cut) == text[: text.find(cut.stop_sequence)]
    assert not any(stop in _text(cut) for stop in stops)


def test_a_stop_sequence_beyond_max_tokens_is_never_reached() -> None:
    cut = fit(Answer([Text("one two three four")]), 2, ["four"])
    assert (_text(cut), cut.stop_reason, cut.stop_sequence) == ("one two", "max_tokens", None)


def test_thinking_is_not_searched_for_stop_sequences() -> None:
    blocks: list[Block] = [Thinking("stop here", "key"), Text("and stop there")]
    cut = fit(Answer(blocks), 100, ["stop"])
    assert cut.blocks == [blocks[0], Text("and ")]


def test_thinking_that_is_cut_has_a_signature_that_fits_it() -> None:
    whole = Thinking("one two three four", "key")
    (cut,) = fit(Answer([whole, Text("never")]), 2, []).blocks
    assert cut == Thinking("one two", "key")
    assert isinstance(cut, Thinking) and cut.signature != whole.signature


def test_a_tool_that_has_no_room_is_not_used() -> None:
    use = ToolUse("f", {"a": "a long value, at any rate longer than that"})
    cut = fit(Answer([Text("one"), use], stop_reason="tool_use"), 5, [])
    assert (cut.blocks, cut.stop_reason) == ([Text("one")], "max_tokens")


def test_the_key_is_not_in_a_block() -> None:
    assert "secret-key" not in repr(Thinking("one", "secret-key"))
    assert "secret-key" not in json.dumps(Thinking("one", "secret-key").body())


def test_thinking_counts_as_output() -> None:
    given_answer = Answer([Thinking("one two", "key", hidden=True), Text("three")])
    usage = Envelope("claude-sonnet-5", 7).usage(given_answer)
    assert (usage["input_tokens"], usage["output_tokens"]) == (7, 3)
    assert usage["output_tokens_details"] == {"thinking_tokens": 2}


@pytest.mark.parametrize("model", ["claude-opus-5-5", "claude-fable-5-1"])
def test_models_that_always_think_show_a_signature_alone(model: str) -> None:
    thinking, text = _answer(_request("hello", model=model)).blocks
    assert thinking.body()["thinking"] == "" and isinstance(text, Text)
    (only,) = _answer(_request("hello", model=model, max_tokens=1)).blocks
    assert isinstance(only, Text)


def test_an_output_format_is_kept_to() -> None:
    schema = {"type": "object", "properties": {"answer": {"type": "string"}}}
    config = {"format": {"type": "json_schema", "schema": schema}}
    assert json.loads(_text(_answer(_request("hello", output_config=config)))) == {"answer": "sandbox"}
