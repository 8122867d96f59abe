"""Each change of state is said once, in a line."""

from __future__ import annotations

from tui_app.core.conversation import Answer, Block, Outcome, Turn, Usage
from tui_app.core.events import BlockOpened, Opened, Queued, Retrying, Sent, TextDelta, ThinkingDelta
from tui_app.core.spoken import Telling, ending, text_of


def said(*events: object, alone: str = "") -> list[str]:
    """What these events are worth."""
    telling = Telling(lambda: alone)
    return [line for event in events for line in telling.of(event)]  # type: ignore[arg-type]


def test_a_wait_is_said_once_for_each_place() -> None:
    waiting = [Queued(2, 8.0), Queued(2, 7.0), Queued(1, 4.0), Queued(1, 3.0), Sent(1, 5.0), Sent(1, 5.0)]
    assert said(*waiting) == [
        "queued, place 2, expected to start in about 8 s",
        "queued, place 1, expected to start in about 4 s",
        "sent",
    ]


def test_a_wait_that_is_over_at_once_is_not_worth_a_word() -> None:
    assert said(Queued(1, 0.2), Sent(1, 0.2)) == ["sent"]


def test_a_request_that_was_not_sent_after_all_is_said_to_be_sent_again() -> None:
    assert said(Sent(1, 0.0), Queued(1, 9.0, "closed"), Sent(1, 9.0)) == [
        "sent",
        "queued, place 1, expected to start in about 9 s: closed",
        "sent",
    ]


def test_retries_and_what_comes_of_them_are_said() -> None:
    assert said(
        Sent(1, 0),
        Retrying("overloaded\x1b[2J\nnow", 2.0, 2, 3),
        Sent(2, 0),
        Opened("claude", "req", Usage()),
        ThinkingDelta(0, "a"),
        ThinkingDelta(0, "b"),
        BlockOpened(1, "tool_use", {"name": "weather"}),
    ) == [
        "sent",
        "retrying: attempt 2 of 3 in 2 s: overloaded now",
        "sent again, attempt 2",
        "claude answers:",
        "thinking",
        "the model asks for the tool weather",
    ]


def test_that_others_are_not_counted_is_said_once() -> None:
    assert said(Queued(1, 0.0), Sent(1, 0.0), alone="the disk is full") == [
        "under this process's own limit, others are not counted: the disk is full",
        "sent",
    ]


def test_only_text_is_text() -> None:
    assert [
        text_of(each) for each in (TextDelta(0, "a"), BlockOpened(0, "text", {"text": "b"}), Sent(1, 0))
    ] == [
        "a",
        "b",
        "",
    ]


def test_how_it_ended_is_said_with_what_to_do() -> None:
    failed = Answer(Outcome.FAILED, error="overloaded", advice="Try again.")
    whole = Answer(Outcome.COMPLETE, (Block("text", "Hi"),), "claude")
    assert list(ending(Turn(1, "Hi", 0.0, "e", "claude", failed), free=True)) == [
        "failed: overloaded",
        "Try again.",
        "claude",
    ]
    assert list(ending(Turn(1, "Hi", 0.0, "e", "claude", whole), free=True)) == [
        "the answer is whole",
        "claude",
    ]
    assert list(ending(Turn(1, "Hi", 0.0, "e", "claude", Answer()), free=True)) == []
