"""`inferterm totals` on memory, and on the real parts after other commands."""

from __future__ import annotations

import csv
import io
import json
import time

import pytest

from tests.cli.bench import CommandLine
from tests.cli.process import run
from tests.core.bodies import endpoint
from tests.core.receipts import made
from tests.fakes_service import refused, reply


def test_nothing_was_asked_yet(inferterm: CommandLine) -> None:
    ended = inferterm("totals")
    assert (ended.code, ended.out) == (0, "")
    assert "nothing was asked" in ended.complaints[0]
    assert json.loads(inferterm("totals", "--json").out)["total"]["requests"] == 0


def test_a_prompt_that_was_asked_is_counted_with_its_errors(inferterm: CommandLine) -> None:
    inferterm.given(endpoint())
    inferterm.api.scripts = [reply("a"), [refused(401, "authentication_error")]]
    assert inferterm("ask", "mine", "hi").code == 0
    assert inferterm("ask", "mine", "hi").code == 4
    ended = inferterm("totals", "--by", "endpoint")
    head, row = ended.out.splitlines()[:2]
    assert head.split()[:3] == ["ENDPOINT", "REQUESTS", "FAILED"]
    assert row.split()[:3] == ["mine", "2", "1"]
    assert "errors: key refused 1" in ended.out


def test_one_endpoint_alone(inferterm: CommandLine) -> None:
    for name in ("mine", "other", "other"):
        inferterm.receipts.note(made(time.time(), name))
    total = json.loads(inferterm("totals", "other", "--json").out)["total"]
    assert (total["requests"], total["cost_usd"]) == (2, 0.003)


def test_an_endpoint_that_was_deleted_still_has_totals_and_one_that_never_was_has_none(
    inferterm: CommandLine,
) -> None:
    inferterm.receipts.note(made(time.time(), "gone"))
    assert inferterm("totals", "gone").code == 0
    assert inferterm("totals", "nobody").code == 2
    inferterm.given(endpoint("new"))
    assert inferterm("totals", "new").code == 0


def test_a_span_leaves_out_what_was_before(inferterm: CommandLine) -> None:
    for days in (0, 3, 40):
        inferterm.receipts.note(made(time.time() - days * 86_400))
    spans = ("today", "7d", "30d", "all")
    found = [json.loads(inferterm("totals", "--since", span, "--json").out)["total"] for span in spans]
    assert [each["requests"] for each in found] == [1, 2, 2, 3]


def test_what_is_no_span_is_bad_input(inferterm: CommandLine) -> None:
    ended = inferterm("totals", "--since", "yesterday")
    assert ended.code == 2
    assert "yesterday is no span of time" in ended.complaints[0]
    assert inferterm("totals", "--json", "--csv").code == 2


@pytest.mark.parametrize("by", ["day", "endpoint", "model", "chat"])
def test_csv_has_a_row_for_each(inferterm: CommandLine, by: str) -> None:
    inferterm.receipts.named = {1: "Sky, [/x]"}
    inferterm.receipts.note(made(time.time(), conversation_id=1))
    (row,) = csv.DictReader(io.StringIO(inferterm("totals", "--by", by, "--csv").out))
    assert row["requests"] == "1"
    assert row[by]
    assert row["first_token_p95_s"] == "0.5"
    assert row.get("title", "Sky, [/x]") == "Sky, [/x]"


async def test_what_all_commands_asked_is_counted_together(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = tmp_path_factory.mktemp("rows") / "rows.csv"
    rows.write_text("prompt\none\ntwo\n")
    assert (await run("ask", "sandbox", "hello")).code == 0
    assert (await run("ask", "sandbox", "cut short")).code == 5
    assert (await run("batch", str(rows), "--endpoint", "sandbox")).code == 0
    said = await run("chat", "sandbox", "--plain", given=b"hello\n/totals\n/totals today\n/totals soon\n")
    assert "This chat: 1 request; " in said.err
    assert "All requests, today: 5 requests (1 failed); " in said.err
    assert "Errors: cut off 1." in said.err
    assert "soon is no span of time" in said.err
    value = json.loads((await run("totals", "--json")).out)
    assert value["total"]["requests"] == 5
    assert value["total"]["cost_usd"] == 0
    assert value["total"]["sandbox_cost_usd"] > 0
