"""What is printed of an answer, and what is said about it."""

from __future__ import annotations

import json

import pytest

from tests.cli.bench import CommandLine
from tests.fakes_service import lost, refused, reply
from tui_app.cli.answers import Waits
from tui_app.core.conversation import Usage
from tui_app.core.errors import Loss, StoreFailed
from tui_app.core.events import BlockOpened, Opened, Queued, Retrying, Stopping, TextDelta
from tui_app.core.storage import Health

BEGUN = reply("The first ", "part")[:4]


def test_retries_are_told_and_end_after_three_requests(inferterm: CommandLine) -> None:
    inferterm.given()
    inferterm.api.scripts = [[refused(529, "overloaded_error", "Overloaded", retry_after_s=0)]] * 3
    ended = inferterm("ask", "mine", "Hi")
    assert (ended.code, ended.out, inferterm.api.calls) == (4, "", 3)
    assert [line.partition(":")[0] for line in ended.complaints[:2]] == [
        "attempt 2 of 3 in 0.0 s",
        "attempt 3 of 3 in 0.0 s",
    ]
    assert len(ended.complaints) == 3


def test_foreign_words_come_on_one_line_without_escape_sequences(inferterm: CommandLine) -> None:
    inferterm.given()
    words = "no\x1b[2J\n\nwonder\u2028at \x9b31mall " + "x" * 5000
    inferterm.api.scripts = [[refused(400, "invalid_request_error", words)]]
    ended = inferterm("ask", "mine", "Hi")
    assert len(ended.complaints) == 1
    assert "no wonder at all" in ended.err
    assert "\x1b" not in ended.err
    assert len(ended.err) < 1200


def test_json_is_one_object(inferterm: CommandLine) -> None:
    inferterm.given()
    inferterm.api.scripts = [reply("a\u2028", "b\x85c")]
    ended = inferterm("ask", "mine", "Hi", "--json")
    value = json.loads(ended.out)
    timing = value.pop("timing")
    assert value == {
        "inference_id": "mine",
        "model": "claude-test",
        "text": "a\u2028b\x85c",
        "stop_reason": "end_turn",
        "usage": {
            "input_tokens": 10,
            "output_tokens": 2,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
        },
        "request_id": "req_test",
    }
    assert set(timing) == {"queued_s", "first_token_s", "total_s"}
    assert 0 <= timing["queued_s"] <= timing["total_s"]
    assert len(ended.out.splitlines()) == 1


def test_json_of_a_part_says_what_failed(inferterm: CommandLine) -> None:
    inferterm.given()
    inferterm.api.scripts = [[*BEGUN, lost(Loss.CUT)]]
    ended = inferterm("ask", "mine", "Hi", "--json")
    value = json.loads(ended.out)
    assert (ended.code, value["text"], value["stop_reason"]) == (5, "The first part", None)
    assert value["error"] == "the connection failed: cut"


def test_json_of_nothing_is_nothing(inferterm: CommandLine) -> None:
    inferterm.given()
    inferterm.api.scripts = [[refused(401, "authentication_error", "invalid x-api-key")]]
    ended = inferterm("ask", "mine", "Hi", "--json")
    assert (ended.code, ended.out) == (4, "")
    assert inferterm.health.healths["mine"].key_refused


@pytest.mark.parametrize(
    ("stop_reason", "word"), [("max_tokens", "--max-tokens"), ("refusal", "refused"), ("tool_use", "tool")]
)
def test_an_answer_that_did_not_end_by_itself_says_so(
    inferterm: CommandLine, stop_reason: str, word: str
) -> None:
    inferterm.given()
    inferterm.api.scripts = [reply("part", stop_reason=stop_reason)]
    ended = inferterm("ask", "mine", "Hi")
    assert (ended.code, ended.out, len(ended.complaints)) == (0, "part", 1)
    assert word in ended.err


def test_text_that_a_block_begins_with_is_printed_too(inferterm: CommandLine) -> None:
    inferterm.given()
    inferterm.api.scripts = [
        [
            Opened("m", None, Usage()),
            BlockOpened(0, "thinking", {"type": "thinking", "thinking": "hm"}),
            BlockOpened(1, "text", {"type": "text", "text": "whole "}),
            TextDelta(1, "answer"),
            Stopping("end_turn", Usage()),
        ]
    ]
    assert inferterm("ask", "mine", "Hi").out == "whole answer"


def test_a_character_that_was_cut_in_two_comes_out_whole(inferterm: CommandLine) -> None:
    inferterm.given()
    inferterm.api.scripts = [reply("a\ud83d", "\ude00b\udc00", "c\ud800")]
    assert inferterm("ask", "mine", "Hi").out == "a\U0001f600b\ufffdc\ufffd"


def test_a_key_that_is_taken_again_is_not_refused_any_more(inferterm: CommandLine) -> None:
    inferterm.given()
    inferterm.health.healths["mine"] = Health(key_refused=True, error="401", failed_at=1.0)
    inferterm.api.scripts = [reply("ok")]
    assert inferterm("ask", "mine", "Hi").code == 0
    assert not inferterm.health.healths["mine"].key_refused


def test_an_answer_is_done_also_where_nothing_can_be_remembered(inferterm: CommandLine) -> None:
    inferterm.given()
    inferterm.health.failure = StoreFailed("the disk is full")
    inferterm.api.scripts = [reply("ok"), [refused(400, "invalid_request_error", "no")]]
    ended = inferterm("ask", "mine", "Hi")
    assert (ended.code, ended.out, ended.complaints) == (0, "ok", ["note: the disk is full"])
    ended = inferterm("ask", "mine", "Hi")
    assert (ended.code, len(ended.complaints)) == (4, 2)


def test_a_wait_is_told_once_for_each_attempt(capsys: pytest.CaptureFixture[str]) -> None:
    waits = Waits()
    for event in (
        Queued(2, 0.2),
        Queued(2, 61.0),
        Queued(1, 30.0),
        Retrying("Overloaded\nagain", 0.5, 2, 3),
        Queued(1, 12.0, "the service closed it"),
    ):
        waits.take(event)
    assert capsys.readouterr().err.splitlines() == [
        "inferterm: waiting about 61 s: the endpoint's rate limit, place 2 in the queue",
        "inferterm: attempt 2 of 3 in 0.5 s: Overloaded again",
        "inferterm: waiting about 12 s: the service closed it",
    ]


def test_a_retry_in_the_queue_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    waits = Waits()
    waits.take(Retrying("Too fast", 12.0, 2, 3, queued=True))
    waits.take(Queued(1, 12.0, "Too fast", 2))
    assert capsys.readouterr().err.splitlines() == [
        "inferterm: attempt 2 of 3 in 12.0 s, first in the queue: Too fast"
    ]
