"""`inferterm quota` on memory."""

from __future__ import annotations

import json

from tests.cli.bench import CommandLine
from tests.cli.test_endpoints import BROKEN
from tests.core.bodies import endpoint
from tui_app.cli.gauges import quota_value
from tui_app.core.endpoints import Entry
from tui_app.core.keys import KeyState, KeyStatus
from tui_app.core.quota import Closure, Group, Quota

GROUP = Group("https://a.example", "1a2b3c4d", "claude-haiku-5-5")


def test_an_unused_limit_is_all_there(inferterm: CommandLine) -> None:
    inferterm.given(endpoint(limit=7))
    assert inferterm("quota", "mine").out.startswith("mine: 7 of 7 left; 0 used in the last")
    value = json.loads(inferterm("quota", "mine", "--json").out)
    assert value == {
        "inference_id": "mine",
        "limit": 7,
        "used": 0,
        "left": 7,
        "next_slot_in_s": 0.0,
        "full_in_s": 0.0,
        "waiting": 0,
        "pacing": "burst",
        "closed": None,
        "alone": "",
        "shares": [],
    }


def test_all_limits_come_as_a_list_and_broken_files_are_told(inferterm: CommandLine) -> None:
    inferterm.given(endpoint("one"), endpoint("two", limit=3))
    inferterm.given(BROKEN, key=None)
    ended = inferterm("quota", "--json")
    assert ended.code == 0
    assert [(row["inference_id"], row["left"]) for row in json.loads(ended.out)] == [("one", 50), ("two", 3)]
    assert len(ended.complaints) == 1
    assert "shared with two" in inferterm("quota", "one").out


def test_nobody_has_no_quota(inferterm: CommandLine) -> None:
    assert inferterm("quota", "nobody").code == 2
    assert inferterm("quota", "sandbox").code == 0
    ended = inferterm("quota")
    assert (ended.code, ended.out, len(ended.complaints)) == (0, "", 1)


def test_what_is_used_and_why_it_is_closed_is_told() -> None:
    entry = Entry(endpoint(limit=3), KeyStatus(KeyState.MISSING), GROUP, shares=("other",))
    closed = Closure(130.0, "Slow down")
    quota = Quota(GROUP, 3, 100.0, free_at=(110.0, 120.0), others_waiting=4, closure=closed)
    value = quota_value(entry, quota, 100.0)
    assert (value["used"], value["left"], value["waiting"], value["shares"]) == (2, 0, 4, ["other"])
    assert value["closed"] == {"seconds": 30.0, "reason": "Slow down"}
    assert (value["next_slot_in_s"], value["full_in_s"]) == (30.0, 30.0)
    assert quota_value(entry, quota, 140.0)["closed"] is None
