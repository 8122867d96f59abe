"""What an answer took, in words that can be held against another's."""

from __future__ import annotations

from tui_app.core.conversation import Answer, Outcome, Timing, Usage
from tui_app.core.measures import UNKNOWN, measures

WHOLE = Answer(
    Outcome.COMPLETE,
    model="claude-haiku-4-5",
    stop_reason="end_turn",
    usage=Usage(1000, 500),
    timing=Timing(2.0, 0.25, 9.5, 5.0),
    attempts=1,
)


def test_a_whole_answer_tells_times_tokens_speed_and_cost() -> None:
    assert measures(WHOLE, free=False) == (
        ("first token", "0.25 s"),
        ("in all", "9.50 s, 2.00 s queued"),
        ("tokens", "1,000 in, 500 out"),
        ("speed", "100 a second"),
        ("cost", "$0.0035"),
    )
    assert measures(WHOLE, free=True)[-1] == ("cost", "would be $0.0035")


def test_a_stopped_answer_claims_no_more_than_is_known() -> None:
    cut = Answer(
        Outcome.STOPPED,
        model="claude-haiku-4-5",
        usage=Usage(1000, 1),
        timing=Timing(0.0, 0.25, 3.0, 2.0),
        attempts=1,
    )
    found = dict(measures(cut, free=False))
    assert found["tokens"] == "1,000 in, ? out"
    assert found["speed"] == UNKNOWN
    assert found["cost"] == "at least $0.0010"


def test_an_answer_that_never_came_has_all_the_names_and_no_values() -> None:
    found = measures(Answer(Outcome.FAILED), free=False)
    assert [name for name, _ in found] == [name for name, _ in measures(WHOLE, free=False)]
    assert {value for _, value in found} == {UNKNOWN}
