"""`inferterm key` on memory."""

from __future__ import annotations

import json

import pytest
from pydantic import SecretStr

from tests.cli.bench import KEY, CommandLine
from tests.core.bodies import endpoint
from tests.fakes_service import refused
from tui_app.core.endpoint import Endpoint
from tui_app.core.keys import fingerprint


def place_of(inferterm: CommandLine) -> dict[str, object]:
    """Where the key of `mine` is looked for."""
    found = inferterm.store.entries["mine"]
    assert isinstance(found, Endpoint)
    return found.local.key.model_dump(exclude_defaults=True)


def test_a_key_comes_from_standard_input_and_is_not_shown(inferterm: CommandLine) -> None:
    inferterm.given(key=None)
    ended = inferterm("key", "set", "mine", given=f"\n  {KEY} \r\n")
    assert (ended.code, inferterm.keyring.keys) == (0, {"mine": KEY})
    mark = fingerprint(SecretStr(KEY))
    assert ended.out == f"key of mine: in keyring, fingerprint {mark}\n"


def test_a_key_typed_at_a_terminal_is_hidden(inferterm: CommandLine) -> None:
    inferterm.given(key=None)
    inferterm.type_at_terminal(KEY)
    ended = inferterm("key", "set", "mine", given="not read")
    assert (ended.code, inferterm.keyring.keys) == (0, {"mine": KEY})
    assert KEY not in ended.out + ended.err


@pytest.mark.parametrize("given", ["", " \n\n", "one\ntwo\n", "a\x00b", b"\xff", None])
def test_what_is_no_key_is_refused_without_being_quoted(
    inferterm: CommandLine, given: str | bytes | None
) -> None:
    inferterm.given(key=None)
    ended = inferterm("key", "set", "mine", given=given)
    assert (ended.code, ended.out, len(ended.complaints)) == (2, "", 1)
    assert not inferterm.keyring.keys


def test_a_key_for_nobody_is_refused(inferterm: CommandLine) -> None:
    assert inferterm("key", "set", "nobody", given=KEY).code == 2
    ended = inferterm("key", "set", "sandbox", given=KEY)
    assert ended.code == 2
    assert "key of its own" in ended.err


def test_without_a_keyring_the_ways_are_named(inferterm: CommandLine) -> None:
    inferterm.given(key=None)
    inferterm.keyring.is_there = False
    ended = inferterm("key", "set", "mine", given=KEY)
    assert (ended.code, ended.out, len(ended.complaints)) == (3, "", 1)
    assert all(way in ended.err for way in ("ANTHROPIC_API_KEY", "command", "vault"))


def test_another_place_is_stored_with_the_endpoint(inferterm: CommandLine) -> None:
    inferterm.given(key=None)
    passphrase = inferterm.home / "passphrase"
    passphrase.write_text("open sesame\n")
    inferterm.environ["INFERTERM_VAULT_PASSPHRASE_FILE"] = str(passphrase)
    assert inferterm("key", "set", "mine", "--place", "vault", given=KEY).code == 0
    assert place_of(inferterm) == {"place": "vault"}
    assert "in vault" in inferterm("key", "status", "mine").out
    assert KEY not in inferterm.vault.read_text()


def test_a_place_that_takes_no_key_leaves_the_old_choice(inferterm: CommandLine) -> None:
    inferterm.given(key=None)
    assert inferterm("key", "set", "mine", "--place", "vault", given=KEY).code == 3
    assert (place_of(inferterm), inferterm.vault.exists()) == ({}, False)


def test_a_variable_or_a_command_brings_the_key_itself(inferterm: CommandLine) -> None:
    inferterm.given(key=None)
    inferterm.environ["MINE"] = KEY
    ended = inferterm("key", "set", "mine", "--place", "environment", "--variable", "MINE", given=None)
    assert (ended.code, place_of(inferterm)) == (0, {"place": "environment", "variable": "MINE"})
    assert "MINE" in ended.out
    secret = inferterm.home / "secret"
    secret.write_text(KEY)
    command = ["--place", "command", "--command", f"cat {secret}"]
    assert inferterm("key", "set", "mine", *command, given=None).code == 0
    assert place_of(inferterm) == {"place": "command", "command": f"cat {secret}"}


def test_a_command_that_prints_no_key_is_not_stored(inferterm: CommandLine) -> None:
    inferterm.given(key=None)
    ended = inferterm("key", "set", "mine", "--place", "command", "--command", "false", given=None)
    assert (ended.code, place_of(inferterm)) == (3, {})


@pytest.mark.parametrize(
    "options",
    [
        ["--variable", "MINE"],
        ["--command", "pass"],
        ["--place", "command"],
        ["--place", "keyring", "--command", "pass"],
        ["--place", "post-it"],
        ["--place", "environment", "--variable", "not a name"],
    ],
)
def test_options_that_do_not_fit_are_refused(inferterm: CommandLine, options: list[str]) -> None:
    inferterm.given(key=None)
    assert inferterm("key", "set", "mine", *options, given=KEY).code == 2
    assert place_of(inferterm) == {}


def test_a_key_that_is_refused_does_not_replace_the_old_one(inferterm: CommandLine) -> None:
    inferterm.given(key="sk-old-key")
    inferterm.api.catalogue = refused(401, "authentication_error", "invalid x-api-key")
    assert inferterm("key", "set", "mine", "--verify", given=KEY).code == 4
    assert inferterm.keyring.keys == {"mine": "sk-old-key"}


def test_status_tells_where_keys_stand(inferterm: CommandLine) -> None:
    inferterm.given(endpoint("one"))
    inferterm.given(endpoint("two"), key=None)
    ended = inferterm("key", "status")
    assert [line.split(",")[0] for line in ended.out.splitlines()] == ["one: in keyring", "two: missing"]
    value = json.loads(inferterm("key", "status", "one", "--json").out)
    assert (value["inference_id"], value["state"]) == ("one", "in keyring")
    assert value["fingerprint"] == fingerprint(SecretStr(KEY))
    assert len(json.loads(inferterm("key", "status", "--json").out)) == 2
    assert inferterm("key", "status", "two").code == 0
    assert inferterm("key", "status", "nobody").code == 2


def test_a_key_is_deleted_also_after_its_endpoint(inferterm: CommandLine) -> None:
    inferterm.given()
    del inferterm.store.entries["mine"]
    assert inferterm("key", "delete", "mine").out == "deleted the key of mine\n"
    assert inferterm("key", "delete", "mine").code == 2
    inferterm.given(key=None)
    assert inferterm("key", "delete", "mine").out == "mine has no key of its own\n"


@pytest.mark.parametrize("arguments", [[KEY], ["--key", KEY], [f"--key={KEY}"], ["--place", KEY]])
def test_no_option_takes_a_key_and_none_is_quoted(inferterm: CommandLine, arguments: list[str]) -> None:
    inferterm.given(key=None)
    ended = inferterm("key", "set", "mine", *arguments)
    assert ended.code == 2
    assert KEY not in ended.out + ended.err


def test_a_keyring_that_may_ask_is_asked_for_one_key_and_not_for_all(
    inferterm: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_app.adapters.keyring_place._SILENT", ())
    inferterm.given(endpoint("one"), endpoint("two", limit=3))
    assert "one: unavailable" in inferterm("key", "status").out
    assert inferterm("key", "status", "one").out.startswith("one: in keyring, fingerprint")
    assert "shared with two" in inferterm("quota", "one").out
    inferterm.keyring.is_there = False
    assert inferterm("key", "status", "one").out.startswith("one: missing")
