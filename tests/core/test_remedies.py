"""What can be done about an answer."""

from __future__ import annotations

import pytest

from tui_app.core.conversation import Answer, Block, Outcome
from tui_app.core.remedies import Remedy, blamed, remedies

TEXT = (Block("text", "x"),)
REFUSED = "invalid_request_error (status 400): `temperature` is deprecated for this model."


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(Outcome.RUNNING), ()),
        (Answer(Outcome.COMPLETE, TEXT, stop_reason="end_turn"), ()),
        (Answer(Outcome.COMPLETE, TEXT, stop_reason="something new"), ()),
        (Answer(Outcome.COMPLETE, TEXT, stop_reason="max_tokens"), (Remedy.PROCEED, Remedy.RAISE)),
        (Answer(Outcome.COMPLETE, TEXT, stop_reason="pause_turn"), (Remedy.PROCEED,)),
        (Answer(Outcome.COMPLETE, TEXT, stop_reason="refusal"), (Remedy.RETRY,)),
        (Answer(Outcome.COMPLETE), (Remedy.RETRY,)),
        (Answer(Outcome.STOPPED, TEXT), (Remedy.RETRY, Remedy.PROCEED)),
        (Answer(Outcome.FAILED, error="cut"), (Remedy.RETRY,)),
        (Answer(Outcome.FAILED, error="the connection was cut"), (Remedy.RETRY,)),
        (Answer(Outcome.FAILED, error=REFUSED), (Remedy.WITHOUT, Remedy.RETRY)),
    ],
)
def test_each_end_has_its_ways_on(answer: Answer, expected: tuple[Remedy, ...]) -> None:
    assert remedies(answer) == expected


def test_every_sampling_setting_that_a_400_names_is_blamed() -> None:
    both = "invalid_request_error (status 400): `temperature` and `top_p` cannot both be specified"
    assert blamed(Answer(Outcome.FAILED, error=both)) == ("temperature", "top_p")


def test_a_setting_named_by_another_error_or_in_another_word_is_not_blamed() -> None:
    assert blamed(Answer(Outcome.FAILED, error=REFUSED.replace("400", "529"))) == ()
    assert blamed(Answer(Outcome.FAILED, error="x (status 400): top_kind")) == ()
    assert blamed(Answer(Outcome.STOPPED, error=REFUSED)) == ()
