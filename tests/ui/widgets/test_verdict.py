"""How an answer ended is said in words, and nothing where all is well."""

from __future__ import annotations

import pytest

from tui_app.core.conversation import Answer, Block, Outcome, Usage
from tui_app.ui.widgets.verdict import verdict

TEXT = (Block("text", "x"),)


@pytest.mark.parametrize("reason", ["end_turn", "stop_sequence", None])
def test_nothing_is_said_when_all_is_well(reason: str | None) -> None:
    assert verdict(Answer(Outcome.COMPLETE, TEXT, stop_reason=reason)).plain == ""


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(Outcome.RUNNING), ""),
        (Answer(Outcome.STOPPED), "■ Stopped. Nothing had come."),
        (Answer(Outcome.STOPPED, TEXT), "■ Stopped. What came is kept."),
        (Answer(Outcome.STOPPED, TEXT, error="gone", advice="Ask."), "■ gone\n  Ask."),
        (Answer(Outcome.FAILED, error="lost [/x]", advice="Wait."), "✗ lost [/x]\n  Wait."),
        (Answer(Outcome.FAILED, TEXT, error="lost"), "✗ lost\n  What came is kept."),
        (Answer(Outcome.COMPLETE), "! The answer is empty."),
        (Answer(Outcome.COMPLETE, TEXT, error="not kept"), "! not kept"),
        (
            Answer(Outcome.COMPLETE, TEXT, stop_reason="max_tokens", usage=Usage(1, 4096)),
            "! The answer reached its limit of tokens and was cut. 4,096 tokens.",
        ),
        (
            Answer(Outcome.COMPLETE, TEXT, stop_reason="refusal"),
            "! The model refused to answer.\n  The service names no category.",
        ),
        (
            Answer(Outcome.COMPLETE, TEXT, stop_reason="content_filter"),
            "! The service stopped for a reason of its own: content_filter",
        ),
    ],
)
def test_each_other_end_has_its_words(answer: Answer, words: str) -> None:
    assert verdict(answer).plain == words


def test_what_helps_is_said_to_its_end_where_the_command_stands() -> None:
    helps = f"{'Look at the disk. ' * 20}Or type `inferterm settings without_ledger own-limit`."
    assert verdict(Answer(Outcome.FAILED, TEXT, error="lost", advice=helps)).plain.endswith(
        "own-limit`. What came is kept."
    )


def test_what_the_service_says_cannot_move_the_cursor() -> None:
    said = verdict(Answer(Outcome.FAILED, error="\x1b[2Jlost\x07")).plain
    assert said == "✗ lost"
