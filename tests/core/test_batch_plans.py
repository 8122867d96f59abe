"""Plans: what a table, prompts and settings make of requests, and what tells two batches apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.bodies import endpoint
from tui_app.core.batch_items import Result, Row, RowState
from tui_app.core.batch_output import summary
from tui_app.core.batch_plans import Wanted, make_plan, read_grid, unsupported
from tui_app.core.conversation import Settings, Usage
from tui_app.core.endpoint import Local
from tui_app.core.errors import InvalidRequest
from tui_app.core.prompts import Prompt
from tui_app.core.tables import read_table
from tui_app.core.templates import Said, Template

_TONE = Template((Said("user", "Greet {{name}}"),), system="Be {{tone}}", defaults={"tone": "kind"})
GREET = Prompt("greet", "1", _TONE)
HAIL = Prompt("hail", "2", Template((Said("user", "Hail {{name}}"),)))


def wanted(text: str, kind: str = "csv") -> Wanted:
    """What asks a table's own prompts."""
    table = read_table(text, "csv" if kind == "csv" else "jsonl")
    return Wanted("rows.csv", "digest", table, endpoint())


def test_the_column_prompt_is_asked_word_for_word() -> None:
    (item,) = make_plan(wanted("prompt,system\nSay {{x}},Be brief\n")).items
    assert item.prompt == "Say {{x}}"
    assert item.request.settings.system == "Be brief"
    assert item.line == 2


def test_prompts_and_settings_are_varied_for_each_row() -> None:
    grid = read_grid(["max_tokens=10,20"])
    plan = make_plan(replace(wanted("name\nAda\nBob\n"), prompts=(GREET, HAIL), grid=grid))
    assert [item.prompt for item in plan.items][:4] == ["Greet Ada", "Greet Ada", "Hail Ada", "Hail Ada"]
    assert [item.request.settings.max_tokens for item in plan.items] == [10, 20] * 4
    assert plan.items[0].variation == {"prompt_name": "greet", "max_tokens": 10}
    assert plan.items[0].request.settings.system == "Be kind"
    assert [item.position for item in plan.items] == list(range(8))
    assert plan.head.varied == ("prompt_name", "max_tokens")


def test_a_column_wins_over_a_value_for_all_and_null_is_no_value() -> None:
    rows = '{"name": "Ada", "tone": "cold"}\n{"name": "Bob", "tone": null}\n'
    plan = make_plan(replace(wanted(rows, "jsonl"), prompts=(GREET,), values={"tone": "warm"}))
    assert [item.request.settings.system for item in plan.items] == ["Be cold", "Be warm"]


def test_what_is_missing_is_named_with_its_line() -> None:
    with pytest.raises(InvalidRequest, match=r"rows\.csv:2: no value for `name`"):
        make_plan(replace(wanted("nome\nAda\n"), prompts=(HAIL,)))


def test_the_same_command_has_the_same_identity_and_any_other_another() -> None:
    first = wanted("prompt\nHello\n")
    others = [
        replace(first, digest="other"),
        replace(first, endpoint=endpoint("another")),
        replace(first, settings=Settings(max_tokens=7)),
        replace(first, grid={"max_tokens": ("1", "2")}),
        replace(first, prompts=(GREET,), values={"name": "x"}),
    ]
    identities = {make_plan(each).identity for each in [first, *others]}
    assert len(identities) == len(others) + 1
    assert make_plan(replace(first, title="moved.csv")).identity == make_plan(first).identity


def test_a_higher_limit_does_not_begin_another_batch() -> None:
    first = wanted("prompt\nHello\n")
    settings = first.endpoint.service_settings
    rate = settings.rate_limit.model_copy(update={"requests_per_minute": 999})
    faster = settings.model_copy(update={"rate_limit": rate})
    second = replace(first, endpoint=first.endpoint.model_copy(update={"service_settings": faster}))
    assert make_plan(first).identity == make_plan(second).identity


def test_checks_that_are_not_supported_are_counted_with_their_lines() -> None:
    plan = make_plan(wanted("prompt,__expected\na,llm-rubric:x\nb,llm-rubric:y\nc,contains:z\n"))
    assert list(unsupported(plan).values()) == ["2 rows (lines 2, 3)"]


def test_batches_of_one_file_and_endpoint_are_kin_whatever_was_changed() -> None:
    first = replace(wanted("prompt\nHello\n"), place="/tmp/rows.csv")
    same = [replace(first, digest="other"), replace(first, settings=Settings(max_tokens=7))]
    assert {make_plan(each).head.kin for each in same} == {make_plan(first).head.kin}
    others = [replace(first, place="/tmp/other.csv"), replace(first, endpoint=endpoint("another"))]
    assert make_plan(first).head.kin not in {make_plan(each).head.kin for each in others}
    assert make_plan(wanted("prompt\nHello\n")).head.kin == ""


def test_a_grid_that_names_a_setting_twice_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="given twice"):
        read_grid(["max_tokens=1,2", "max-tokens=3"])


@pytest.mark.parametrize("written", ["temperature", "colour=1", "max_tokens=", "=1"])
def test_a_grid_that_varies_nothing_is_refused(written: str) -> None:
    with pytest.raises(InvalidRequest, match="varies nothing"):
        read_grid([written])


def test_what_the_sandbox_would_cost_is_told_as_nothing_that_is_paid() -> None:
    paid = wanted("prompt\nHello\n")
    free = replace(paid, endpoint=paid.endpoint.model_copy(update={"local": Local(sandbox=True)}))
    assert [make_plan(each).head.free for each in (paid, free)] == [False, True]
    plan = make_plan(free)
    rows = [Row(plan.items[0], RowState.ANSWERED, Result("Hi", usage=Usage(1, 2), dollars=0.5, passed=True))]
    assert summary(rows, free=True).words == "1 row: 1 passed; 1 tokens in, 2 out, would cost $0.5000"
    assert summary(rows).took == "1 tokens in, 2 out, $0.5000"
