"""`inferterm endpoints` on memory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.bench import KEY, CommandLine
from tests.core.bodies import body, endpoint
from tests.fakes_service import refused, reply
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import StoreFailed
from tui_app.core.service import ServiceModel
from tui_app.core.storage import BrokenEndpoint, Health

BROKEN = BrokenEndpoint("odd", "/e/odd.json", 2, "this is not JSON: Expecting value (column 3)")


def with_key(**changes: Any) -> str:  # noqa: ANN401 - bodies are JSON
    """A PUT body with a key in it."""
    settings = {"model_id": "claude-haiku-4-5", "api_key": KEY}
    return json.dumps(body(service_settings=settings, **changes))


def stored(inferterm: CommandLine, inference_id: str = "mine") -> Endpoint:
    """An endpoint as it was kept."""
    found = inferterm.store.entries[inference_id]
    assert isinstance(found, Endpoint)
    return found


def test_a_body_without_a_key_is_kept(inferterm: CommandLine) -> None:
    ended = inferterm("endpoints", "put", "mine", given=json.dumps(body()))
    assert ended.code == 0
    assert ended.out.startswith("created mine; key missing")
    assert "inferterm key set mine" in ended.err
    assert stored(inferterm).body() == body(
        service_settings={"model_id": "claude-haiku-5-5", "rate_limit": {"requests_per_minute": 50}}
    )


@pytest.mark.parametrize("source", [{"place": "environment", "variable": "MINE"}, {"variable": "MINE"}])
@pytest.mark.parametrize("is_set", [False, True])
def test_of_a_key_that_a_variable_holds_is_said_which_and_whether_it_is_there(
    inferterm: CommandLine, is_set: bool, source: dict[str, str]
) -> None:
    inferterm.keyring.is_there = False
    if is_set:
        inferterm.environ["MINE"] = KEY
    given = json.dumps(body(local={"key": source}))
    for options, done in (([], "created"), (["--replace"], "replaced")):
        ended = inferterm("endpoints", "put", "mine", *options, given=given)
        assert ended.code == 0
        if is_set:
            assert ended.out.startswith(f"{done} mine; key from environment, MINE, fingerprint ")
            assert ended.complaints == []
        else:
            assert ended.out == f"{done} mine; key from environment, MINE, which is not set here\n"
            (note,) = ended.complaints
            assert note.startswith("note: set MINE first; ")
    ended = inferterm("key", "set", "mine", "--place", "environment", "--variable", "OTHER", given=None)
    assert ended.out == "key of mine: from environment, OTHER, which is not set here\n"


def test_a_body_comes_from_a_file_too(inferterm: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "body.json"
    file.write_text(json.dumps(body(task_type="completion")), "utf-8-sig")
    assert inferterm("endpoints", "put", "mine", str(file)).code == 0
    assert inferterm("endpoints", "put", "--", "yours", str(file)).code == 0
    assert set(inferterm.store.entries) == {"mine", "yours"}


def test_a_key_in_the_body_goes_to_the_key_store_alone(inferterm: CommandLine) -> None:
    ended = inferterm("endpoints", "put", "mine", "-", given=with_key())
    assert ended.code == 0
    assert inferterm.keyring.keys == {"mine": KEY}
    assert KEY not in ended.out + ended.err + json.dumps(stored(inferterm).document())


def test_with_nowhere_to_keep_the_key_nothing_is_written(inferterm: CommandLine) -> None:
    inferterm.keyring.is_there = False
    ended = inferterm("endpoints", "put", "mine", given=with_key())
    assert (ended.code, ended.out, len(ended.complaints)) == (3, "", 1)
    assert all(way in ended.err for way in ("ANTHROPIC_API_KEY", "command", "vault"))
    assert not inferterm.store.entries


def test_without_a_keyring_a_key_that_the_variable_holds_is_enough(inferterm: CommandLine) -> None:
    inferterm.keyring.is_there = False
    inferterm.environ["ANTHROPIC_API_KEY"] = KEY
    ended = inferterm("endpoints", "put", "mine", given=with_key())
    assert ended.code == 0
    assert "from environment" in ended.out
    inferterm.environ["ANTHROPIC_API_KEY"] = "sk-another"
    assert inferterm("endpoints", "put", "other", given=with_key()).code == 3
    assert set(inferterm.store.entries) == {"mine"}


def test_an_id_that_exists_is_refused_unless_it_is_to_be_replaced(inferterm: CommandLine) -> None:
    inferterm.given(endpoint(limit=7))
    ended = inferterm("endpoints", "put", "mine", given=json.dumps(body()))
    assert (ended.code, stored(inferterm).limit) == (2, 7)
    assert "already exists" in ended.err
    assert inferterm("endpoints", "put", "mine", "--replace", given=json.dumps(body())).code == 0
    assert stored(inferterm).limit == 50
    assert inferterm("endpoints", "put", "new", "--replace", given=json.dumps(body())).code == 0


def test_replacing_keeps_local_settings_that_the_body_does_not_name(inferterm: CommandLine) -> None:
    local = {"auth_scheme": "bearer", "note": "ours"}
    inferterm.given(Endpoint.parse("mine", body(local=local))[0])
    assert inferterm("endpoints", "put", "mine", "--replace", given=json.dumps(body())).code == 0
    assert stored(inferterm).document()["local"] == local
    assert inferterm("endpoints", "put", "mine", "--replace", given=json.dumps(body(local={}))).code == 0
    assert stored(inferterm).document()["local"] == {}


def test_a_broken_file_is_never_overwritten(inferterm: CommandLine) -> None:
    inferterm.given(BROKEN, key=None)
    for options in ([], ["--replace"]):
        assert inferterm("endpoints", "put", "odd", *options, given=json.dumps(body())).code == 2
    assert inferterm.store.entries["odd"] == BROKEN


@pytest.mark.parametrize(
    ("given", "place", "reason"),
    [
        ("", "standard input:1", "it is empty"),
        ('{"a": 1,\n "b"}', "standard input:2", "not JSON"),
        ('{"a": NaN}', "standard input:1", "NaN"),
        ('{"a": 1, "a": 2}', "standard input:1", "twice"),
        ("[" * 100_000, "standard input:1", "deep"),
        (b'{\n"a": "\xff"}', "standard input:2", "UTF-8"),
        (None, "standard input", "closed"),
    ],
)
def test_what_is_not_json_is_told_with_its_line(
    inferterm: CommandLine, given: str | bytes | None, place: str, reason: str
) -> None:
    ended = inferterm("endpoints", "put", "mine", given=given)
    assert (ended.code, ended.out, len(ended.complaints)) == (2, "", 1)
    assert place in ended.err
    assert reason in ended.err


@pytest.mark.parametrize("file", ["/nowhere/body.json", "/"])
def test_a_file_that_cannot_be_read_is_bad_input(inferterm: CommandLine, file: str) -> None:
    ended = inferterm("endpoints", "put", "mine", file)
    assert (ended.code, len(ended.complaints)) == (2, 1)


def test_every_problem_of_a_body_has_a_line_with_its_path(inferterm: CommandLine) -> None:
    wrong = {"service": "anthropic", "service_settings": {"modelid": "x", "api_key": 5}, "task_settings": {}}
    ended = inferterm("endpoints", "put", "mine", given=json.dumps(wrong))
    assert ended.code == 2
    assert {line.partition(":")[0] for line in ended.complaints} == {
        "service_settings.api_key",
        "service_settings.model_id",
        "service_settings.modelid",
        "task_settings.max_tokens",
    }


@pytest.mark.parametrize("inference_id", ["Mine", "../mine", "-mine", "", "a" * 300, "mine\n"])
def test_an_id_that_cannot_be_is_refused(inferterm: CommandLine, inference_id: str) -> None:
    ended = inferterm("endpoints", "put", "--", inference_id, given=json.dumps(body()))
    assert ended.code == 2
    assert not inferterm.store.entries


def test_a_body_that_is_no_object_is_refused(inferterm: CommandLine) -> None:
    assert inferterm("endpoints", "put", "mine", given="[1]").code == 2


def test_verifying_shows_each_step_and_then_keeps(inferterm: CommandLine) -> None:
    inferterm.api.catalogue = [ServiceModel("claude-haiku-4-5", "Claude Haiku 4.5")]
    inferterm.api.scripts = [reply("big")]
    ended = inferterm("endpoints", "put", "mine", "--verify", given=with_key())
    assert ended.code == 0
    steps = [line.partition(":")[0] for line in ended.complaints]
    assert steps[:6] == [
        "key present",
        "host reachable",
        "key accepted",
        "model known",
        "parameters accepted",
        "probe answered",
    ]
    assert "mine" in inferterm.store.entries


def test_a_failed_verification_keeps_nothing(inferterm: CommandLine) -> None:
    inferterm.api.catalogue = refused(401, "authentication_error", "invalid x-api-key")
    ended = inferterm("endpoints", "put", "mine", "--verify", given=with_key())
    assert ended.code == 4
    assert "key accepted: failed" in ended.complaints
    assert not inferterm.store.entries
    assert not inferterm.keyring.keys


def test_verifying_without_a_key_ends_as_without_a_key(inferterm: CommandLine) -> None:
    assert inferterm("endpoints", "put", "mine", "--verify", given=json.dumps(body())).code == 3
    assert not inferterm.store.entries


def test_cautions_are_told_and_do_not_block(inferterm: CommandLine) -> None:
    both = body(task_settings={"max_tokens": 5, "temperature": 0.5})
    ended = inferterm("endpoints", "put", "mine", given=json.dumps(both))
    assert ended.code == 0
    assert any("note: task_settings.temperature" in line for line in ended.complaints)


def test_the_list_names_whole_and_broken_endpoints(inferterm: CommandLine) -> None:
    inferterm.given(endpoint(limit=7))
    inferterm.given(BROKEN, key=None)
    inferterm.health.healths["mine"] = Health(verified_at=1.0, key_refused=True)
    ended = inferterm("endpoints", "list")
    assert ended.code == 0
    assert ended.out.splitlines()[1].split()[:4] == ["mine", "claude-haiku-5-5", "7/min", "refused"]
    assert "odd  broken: /e/odd.json:2: this is not JSON" in ended.out
    rows = json.loads(inferterm("endpoints", "list", "--json").out)
    assert [row["inference_id"] for row in rows] == ["mine", "odd"]
    assert rows[1]["broken"] == {"path": BROKEN.path, "line": 2, "reason": BROKEN.reason}
    assert rows[0]["service_settings"]["rate_limit"] == {"requests_per_minute": 7}
    assert rows[0]["key"]["state"] == "in keyring"
    assert KEY not in json.dumps(rows)


def test_an_empty_list_is_no_failure(inferterm: CommandLine) -> None:
    ended = inferterm("endpoints", "list")
    assert (ended.code, ended.out, len(ended.complaints)) == (0, "", 1)
    assert json.loads(inferterm("endpoints", "list", "--json").out) == []


def test_the_body_of_an_endpoint_can_be_put_again(inferterm: CommandLine) -> None:
    inferterm.given(Endpoint.parse("mine", body(local={"note": "ours"}))[0])
    shown = inferterm("endpoints", "show", "mine", "--body")
    assert "local" not in json.loads(shown.out)
    assert inferterm("endpoints", "put", "copy", given=shown.out).code == 0
    assert stored(inferterm, "copy").body() == stored(inferterm).body()


def test_the_body_of_an_endpoint_for_chats_makes_another_such(inferterm: CommandLine) -> None:
    inferterm("endpoints", "put", "mine", given=json.dumps(body(task_type="chat_completion")))
    shown = inferterm("endpoints", "show", "mine", "--body")
    assert inferterm("endpoints", "put", "copy", given=shown.out).code == 0
    assert stored(inferterm, "copy").task_type == "chat_completion"
    assert "chat_completion" in inferterm("endpoints", "show", "copy").out


def test_an_endpoint_is_shown_in_words_and_as_json(inferterm: CommandLine) -> None:
    inferterm.given(endpoint(limit=7))
    words = inferterm("endpoints", "show", "mine").out
    assert "7 requests/min" in words
    assert "in keyring, fingerprint" in words
    value = json.loads(inferterm("endpoints", "show", "mine", "--json").out)
    assert (value["inference_id"], value["health"]["verified_at"]) == ("mine", None)
    assert inferterm("endpoints", "show", "nobody").code == 2
    assert inferterm("endpoints", "show", "sandbox", "--body").code == 0


def test_a_script_deletes_without_being_asked_and_keeps_the_key(inferterm: CommandLine) -> None:
    inferterm.given()
    ended = inferterm("endpoints", "delete", "mine")
    assert ended.code == 0
    assert "inferterm key delete mine" in ended.out
    assert (inferterm.store.entries, set(inferterm.keyring.keys)) == ({}, {"mine"})


def test_a_key_is_deleted_with_its_endpoint_if_told_so(inferterm: CommandLine) -> None:
    inferterm.given()
    inferterm.given(BROKEN, key=None)
    assert inferterm("endpoints", "delete", "mine", "--with-key").code == 0
    assert inferterm("endpoints", "delete", "odd", "--with-key", "--yes").code == 0
    assert (inferterm.store.entries, inferterm.keyring.keys) == ({}, {})


def test_whoever_sits_there_is_asked(inferterm: CommandLine) -> None:
    inferterm.given()
    inferterm.type_at_terminal("n", "y", "y")
    assert inferterm("endpoints", "delete", "mine").code == 130
    assert set(inferterm.store.entries) == {"mine"}
    assert inferterm("endpoints", "delete", "mine").code == 0
    assert (inferterm.store.entries, inferterm.keyring.keys) == ({}, {})


def test_deleting_what_is_not_there_is_bad_input(inferterm: CommandLine) -> None:
    assert inferterm("endpoints", "delete", "nobody").code == 2
    assert inferterm("endpoints", "delete", "sandbox").code == 2


def test_a_disk_that_refuses_is_a_failure_of_its_own(inferterm: CommandLine) -> None:
    inferterm.store.failure = StoreFailed("cannot write: disk full", "Free some space.")
    ended = inferterm("endpoints", "put", "mine", given=json.dumps(body()))
    assert (ended.code, ended.complaints) == (1, ["cannot write: disk full. Free some space."])


def test_a_shared_budget_is_named(inferterm: CommandLine) -> None:
    inferterm.given(endpoint("one"), endpoint("two", limit=3))
    rows = json.loads(inferterm("endpoints", "list", "--json").out)
    assert [row["shares"] for row in rows] == [["two"], ["one"]]
