"""Totals: sums, percentiles and cost, put together by day, endpoint, model and chat."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.receipts import NOON, made, receipts
from tests.strategies_storage import UNHURRIED
from tui_app.core.conversation import Usage
from tui_app.core.days import start_of
from tui_app.core.error_kinds import ErrorKind
from tui_app.core.errors import InvalidRequest
from tui_app.core.models import cost
from tui_app.core.receipt_books import MemoryReceipts, Scope
from tui_app.core.receipts import Receipt
from tui_app.core.sums import Spread, Sum, percentile
from tui_app.core.totals import By, Frame, Report, Tally, Totals, since

BERLIN = ZoneInfo("Europe/Berlin")


def report(found: Sequence[Receipt], by: By = By.DAY, sandboxes: frozenset[str] = frozenset()) -> Report:
    """What receipts come to."""
    times = [each.at for each in found] or [NOON]
    tally = Tally(by, Frame(min(times), max(times), sandboxes, BERLIN))
    tally.add(found)
    return tally.report()


def total(*found: Receipt) -> Sum:
    """The sum of all."""
    return report(found).total


@UNHURRIED
@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 1))
def test_a_percentile_is_the_least_value_that_enough_do_not_exceed(values: list[float], share: float) -> None:
    ordered = sorted(values)
    found = percentile(ordered, share)
    needed = math.ceil(share * len(ordered))
    assert found in ordered
    assert sum(each <= found for each in ordered) >= needed
    assert sum(each < found for each in ordered) < needed


def test_half_and_nineteen_of_twenty() -> None:
    assert Spread.of([float(n) for n in range(100, 0, -1)]) == Spread(50.0, 95.0, 100)
    assert Spread.of([3.0]) == Spread(3.0, 3.0, 1)
    assert Spread.of([]) is None


@UNHURRIED
@given(st.lists(receipts, max_size=30), st.sampled_from(By))
def test_groups_and_stretches_add_up_to_the_whole(found: list[Receipt], by: By) -> None:
    made_of = report(found, by)
    for parts in ([each.sum for each in made_of.groups], made_of.course):
        assert sum(each.requests for each in parts) == made_of.total.requests == len(found)
        assert sum(each.tokens for each in parts) == made_of.total.tokens
        assert sum(each.failed for each in parts) == made_of.total.failed
        assert math.isclose(sum(each.cost.dollars for each in parts), made_of.total.cost.dollars)
        assert sum(sum(each.errors.values()) for each in parts) == sum(made_of.total.errors.values())
    assert made_of.total.attempts == len(found) + sum(len(each.retried.split()) for each in found)


@UNHURRIED
@given(st.lists(receipts, max_size=30), st.sampled_from(By), st.randoms())
def test_the_order_in_which_they_are_read_does_not_matter(
    found: list[Receipt], by: By, chance: object
) -> None:
    mixed = found.copy()
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert close(report(mixed, by).total) == close(report(found, by).total)


def close(found: Sum) -> Sum:
    """The same with the cost to a millionth: sums of floats depend on their order."""
    rounded = replace(found.cost, dollars=round(found.cost.dollars, 6), free=round(found.cost.free, 6))
    return replace(found, cost=rounded, errors=dict(sorted(found.errors.items())), retried={})


@UNHURRIED
@given(st.lists(receipts, max_size=30))
def test_the_price_of_a_sum_is_the_sum_of_prices(found: list[Receipt]) -> None:
    prices = [
        cost(each.answered_by or each.model, Usage(*each[10:14])) or 0.0 for each in found if not each.sandbox
    ]
    assert math.isclose(total(*found).cost.dollars, sum(prices), abs_tol=1e-9)


def test_what_is_known_makes_an_exact_cost() -> None:
    found = total(made(), made())
    assert math.isclose(found.cost.dollars, 2 * (1_000 * 1 + 100 * 5) / 1e6)
    assert not found.cost.at_least


def test_a_model_without_a_price_makes_the_cost_the_least_it_can_be() -> None:
    found = total(made(), made(model="local"))
    assert found.cost.at_least
    assert (found.cost.unpriced, found.cost.cut) == (1, 0)


def test_a_model_without_a_price_that_refused_owes_nothing() -> None:
    refused = made(model="local", outcome="failed", error="api_error", input_tokens=0, output_tokens=0)
    assert not total(refused).cost.at_least


def test_an_answer_that_was_cut_makes_the_cost_the_least_it_can_be() -> None:
    found = total(made(outcome="stopped", told=False, output_tokens=1))
    assert (found.cost.cut, found.stopped, found.speed) == (1, 1, None)
    assert found.first_token is not None


def test_the_sandbox_costs_nothing_and_is_counted_apart() -> None:
    found = total(made(), made(sandbox=True))
    assert math.isclose(found.cost.dollars, found.cost.free)
    assert (found.requests, found.cost.paid) == (2, 1)


def test_where_it_was_not_written_down_the_endpoint_tells_whether_it_is_the_sandbox() -> None:
    old = [made(endpoint="toy", sandbox=None), made(endpoint="real", sandbox=None)]
    found = report(old, sandboxes=frozenset({"toy"})).total
    assert found.cost.paid == 1


def test_a_short_stream_and_a_single_token_tell_no_speed() -> None:
    assert total(made(streamed_s=0.05), made(output_tokens=1), made(streamed_s=None)).speed is None
    assert total(made()).speed == Spread(50.0, 50.0, 1)


def test_errors_are_counted_by_kind_and_attempts_that_were_followed_by_another_apart() -> None:
    found = total(
        made(outcome="failed", error="rate_limit_error", retried="rate_limit_error overloaded_error"),
        made(retried="overloaded_error"),
        made(outcome="failed", error="of a later version"),
    )
    assert found.errors == {ErrorKind.RATE_LIMITED: 1, ErrorKind.OTHER: 1}
    assert found.retried == {ErrorKind.OVERLOADED: 2, ErrorKind.RATE_LIMITED: 1}
    assert (found.requests, found.attempts, found.failed) == (3, 6, 2)


def test_days_are_those_of_the_persons_own_time_zone() -> None:
    midnight = start_of(date(2026, 9, 21), BERLIN)
    found = report([made(midnight - 1), made(midnight), made(midnight + 86_399)])
    assert [(each.key, each.sum.requests) for each in found.groups] == [("2026-09-21", 2), ("2026-09-20", 1)]


def test_the_course_has_a_stretch_for_each_day_also_for_those_without_requests() -> None:
    found = report([made(NOON), made(NOON + 3 * 86_400)])
    assert [each.requests for each in found.course] == [1, 0, 0, 1]


@pytest.mark.parametrize(
    ("span", "day"),
    [("today", "2026-09-21"), ("1d", "2026-09-21"), ("7d", "2026-09-15"), ("30 days", "2026-08-23")],
)
def test_a_span_begins_with_a_day(span: str, day: str) -> None:
    assert since(span, NOON, BERLIN) == start_of(date.fromisoformat(day), BERLIN)
    assert since("2026-09-01", NOON, BERLIN) == start_of(date(2026, 9, 1), BERLIN)
    assert since("all", NOON, BERLIN) is None


@pytest.mark.parametrize("span", ["", "0d", "-3d", "99999d", "yesterday", "2026-13-01", "7", "nan"])
def test_what_is_no_span_is_refused_with_what_would_be(span: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        since(span, NOON, BERLIN)
    assert "7d" in refused.value.advice


async def nobody() -> frozenset[str]:
    """No endpoint is the sandbox's."""
    return frozenset()


async def test_a_chat_is_counted_with_all_that_was_asked_in_it_and_named_by_its_title() -> None:
    book = MemoryReceipts()
    book.named = {1: "Sky [/x]"}
    for conversation_id in (1, 1, 2, None):
        book.note(made(conversation_id=conversation_id))
    totals = Totals(book, nobody, lambda: NOON, BERLIN)
    assert (await totals.chat(1)).requests == 2
    assert (await totals.chat(0)).requests == 0
    found = await totals.report(By.CHAT)
    assert {(each.key, each.title, each.sum.requests) for each in found.groups} == {
        ("1", "Sky [/x]", 2),
        ("2", None, 1),
        ("", "", 1),
    }


async def test_a_span_leaves_out_what_was_before_and_a_scope_what_is_others() -> None:
    book = MemoryReceipts()
    for at, name in ((NOON, "mine"), (NOON - 86_400, "mine"), (NOON, "other")):
        book.note(made(at, name))
    totals = Totals(book, nobody, lambda: NOON, BERLIN)
    assert (await totals.report(By.DAY, "today")).total.requests == 2
    assert (await totals.report(By.DAY, "all", Scope(endpoint="mine"))).total.requests == 2
    assert (await totals.report(By.MODEL, "today", Scope(endpoint="mine"))).total.requests == 1
    assert len((await totals.report(By.DAY, "7d")).course) == 7


async def test_nothing_was_asked_yet() -> None:
    found = await Totals(MemoryReceipts(), nobody, lambda: NOON, BERLIN).report(By.ENDPOINT)
    assert (found.groups, found.total) == ((), Sum())
