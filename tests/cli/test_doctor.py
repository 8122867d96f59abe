"""`inferterm doctor` on memory."""

from __future__ import annotations

import json

import pytest

from tests.cli.bench import KEY, CommandLine


def test_it_tells_of_keyring_files_versions_and_terminal(inferterm: CommandLine) -> None:
    folder = inferterm.home / "endpoints"
    folder.mkdir(mode=0o700)
    (folder / "mine.json").touch(mode=0o600)
    (folder / "mine.json").chmod(0o644)
    found = json.loads(inferterm("doctor", "--json").out)
    assert found["keyring"]["works"]
    assert found["vault"]["trouble"] == "absent"
    assert {"python", "textual", "keyring"} <= set(found["versions"])
    files = {file["path"]: file for file in found["files"]}
    assert files[str(folder)] == {"path": str(folder), "mode": "0700", "problem": None}
    assert "chmod 600" in files[str(folder / "mine.json")]["problem"]
    assert files[str(inferterm.home / "state")]["mode"] is None
    assert found["terminal"]["output"] is False


def test_a_keyring_that_does_not_work_is_no_failure_of_the_doctor(inferterm: CommandLine) -> None:
    inferterm.keyring.is_there = False
    ended = inferterm("doctor")
    assert ended.code == 0
    assert "not usable (absent)" in ended.out
    assert "ANTHROPIC_API_KEY" in ended.out


def test_variables_are_told_to_be_set_and_not_what_they_hold(
    inferterm: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    ended = inferterm("doctor")
    assert "ANTHROPIC_API_KEY: set" in ended.out
    assert KEY not in ended.out + ended.err


@pytest.mark.parametrize(
    ("environ", "colours"),
    [
        ({"TERM": "dumb"}, "none"),
        ({"TERM": "xterm"}, "16"),
        ({"TERM": "screen-256color"}, "256"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "16 million"),
    ],
)
def test_colours_are_what_the_environment_says(
    inferterm: CommandLine, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], colours: str
) -> None:
    monkeypatch.delenv("COLORTERM", raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert json.loads(inferterm("doctor", "--json").out)["terminal"]["colours"] == colours


@pytest.mark.parametrize(
    ("own_limit", "then"), [(True, "each process keeps a limit of its own"), (False, "nothing is sent")]
)
def test_a_ledger_that_cannot_be_used_is_told_with_what_holds_meanwhile(
    inferterm: CommandLine, own_limit: bool, then: str
) -> None:
    inferterm.ledger, inferterm.own_limit = inferterm.home / "state", own_limit
    assert json.loads(inferterm("doctor", "--json").out)["ledger"]["usable"]
    inferterm.ledger = inferterm.home / "file"
    inferterm.ledger.write_text("")
    ended = inferterm("doctor")
    assert ended.code == 0
    assert "usable: no" in ended.out
    assert "not a directory" in ended.out
    assert "inferterm settings without_ledger own-limit" in ended.out
    assert f"without it: {then}" in ended.out
