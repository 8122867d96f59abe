"""What an answer means for its row: its time, its tokens and its price, as far as they are known."""

from __future__ import annotations

import pytest

from tui_app.core.batch_items import Item, Row, RowState, judged, result_of
from tui_app.core.batch_output import record
from tui_app.core.checks import Check, Kind
from tui_app.core.conversation import Answer, Block, Outcome, Timing, Usage
from tui_app.core.requests import Request

MODEL = "claude-haiku-4-5"
NO_TIME = Timing()
ITEM = Item(0, 2, {}, Request.of_prompt("Hello"), (Check(Kind.MAX_DOLLARS, 1.0), Check(Kind.MAX_TOKENS, 9.0)))


def answer(usage: Usage, timing: Timing = NO_TIME) -> Answer:
    """A whole answer."""
    return Answer(Outcome.COMPLETE, (Block("text", "Hi"),), usage=usage, timing=timing)


def test_what_a_service_does_not_count_is_not_known_and_does_not_pass() -> None:
    result = judged(ITEM, result_of(ITEM, answer(Usage()), MODEL))
    assert (result.dollars, result.passed) == (None, False)
    assert all("not known" in verdict.why for verdict in result.verdicts)
    printed = record(Row(ITEM, RowState.ANSWERED, result))
    assert (printed["tokens"], printed["cost_usd"]) == ({"input": None, "output": None}, None)


def test_what_it_counts_has_a_price() -> None:
    result = judged(ITEM, result_of(ITEM, answer(Usage(5, 7)), MODEL))
    assert result.passed
    assert result.dollars is not None


@pytest.mark.parametrize(
    ("timing", "seconds"),
    [(Timing(2.0, 0.5, 9.0, 1.0), 1.5), (Timing(2.0, None, 9.0, None), 7.0), (Timing(2.0, None, 1.0), 0.0)],
)
def test_seconds_count_from_the_sending(timing: Timing, seconds: float) -> None:
    assert result_of(ITEM, answer(Usage(5, 7), timing), MODEL).seconds == seconds


def test_an_answer_that_was_killed_before_its_checks_is_judged_when_it_is_read() -> None:
    row = Row(ITEM, RowState.ANSWERED, result_of(ITEM, answer(Usage(5, 7)), MODEL))
    assert row.result is not None
    assert not row.result.passed
    assert row.judged.result is not None
    assert row.judged.result.passed
    whole = row.judged
    assert whole.judged is whole
    assert Row(ITEM).judged == Row(ITEM)
