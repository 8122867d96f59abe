"""Sweeps: what is asked of whom, how much that is, and what will be refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes_service import reply
from tests.ui.bench import bench, endpoint
from tui_app.adapters.batch_schema import BATCH_MIGRATIONS
from tui_app.adapters.batch_store import BatchTable
from tui_app.adapters.database import Database
from tui_app.core.batch_plans import Wanted, make_plan
from tui_app.core.batches import Batches
from tui_app.core.errors import InvalidEndpoint, InvalidRequest
from tui_app.core.prompts import Prompt
from tui_app.core.quota import Source
from tui_app.core.requests import Request
from tui_app.core.sweeps import (
    NO_ROWS,
    Sweep,
    before_words,
    doubts,
    factors,
    plans_of,
    price_words,
    read_lists,
)
from tui_app.core.tables import read_table
from tui_app.core.templates import Said, Template

GREET = Prompt("greet", "", Template((Said("user", "Greet {{name}} {{how}}"),), defaults={"how": "warmly"}))
LED = Prompt("led", "", Template((Said("user", "Go {{name}}"), Said("assistant", "So"))))
PEOPLE = read_table("name\nAda\nBob\n", "csv")
TODAY = date(2026, 11, 29)
PLAIN = Sweep(PEOPLE, "people.csv", "d", (endpoint("one"),), prompts=(GREET,))


def test_each_endpoint_with_each_model_gets_a_plan_of_every_row_prompt_and_setting() -> None:
    sweep = replace(
        PLAIN,
        endpoints=(endpoint("one"), endpoint("two")),
        models=("claude-haiku-4-5", "claude-sonnet-4-5"),
        prompts=(GREET, LED),
        grid=read_lists({"temperature": "0, 1", "top_p": " "}, "Be dry\n---\nBe kind"),
    )
    plans = plans_of(sweep)
    asked = {(plan.head.endpoint, plan.head.model) for plan in plans}
    assert asked == set(product(("one", "two"), ("claude-haiku-4-5", "claude-sonnet-4-5")))
    assert [len(plan.items) for plan in plans] == [16] * 4
    assert len({plan.identity for plan in plans}) == 4
    assert (
        factors(sweep) == "2 rows by 2 prompts by 2 endpoints by 2 models by 2 of temperature by 2 of system"
    )
    assert price_words([plan.items for plan in plans], sweep.asked).startswith("64 requests")
    item = plans[0].items[0]
    assert item.variation == {"prompt_name": "greet", "temperature": 0, "system": "Be dry"}
    assert item.request.settings.system == "Be dry"


def test_a_file_that_is_asked_with_one_endpoint_is_the_same_batch_wherever_it_is_begun() -> None:
    assert plans_of(PLAIN)[0].identity == plans_of(replace(PLAIN, title="elsewhere", place="/x"))[0].identity
    assert plans_of(PLAIN)[0].identity != plans_of(replace(PLAIN, values={"how": "coldly"}))[0].identity


def test_a_changed_file_is_kin_of_its_earlier_runs_from_the_app_and_the_command_line() -> None:
    commanded = make_plan(Wanted("p.csv", "d", PEOPLE, endpoint("one"), prompts=(GREET,), place="/p.csv"))
    begun = plans_of(replace(PLAIN, digest="other", place="/p.csv"))[0]
    assert commanded.identity != begun.identity
    assert commanded.head.kin == begun.head.kin != plans_of(replace(PLAIN, place="/q.csv"))[0].head.kin


def test_what_was_asked_before_is_said_with_what_becomes_of_it() -> None:
    assert before_words(0, 3, anew=False) == ""
    assert before_words(2, 3, anew=False) == "2 of 3 were asked before: their answers are kept."
    assert before_words(3, 3, anew=False) == "This was asked before: nothing is left to ask."
    assert "all are asked again" in before_words(3, 3, anew=True)


def test_values_fill_what_no_column_gives() -> None:
    assert PLAIN.open_variables == ("how",)
    sweep = replace(PLAIN, values={"how": "coldly", "name": "nobody"})
    assert plans_of(sweep)[0].items[1].prompt == "Greet Bob coldly"


def test_what_a_model_will_refuse_is_told_once() -> None:
    newer = endpoint("new", model="claude-sonnet-5-5")
    sweep = replace(PLAIN, endpoints=(newer,), prompts=(LED,), grid=read_lists({"temperature": "0,1"}, ""))
    assert list(doubts(plans_of(sweep), sweep.asked, TODAY)) == [
        "claude-sonnet-5-5 refuses temperature; leave it empty",
        "claude-sonnet-5-5 refuses 4 rows that end with the assistant's turn",
    ]


def test_values_that_the_service_refuses_are_told_before() -> None:
    sweep = replace(PLAIN, grid=read_lists({"top_p": "0.5, 5", "temperature": "0.5"}, ""))
    assert list(doubts(plans_of(sweep), sweep.asked, TODAY)) == [
        "claude-haiku-4-5 takes temperature or top_p, not both",
        "Anthropic takes top_p from 0 to 1",
    ]


@pytest.mark.parametrize(
    "sweep",
    [
        replace(PLAIN, endpoints=()),
        replace(PLAIN, table=NO_ROWS, prompts=()),
        replace(PLAIN, prompts=()),
        replace(PLAIN, table=NO_ROWS),
        replace(PLAIN, grid=read_lists({"temperature": ",".join(map(str, range(99_999)))}, "")),
    ],
)
def test_what_cannot_be_asked_is_refused_with_words(sweep: Sweep) -> None:
    with pytest.raises(InvalidRequest) as refused:
        plans_of(sweep)
    assert str(refused.value)


def test_a_value_that_no_endpoint_takes_is_refused() -> None:
    with pytest.raises((InvalidRequest, InvalidEndpoint)):
        plans_of(replace(PLAIN, grid=read_lists({"max_tokens": "0"}, "")))


@given(st.lists(st.text("ab\n ", min_size=1).filter(str.strip), min_size=1, unique_by=str.strip))
def test_system_prompts_are_parted_by_a_line_of_their_own(texts: list[str]) -> None:
    found = read_lists({}, "\n---\n".join(texts))["system"]
    assert [each.strip() for each in found] == [each.strip() for each in texts]


async def test_the_end_is_told_from_the_live_quota_and_what_shares_it(tmp_path: Path) -> None:
    made = bench(endpoint("one", limit=2), endpoint("two", limit=2))
    made.api.scripts = [reply("yes")]
    one, two = [await made.inference.endpoints.get(name) for name in ("one", "two")]
    batches = Batches(
        made.inference, BatchTable(Database(tmp_path / "batches.db", migrations=BATCH_MIGRATIONS))
    )
    assert await batches.last_starts_in([(one, 2)]) == 0
    assert 50 < await batches.last_starts_in([(one, 2), (two, 1)]) <= 61
    reply_ = await made.inference.ask("one", Request.of_prompt("hi"), Source.CHAT)
    async for _ in reply_.events():
        pass
    assert 50 < await batches.last_starts_in([(one, 2)]) <= 61
