"""`inferterm ask` on a scripted service."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.cli.bench import KEY, CommandLine
from tests.fakes_service import lost, refused, reply
from tests.pictures import png
from tui_app.core.attachments import attachment, image_block
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import Loss, Refusal, ServiceRefused
from tui_app.core.service import ServiceModel
from tui_app.core.storage import BrokenEndpoint

BEGUN = reply("The first ", "part")[:4]


def test_the_answer_and_nothing_else_is_printed(inferterm: CommandLine) -> None:
    inferterm.given()
    inferterm.api.scripts = [reply("Hello", ", world")]
    ended = inferterm("ask", "mine", "Say hello")
    assert (ended.code, ended.out, ended.err) == (0, "Hello, world", "")


def test_options_reach_the_service_and_win_over_the_endpoint(inferterm: CommandLine) -> None:
    inferterm.given()
    inferterm.api.scripts = [reply("ok")]
    options = [
        "--max-tokens",
        "7",
        "--temperature",
        "0.5",
        "--top-p",
        "1",
        "--top-k",
        "3",
        "--system",
        "Be terse",
    ]
    assert inferterm("ask", *options, "mine", "Hi").code == 0
    body = inferterm.api.bodies[0]
    assert (body["max_tokens"], body["temperature"], body["top_p"], body["top_k"]) == (7, 0.5, 1.0, 3)
    assert body["system"] == "Be terse"
    assert body["messages"] == ({"role": "user", "content": "Hi"},)


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_the_prompt_comes_from_standard_input_where_none_is_named(
    inferterm: CommandLine, arguments: list[str]
) -> None:
    inferterm.given()
    inferterm.api.scripts = [reply("ok")]
    assert inferterm("ask", "mine", *arguments, given="\ufefffrom a\u2028pipe\n").code == 0
    assert inferterm.api.bodies[0]["messages"] == ({"role": "user", "content": "from a\u2028pipe\n"},)


def test_a_prompt_that_begins_with_a_dash_follows_two_dashes(inferterm: CommandLine) -> None:
    inferterm.given()
    inferterm.api.scripts = [reply("ok")]
    assert inferterm("ask", "--", "mine", "--system").code == 0
    assert inferterm.api.bodies[0]["messages"] == ({"role": "user", "content": "--system"},)


def test_bytes_that_are_no_text_are_replaced_and_that_is_said(inferterm: CommandLine) -> None:
    inferterm.given()
    inferterm.api.scripts = [reply("ok"), reply("ok")]
    ended = inferterm("ask", "mine", given=b"caf\xe9")
    assert ended.code == 0
    assert "UTF-8" in ended.err
    assert inferterm.api.bodies[0]["messages"] == ({"role": "user", "content": "caf\ufffd"},)
    assert inferterm("ask", "mine", "caf\udce9").code == 0
    assert inferterm.api.bodies[1] == inferterm.api.bodies[0]


@pytest.mark.parametrize("given", ["", " \n", None])
def test_no_prompt_is_bad_input_and_sends_nothing(inferterm: CommandLine, given: str | None) -> None:
    inferterm.given()
    ended = inferterm("ask", "mine", given=given)
    assert ended.code == 2
    assert len(ended.complaints) == 1
    assert inferterm.api.calls == 0


@pytest.mark.parametrize(
    "options",
    [
        ["--max-tokens", "0"],
        ["--max-tokens", "many"],
        ["--max-tokens", "2147483648"],
        ["--temperature", "nan"],
        ["--temperature", "-0.1"],
        ["--temperature", "inf"],
        ["--top-p", "1.5"],
        ["--top-k", "-1"],
        ["--top-k", "1.5"],
        ["--timeout", "0"],
        ["--timeout", "inf"],
        ["--timeout", "-3"],
        ["--timeout", "soon"],
    ],
)
def test_a_bad_option_value_is_named_on_one_line(inferterm: CommandLine, options: list[str]) -> None:
    inferterm.given()
    ended = inferterm("ask", "mine", "Hi", *options)
    assert (ended.code, ended.out, len(ended.complaints)) == (2, "", 1)
    assert f"'{options[0]}'" in ended.err
    assert inferterm.api.calls == 0


def test_an_unknown_endpoint_is_bad_input(inferterm: CommandLine) -> None:
    ended = inferterm("ask", "nobody", "Hi")
    assert (ended.code, ended.out) == (2, "")
    assert ended.complaints == [
        "Inference endpoint not found [nobody]. `inferterm endpoints list` names the endpoints that exist."
    ]


def test_a_broken_file_is_bad_input_with_its_line(inferterm: CommandLine) -> None:
    inferterm.given(BrokenEndpoint("mine", "/e/mine.json", 3, "this is not JSON"), key=None)
    ended = inferterm("ask", "mine", "Hi")
    assert ended.code == 2
    assert "/e/mine.json:3: this is not JSON" in ended.err


def test_without_a_key_nothing_is_sent(inferterm: CommandLine) -> None:
    inferterm.given(key=None)
    ended = inferterm("ask", "mine", "Hi")
    assert (ended.code, ended.out, inferterm.api.calls) == (3, "", 0)


def test_the_variable_stands_in_for_the_keyring(inferterm: CommandLine) -> None:
    inferterm.given(key=None)
    inferterm.environ["ANTHROPIC_API_KEY"] = KEY
    inferterm.api.scripts = [reply("ok")]
    assert inferterm("ask", "mine", "Hi").out == "ok"
    assert inferterm.api.targets[0].key.get_secret_value() == KEY


def test_an_error_in_mid_stream_keeps_what_came(inferterm: CommandLine) -> None:
    inferterm.given()
    inferterm.api.scripts = [[*BEGUN, refused(None, "overloaded_error", "Overloaded")]]
    ended = inferterm("ask", "mine", "Hi")
    assert (ended.code, ended.out) == (4, "The first part")
    assert ended.complaints == ["overloaded_error (an error event in mid-stream): Overloaded"]
    assert "Overloaded" in inferterm.health.healths["mine"].error


def test_a_cut_stream_keeps_what_came(inferterm: CommandLine) -> None:
    inferterm.given()
    inferterm.api.scripts = [[*BEGUN, lost(Loss.CUT)]]
    ended = inferterm("ask", "mine", "Hi")
    assert (ended.code, ended.out, len(ended.complaints)) == (5, "The first part", 1)


def test_a_spend_cap_ends_after_one_request(inferterm: CommandLine) -> None:
    inferterm.given()
    cap = Refusal(429, "rate_limit_error", "Your cap", code="enforced_spend_limit_reached")
    inferterm.api.scripts = [[ServiceRefused(cap)]]
    ended = inferterm("ask", "mine", "Hi")
    assert (ended.code, inferterm.api.calls) == (4, 1)


def test_a_wait_that_is_too_long_is_told_at_once(inferterm: CommandLine) -> None:
    inferterm.given()
    inferterm.api.scripts = [[refused(429, "rate_limit_error", "Slow down", retry_after_s=3600)]]
    ended = inferterm("ask", "mine", "Hi", "--timeout", "2")
    assert (ended.code, ended.out, inferterm.api.calls) == (75, "", 1)


def test_the_sandbox_needs_no_endpoint_file(inferterm: CommandLine) -> None:
    inferterm.api.scripts = [reply("ok")]
    assert inferterm("ask", "sandbox", "Hi").out == "ok"


def test_a_vault_is_made_and_opened_by_whoever_sits_there(inferterm: CommandLine) -> None:
    inferterm.given(key=None)
    inferterm.keyring.is_there = False
    inferterm.type_at_terminal(KEY, "open sesame", "open sesame", "open sesame", "wrong")
    assert inferterm("key", "set", "mine", "--place", "vault").code == 0
    inferterm.api.scripts = [reply("ok")]
    assert inferterm("ask", "mine", "Hi").out == "ok"
    assert inferterm("ask", "mine", "Hi").code == 3
    assert KEY not in inferterm.vault.read_text()


def test_settings_that_cannot_be_read_are_told_and_hinder_nothing(inferterm: CommandLine) -> None:
    inferterm.given()
    inferterm.complaint = "/home/settings.json:2: this is not JSON"
    inferterm.api.scripts = [reply("ok")]
    ended = inferterm("ask", "mine", "Hi")
    assert (ended.code, ended.out) == (0, "ok")
    assert ended.complaints == ["note: /home/settings.json:2: this is not JSON"]


def test_a_keyring_that_nobody_answers_ends_with_the_timeout(inferterm: CommandLine) -> None:
    inferterm.given()
    answered = threading.Event()
    inferterm.patch.setattr(inferterm.keyring, "get_password", lambda *names: answered.wait())
    ended = inferterm("ask", "mine", "Hi", "--timeout", "0.1")
    answered.set()
    assert (ended.code, ended.out, inferterm.api.calls) == (75, "", 0)
    assert "keyring" in ended.err


def test_without_a_ledger_nothing_is_sent_and_the_setting_is_named(inferterm: CommandLine) -> None:
    inferterm.given()
    inferterm.ledger = inferterm.home / "file"
    inferterm.ledger.write_text("")
    ended = inferterm("ask", "mine", "Hi")
    assert ended.code == 1
    assert inferterm.api.bodies == []
    assert str(inferterm.ledger) in ended.err
    assert "inferterm settings without_ledger own-limit" in ended.err


def test_without_a_ledger_it_may_go_on_alone_and_says_so_once(inferterm: CommandLine) -> None:
    inferterm.given()
    inferterm.api.scripts = [[refused(529, "overloaded_error")], reply("ok")]
    inferterm.ledger, inferterm.own_limit = inferterm.home / "file", True
    inferterm.ledger.write_text("")
    ended = inferterm("ask", "mine", "Hi")
    assert (ended.code, ended.out) == (0, "ok")
    assert ended.err.count("own limit") == 1
    assert str(inferterm.ledger) in ended.err


def test_files_go_along_before_the_prompt(inferterm: CommandLine, tmp_path: Path) -> None:
    inferterm.given()
    inferterm.api.scripts = [reply("ok")]
    photo, notes = tmp_path / "photo.txt", tmp_path / "notes.md"
    photo.write_bytes(png(3, 2))
    notes.write_text("hello", encoding="utf-8")
    ended = inferterm("ask", "mine", "--attach", str(photo), "--attach", str(notes), "Look")
    assert (ended.code, ended.out) == (0, "ok")
    assert inferterm.api.bodies[0]["messages"] == (
        {
            "role": "user",
            "content": (
                image_block(attachment("photo.txt", png(3, 2))),
                {"type": "text", "text": '<file name="notes.md">\nhello\n</file>'},
                {"type": "text", "text": "Look"},
            ),
        },
    )


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("gone", None, "gone is not there"),
        ("odd", b"a\0b", "odd is no text"),
        ("-", b"", "--attach takes a file, not standard input"),
        (".", None, "is a folder"),
    ],
)
def test_a_file_that_cannot_go_along_is_told_before_anything_is_asked(
    inferterm: CommandLine, tmp_path: Path, name: str, data: bytes | None, words: str
) -> None:
    inferterm.given()
    path = tmp_path / name
    if data is not None and name != "-":
        path.write_bytes(data)
    ended = inferterm("ask", "mine", "--attach", "-" if name == "-" else str(path), "Look")
    assert ended.code == 2
    assert words in ended.err
    assert inferterm.api.bodies == []


def test_a_model_without_images_says_so_before_anything_is_asked(
    inferterm: CommandLine, tmp_path: Path
) -> None:
    inferterm.given()
    (model,) = [each.model for each in inferterm.store.entries.values() if isinstance(each, Endpoint)]
    inferterm.api.catalogue = [ServiceModel(model, image_input=False)]
    path = tmp_path / "a.png"
    path.write_bytes(png(3, 2))
    ended = inferterm("ask", "mine", "--attach", str(path), "Look")
    assert ended.code == 2
    assert f"{model} takes no images" in ended.err
    assert inferterm.api.bodies == []
