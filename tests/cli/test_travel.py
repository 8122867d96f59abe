"""`inferterm endpoints export` and `import` on memory."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.bench import KEY, CommandLine
from tests.core.bodies import body, endpoint
from tests.core.pastes import PLAIN, PUT
from tui_app.core.endpoint import Endpoint
from tui_app.core.storage import BrokenEndpoint

FORMS = ["console", "curl", "python", "javascript", "json"]
WITH_KEY = PUT.replace("<api_key>", KEY)


@pytest.mark.parametrize("form", FORMS)
def test_an_endpoint_goes_out_and_comes_in_again(inferterm: CommandLine, form: str, tmp_path: Path) -> None:
    inferterm.given(endpoint("mine"), endpoint("yours", model="b"))
    before = dict(inferterm.store.entries)
    file = tmp_path / "out.txt"
    ended = inferterm("endpoints", "export", "--all", "--as", form, "--output", str(file))
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert KEY not in file.read_text("utf-8")
    inferterm.store.entries.clear()
    ended = inferterm("endpoints", "import", str(file))
    assert ended.code == 0
    assert [line.split(";")[0] for line in ended.out.splitlines()] == ["created mine", "created yours"]
    assert inferterm.store.entries == before


def test_the_key_is_read_from_a_variable_where_one_is_named(inferterm: CommandLine) -> None:
    inferterm.given()
    ended = inferterm("endpoints", "export", "mine", "--as", "python", "--key-from", "MY_KEY")
    assert 'os.environ["MY_KEY"]' in ended.out
    assert inferterm("endpoints", "export", "mine", "--key-from", "MY KEY").code == 2


def test_it_has_to_be_said_which_endpoints_go_out(inferterm: CommandLine) -> None:
    inferterm.given(endpoint(), BrokenEndpoint("odd", "/e/odd.json", 2, "no JSON"))
    assert inferterm("endpoints", "export").code == 2
    assert inferterm("endpoints", "export", "mine", "--all").code == 2
    assert inferterm("endpoints", "export", "nobody").code == 2
    ended = inferterm("endpoints", "export", "--all")
    assert ended.code == 0
    assert ended.complaints == ["note: odd is left out, its file is broken: no JSON"]


def test_a_file_is_overwritten_only_when_that_is_meant(inferterm: CommandLine, tmp_path: Path) -> None:
    inferterm.given()
    file = tmp_path / "there"
    file.write_text("dear")
    ended = inferterm("endpoints", "export", "mine", "--output", str(file))
    assert ended.code == 2
    assert "--force overwrites it" in ended.err
    assert file.read_text() == "dear"
    inferterm.type_at_terminal("n")
    assert inferterm("endpoints", "export", "mine", "--output", str(file)).code == 130
    assert file.read_text() == "dear"
    assert inferterm("endpoints", "export", "mine", "--output", str(file), "--force").code == 0
    assert file.read_text().startswith("PUT ")
    ended = inferterm("endpoints", "export", "mine", "--output", str(tmp_path / "no" / "folder"))
    assert ended.code == 1
    assert "cannot write" in ended.err


def test_a_key_in_a_paste_goes_to_the_keyring_alone(inferterm: CommandLine) -> None:
    ended = inferterm("endpoints", "import", given=WITH_KEY)
    assert ended.code == 0
    assert ended.out.startswith("created mine; key in keyring")
    assert inferterm.keyring.keys == {"mine": KEY}
    assert KEY not in ended.out + ended.err + str(inferterm.store.entries)


@pytest.mark.parametrize("options", [(), ("--dry-run",), ("--json",), ("--dry-run", "--json")])
@pytest.mark.parametrize(
    "text", [WITH_KEY, WITH_KEY.replace("1024", "0"), WITH_KEY.replace('"task', "task'")]
)
def test_a_key_is_never_printed(inferterm: CommandLine, text: str, options: tuple[str, ...]) -> None:
    ended = inferterm("endpoints", "import", *options, given=text)
    assert KEY not in ended.out + ended.err


def test_a_dry_run_makes_nothing(inferterm: CommandLine) -> None:
    inferterm.given(endpoint("same"), endpoint("other"), key=None)
    text = PUT.replace("mine", "same") + PUT.replace("mine", "other").replace("1024", "7") + WITH_KEY
    before = dict(inferterm.store.entries)
    ended = inferterm("endpoints", "import", "--dry-run", given=text)
    assert ended.code == 0
    assert ended.out.splitlines() == [
        "line 1: same exists and is the same",
        "line 7: other exists and stays as it is, --replace changes it: "
        "task_settings.max_tokens: 1024 becomes 7",
        "line 13: mine would be created: claude-haiku-5-5, with its key",
    ]
    assert inferterm.store.entries == before
    assert inferterm.keyring.keys == {}
    told = json.loads(inferterm("endpoints", "import", "--dry-run", "--json", given=text).out)
    assert [item["outcome"] for item in told] == ["same", "left as it is", "new"]


def test_what_differs_is_changed_only_when_that_is_said(inferterm: CommandLine) -> None:
    inferterm.given(endpoint(), key=None)
    text = PUT.replace("1024", "7")
    assert inferterm("endpoints", "import", given=text).complaints[0].endswith("1024 becomes 7")
    assert inferterm.store.entries == {"mine": endpoint()}
    assert inferterm("endpoints", "import", "--replace", given=text).out.startswith("replaced mine")
    changed = inferterm.store.entries["mine"]
    assert isinstance(changed, Endpoint)
    assert changed.task_settings.max_tokens == 7


def test_where_something_is_wrong_nothing_is_made(inferterm: CommandLine) -> None:
    ended = inferterm("endpoints", "import", given=PUT + PUT.replace("mine", "next").replace("1024", "-1"))
    assert ended.code == 2
    assert ended.complaints == [
        "line 11: task_settings.max_tokens: must be greater than 0, not -1",
        "nothing was made",
    ]
    assert inferterm.store.entries == {}


def test_a_bare_body_takes_its_id_from_the_option_or_the_file(inferterm: CommandLine, tmp_path: Path) -> None:
    assert "--id gives an endpoint its id" in inferterm("endpoints", "import", given=PLAIN).err
    assert inferterm("endpoints", "import", "--id", "mine", given=PLAIN).code == 0
    file = tmp_path / "from-file.json"
    file.write_text(json.dumps(body()))
    assert inferterm("endpoints", "import", str(file)).code == 0
    assert set(inferterm.store.entries) == {"mine", "from-file"}


def test_a_terminal_is_asked_first(inferterm: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "paste"
    file.write_text(PUT)
    inferterm.type_at_terminal("n")
    ended = inferterm("endpoints", "import", str(file))
    assert ended.code == 130
    assert ended.complaints[0] == "line 1: mine will be created: claude-haiku-5-5, without a key"
    assert inferterm.store.entries == {}
    inferterm.type_at_terminal("y")
    assert inferterm("endpoints", "import", str(file)).code == 0
    assert inferterm("endpoints", "import", str(file), "--yes").code == 0


def test_a_failure_in_the_middle_says_what_was_made_and_what_not(inferterm: CommandLine) -> None:
    inferterm.keyring.is_there = False
    text = PUT.replace("mine", "first") + WITH_KEY + PUT.replace("mine", "last")
    ended = inferterm("endpoints", "import", given=text)
    assert ended.code == 3
    assert [line.split(";")[0] for line in ended.out.splitlines()] == ["created first", "created last"]
    assert ended.complaints[0].startswith("mine: not made: ")
    assert ended.complaints[-1] == "2 endpoints made, 1 not"
    assert set(inferterm.store.entries) == {"first", "last"}
    assert KEY not in ended.err


@pytest.mark.parametrize(
    ("given", "words"), [("", "there is nothing in it"), ("Hello", "no request"), (b"\xff\n", "not UTF-8")]
)
def test_what_is_no_paste_is_said_to_be_that(inferterm: CommandLine, given: str | bytes, words: str) -> None:
    ended = inferterm("endpoints", "import", given=given)
    assert ended.code == 2
    assert words in ended.err


def test_a_file_that_is_not_there_is_said_to_be_that(inferterm: CommandLine, tmp_path: Path) -> None:
    ended = inferterm("endpoints", "import", str(tmp_path / "nothing"))
    assert ended.code == 2
    assert f"cannot read {tmp_path / 'nothing'}: no such file" in ended.err
