"""`inferterm quota` on memory."""

from __future__ import annotations

import json

from tests.cli.bench import CommandLine
from tests.cli.test_endpoints import BROKEN
from tests.core.bodies import endpoint
from tui_app.cli.gauges import Gauge
from tui_app.core.activity import Activity, Stranger, ToldLimit
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
        "service": {"limits": [], "others": None},
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
    gauge = Gauge(entry, quota, Activity())
    value = gauge.value(100.0)
    assert (value["used"], value["left"], value["waiting"], value["shares"]) == (2, 0, 4, ["other"])
    assert value["closed"] == {"seconds": 30.0, "reason": "Slow down"}
    assert (value["next_slot_in_s"], value["full_in_s"]) == (30.0, 30.0)
    assert gauge.value(140.0)["closed"] is None
    assert "Slow down" in gauge.words(100.0, 0.0)


def test_what_the_service_says_is_told_beside_with_its_warnings() -> None:
    entry = Entry(endpoint(limit=50), KeyStatus(KeyState.MISSING), GROUP)
    told = (
        ToldLimit("requests", 40, 38, 103.0, 88.0),
        ToldLimit("input-tokens", 50_000, 39_000, None, 88.0),
    )
    gauge = Gauge(entry, Quota(GROUP, 50, 100.0), Activity(told=told, stranger=Stranger(3, 90.0)))
    words = gauge.words(100.0, 0.0)
    assert (
        "the service: requests 38 of 40, full in 3 s, input tokens 39,000 of 50,000, told 12 s ago" in words
    )
    assert "50 a minute is more than the service allows: 40" in words
    assert "somebody else uses this key: at least 3 requests" in words
    assert gauge.value(100.0)["service"] == {
        "limits": [
            {"name": "requests", "limit": 40, "remaining": 38, "full_in_s": 3.0, "told_s_ago": 12.0},
            {
                "name": "input-tokens",
                "limit": 50_000,
                "remaining": 39_000,
                "full_in_s": None,
                "told_s_ago": 12.0,
            },
        ],
        "others": {"requests": 3, "noticed_s_ago": 10.0},
    }


def test_so_many_more_prompts_are_thought_through(inferterm: CommandLine) -> None:
    inferterm.given(endpoint(limit=2))
    assert inferterm("quota", "mine", "--prompts", "2").out.endswith(
        "2 prompts at 2 a minute: the last starts at once\n"
    )
    value = json.loads(inferterm("quota", "mine", "--json", "--prompts", "5").out)["what_if"]
    assert value == {"prompts": 5, "behind": 0, "first_in_s": 0.0, "last_in_s": 121.0}
    assert inferterm("quota", "mine", "--prompts", "0").code == 2
