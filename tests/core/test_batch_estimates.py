"""Estimates: tokens and dollars of what is still to be asked."""

from __future__ import annotations

from tests.core.bodies import endpoint
from tests.core.test_batch_plans import wanted
from tui_app.core.batch_estimates import estimate, estimate_words
from tui_app.core.batch_plans import make_plan


def test_the_cost_is_told_or_said_to_be_unknown() -> None:
    first = wanted("prompt\nHello there\n")
    told = estimate(make_plan(first).items, endpoint())
    assert told.requests == 1
    assert told.tokens_out == endpoint().task_settings.max_tokens
    assert "$" in estimate_words(told)
    unknown = first.endpoint.with_model("somebody-elses")
    assert "not known" in estimate_words(estimate(make_plan(first).items, unknown))
    assert "costs nothing" in estimate_words(told, free=True)
