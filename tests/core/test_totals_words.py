"""Totals in words, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.receipts import NOON, made, receipts
from tests.core.test_totals import report, total
from tests.strategies_storage import UNHURRIED
from tui_app.core.error_kinds import ERROR_WORDS, ErrorKind
from tui_app.core.sums import Sum
from tui_app.core.totals import By, Group, Report
from tui_app.core.totals_output import written
from tui_app.core.totals_words import (
    HEADS,
    Measure,
    brief_words,
    cells,
    cost_words,
    errors_words,
    group_words,
    in_order,
    measured,
    short,
    sum_lines,
)

LOCAL = made(model="local")
FREE = made(sandbox=True)


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0"), (9_999, "9,999"), (10_000, "10.0k"), (123_456, "123.5k"), (1_234_567, "1.23M"),
     (12_345_678, "12.3M"), (2 * 10**9, "2.00B")],
)  # fmt: skip
def test_counts_are_told_in_few_characters(count: int, words: str) -> None:
    assert short(count) == words


def test_a_cost_says_what_is_known_of_it() -> None:
    assert cost_words(total(made()).cost) == "$0.0015"
    assert cost_words(total(made(), LOCAL).cost) == "at least $0.0015"
    assert cost_words(total(made(), made(outcome="stopped", told=False)).cost) == "at least $0.0030"
    assert cost_words(total(LOCAL).cost) == "not known"
    assert cost_words(total(FREE).cost) == "would cost $0.0015"
    assert cost_words(total(made(), FREE).cost) == "$0.0015"
    assert cost_words(Sum().cost) == "-"


def test_why_a_cost_is_not_exact_is_told_and_the_sandbox_apart() -> None:
    lines = list(sum_lines(total(made(), LOCAL, FREE, made(outcome="stopped", told=False))))
    assert "cost at least $0.0030 (1 without a known price, 1 cut)" in lines
    assert "the sandbox would cost $0.0015" in lines
    assert lines[0] == "4 requests (1 stopped)"


def test_a_sum_in_a_few_words() -> None:
    assert brief_words(total(made())) == "1 request · 1,100 tokens · $0.0015"
    assert brief_words(Sum()) == ""


def test_errors_are_named_by_kind_the_most_frequent_first() -> None:
    failed = made(outcome="failed", error="rate_limit_error", retried="overloaded_error rate_limit_error")
    found = total(failed, failed, made(outcome="failed", error="authentication_error"))
    assert errors_words(found) == "rate limited 2 (+2 tried again), key refused 1, overloaded 2 tried again"
    assert errors_words(Sum()) == ""
    assert set(ERROR_WORDS) == set(ErrorKind)


def test_a_table_marks_what_is_no_exact_cost() -> None:
    assert len(cells(total(made()))) == len(HEADS)
    assert cells(total(made(), LOCAL))[4] == "≥$0.0015"
    assert cells(total(FREE))[4] == "~$0.0015"
    assert cells(total(made(outcome="failed", first_token_s=None, streamed_s=None)))[5:] == ("-",) * 4


def test_a_chat_is_called_by_number_and_title() -> None:
    assert group_words(Group("7", Sum(), "Sky"), By.CHAT) == "7 Sky"
    assert group_words(Group("7", Sum(), ""), By.CHAT) == "7 without a title"
    assert group_words(Group("7", Sum(), None), By.CHAT) == "7, deleted"
    assert group_words(Group("", Sum()), By.CHAT) == "no chat"
    assert group_words(Group("my\x1b[31m-claude", Sum()), By.ENDPOINT) == "my-claude"


def test_what_nothing_is_paid_for_is_drawn_by_what_it_would_cost() -> None:
    assert measured(total(FREE), Measure.COST) > 0
    assert measured(total(FREE, LOCAL), Measure.COST) == 0


def test_endpoints_stand_by_the_measure_and_days_by_time() -> None:
    found = [made(NOON, "few"), made(NOON - 86_400, "many"), made(NOON - 86_400, "many")]
    assert [each.key for each in in_order(report(found, By.ENDPOINT), Measure.REQUESTS)] == ["many", "few"]
    assert [each.sum.requests for each in in_order(report(found), Measure.REQUESTS)] == [1, 2]


@UNHURRIED
@given(st.lists(receipts, max_size=20), st.sampled_from(By), st.sampled_from(Measure))
def test_everything_can_be_told_of_any_requests(found: list[object], by: By, measure: Measure) -> None:
    made_of = report(found, by)  # type: ignore[arg-type]
    assert all(line.isprintable() for line in sum_lines(made_of.total))
    assert all(measured(each, measure) >= 0 for each in made_of.course)
    assert json.loads(written(made_of, "json"))["total"]["requests"] == len(found)
    rows = list(csv.DictReader(io.StringIO(written(made_of, "csv"))))
    assert sum(int(row["requests"]) for row in rows) == len(found)
    assert [row[by] for row in rows] == [group.key for group in made_of.groups]


def told(found: Report) -> dict[str, Any]:
    """A report as a script reads it."""
    read: dict[str, Any] = json.loads(written(found, "json"))
    return read


def test_json_tells_all_and_null_where_no_price_is_known() -> None:
    found = told(report([LOCAL, made(NOON, outcome="failed", error="cut")], By.MODEL))
    groups = {each["model"]: each for each in found["groups"]}
    assert groups["local"]["cost_usd"] is None
    assert groups["claude-haiku-4-5"]["errors"] == {"cut": 1}
    assert found["since"].startswith("2026-09-21T00:00:00+02:00")
    assert [each["requests"] for each in found["course"]] == [2]


def test_a_chat_without_a_title_is_null_in_json_and_empty_in_csv() -> None:
    made_of = report([made(conversation_id=3), made()], By.CHAT)
    made_of = replace(made_of, groups=tuple(replace(each, title=None) for each in made_of.groups))
    assert [(each["chat"], each.get("title")) for each in told(made_of)["groups"]] == [
        (3, None),
        (None, None),
    ]
    assert [line.split(",")[:2] for line in written(made_of, "csv").splitlines()] == [
        ["chat", "title"],
        ["3", ""],
        ["", ""],
    ]
