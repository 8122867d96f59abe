"""An answer grows event by event and can be looked at at any moment."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.answers import GrowingAnswer
from tui_app.core.conversation import Answer, Conversation, Outcome, Timing, Turn, Usage
from tui_app.core.events import (
    BlockClosed,
    BlockOpened,
    Event,
    Opened,
    OtherDelta,
    Sent,
    Stopping,
    TextDelta,
    ThinkingDelta,
)
from tui_app.core.jsons import JsonObject

TEXT: JsonObject = {"type": "text", "text": ""}
THINKING: JsonObject = {"type": "thinking", "thinking": "", "signature": ""}


def grown(*events: Event, outcome: Outcome = Outcome.COMPLETE) -> Answer:
    """The answer after these events."""
    growing = GrowingAnswer()
    for event in events:
        growing.add(event)
    return growing.answer(outcome, Timing())


def test_pieces_become_the_text_of_one_block() -> None:
    answer = grown(BlockOpened(0, "text", TEXT), TextDelta(0, "Hel"), TextDelta(0, "lo"), BlockClosed(0))
    assert answer.text == "Hello"
    assert answer.blocks[0].raw == {"type": "text", "text": "Hello"}


def test_an_answer_that_was_cut_keeps_what_came() -> None:
    answer = grown(BlockOpened(0, "text", TEXT), TextDelta(0, "Hel"), outcome=Outcome.FAILED)
    assert (answer.text, answer.outcome) == ("Hel", Outcome.FAILED)


def test_a_thinking_block_keeps_its_signature() -> None:
    answer = grown(
        BlockOpened(0, "thinking", THINKING),
        ThinkingDelta(0, "hm"),
        OtherDelta(0, {"type": "signature_delta", "signature": "sig"}),
        BlockClosed(0),
        BlockOpened(1, "text", TEXT),
        TextDelta(1, "yes"),
    )
    assert answer.text == "yes"
    assert answer.blocks[0].raw == {"type": "thinking", "thinking": "hm", "signature": "sig"}


def test_a_tools_input_is_put_together_from_its_pieces() -> None:
    tool: JsonObject = {"type": "tool_use", "id": "t", "name": "weather", "input": {}}
    pieces = ["", '{"ci', 'ty": "Oslo"}']
    answer = grown(
        BlockOpened(0, "tool_use", tool),
        *(OtherDelta(0, {"type": "input_json_delta", "partial_json": piece}) for piece in pieces),
        BlockClosed(0),
    )
    assert answer.blocks[0].raw["input"] == {"city": "Oslo"}
    assert answer.blocks[0].text == 'weather({"city": "Oslo"})'


def test_an_unknown_block_is_kept_as_it_came() -> None:
    answer = grown(BlockOpened(0, "hologram", {"type": "hologram", "x": 1}), OtherDelta(0, {"type": "?"}))
    assert answer.blocks[0].raw == {"type": "hologram", "x": 1}
    assert answer.text == ""


def test_another_attempt_starts_over() -> None:
    answer = grown(Sent(1, 0.0), Opened("m", "r1", Usage()), Sent(2, 0.5), Opened("m", "r2", Usage(7)))
    assert (answer.request_id, answer.attempts, answer.usage) == ("r2", 2, Usage(7))


def test_the_last_counts_are_those_of_the_end() -> None:
    answer = grown(Opened("m", None, Usage(5, 1)), Stopping("max_tokens", Usage(5, 90)))
    assert (answer.usage, answer.stop_reason) == (Usage(5, 90), "max_tokens")


@given(st.lists(st.tuples(st.integers(0, 3), st.text(max_size=5)), max_size=30))
def test_text_is_never_lost_whatever_the_blocks(pieces: list[tuple[int, str]]) -> None:
    answer = grown(*(TextDelta(index, text) for index, text in pieces))
    expected = "".join("".join(t for i, t in pieces if i == index) for index in range(4))
    assert answer.text == expected


def conversation(*answers: Answer, model: str = "m") -> Conversation:
    """A conversation with an endpoint `e` of these answers."""
    turns = tuple(Turn(n, f"p{n}", 0.0, "e", model, answer) for n, answer in enumerate(answers, 1))
    return Conversation(1, "e", "t", 0.0, 0.0, turns=turns)


def test_turns_go_back_as_they_came_and_the_prompt_is_last() -> None:
    answer = grown(BlockOpened(0, "text", TEXT), TextDelta(0, "a"))
    assert conversation(answer).messages("next", endpoint="e", model="m") == [
        {"role": "user", "content": "p1"},
        {"role": "assistant", "content": [{"type": "text", "text": "a"}]},
        {"role": "user", "content": "next"},
    ]


def test_turns_that_brought_nothing_are_left_out_with_their_prompts() -> None:
    blank = grown(BlockOpened(0, "text", TEXT), TextDelta(0, " \n"))
    sent = conversation(Answer(Outcome.FAILED), blank).messages("next", endpoint="e", model="m")
    assert sent == [{"role": "user", "content": "next"}]


def test_thinking_goes_back_only_to_the_model_that_made_it() -> None:
    answer = grown(
        BlockOpened(0, "thinking", {**THINKING, "signature": "s"}),
        BlockOpened(1, "text", TEXT),
        TextDelta(1, "a"),
    )

    def kinds(endpoint: str, model: str) -> list[object]:
        messages = conversation(answer).messages("n", endpoint=endpoint, model=model)
        assert isinstance(messages[1], dict)
        return [block["type"] for block in messages[1]["content"]]

    assert kinds("e", "m") == ["thinking", "text"]
    assert kinds("e", "other") == kinds("other", "m") == ["text"]


def test_thinking_without_a_signature_and_calls_without_a_result_stay_here() -> None:
    answer = grown(
        BlockOpened(0, "thinking", {"type": "thinking", "thinking": "cut"}),
        BlockOpened(1, "text", TEXT),
        TextDelta(1, "a"),
        BlockOpened(2, "tool_use", {"type": "tool_use", "id": "t", "name": "n", "input": {}}),
    )
    messages = conversation(answer).messages("n", endpoint="e", model="m")
    assert isinstance(messages[1], dict)
    assert messages[1]["content"] == [{"type": "text", "text": "a"}]
