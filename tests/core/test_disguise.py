"""Keys in a text are seen by nobody, and no text breaks what looks for them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.core.bodies import body, endpoint
from tests.core.pastes import DOCUMENTED, KEY, PUT, items, only
from tui_app.core.import_items import Known
from tui_app.core.imports import Paste, plan


@pytest.mark.parametrize("name", [name for name, text in DOCUMENTED.items() if "<api_key>" in text])
@pytest.mark.parametrize("key", [KEY, "short-1", "ab'c"])
def test_a_real_key_is_taken_out_before_anybody_sees_the_text(name: str, key: str) -> None:
    if "'" in key and ("curl" in name or "put_anthropic" in name):
        key = "s p a c e d"
    paste = Paste.of(DOCUMENTED[name].replace("<api_key>", key))
    assert key not in paste.text
    (item,) = plan(paste, Known())
    assert item.key is not None
    assert item.key.get_secret_value() == key
    assert item.endpoint == endpoint()
    assert key not in repr(item) + repr(paste) + str(item.problems)
    assert Paste.of(paste.text, paste.hidden) == paste


@pytest.mark.parametrize(
    "text",
    [
        f'{{"service": "anthropic", "service_settings": {{"api_key": "{KEY}", }} oh no',
        f"Use {KEY} and you are done",
        f'PUT _inference/completion/x\n{{"service_settings": {{"model_id": "{KEY}"}}}}',
        f"curl -H 'x-api-key: {KEY}' https://api.anthropic.com/v1/messages",
        f"curl -H 'Authorization: ApiKey {KEY}' -XPUT u/_inference/completion/x -d '{{}}'",
        f"curl -u elastic:{KEY} https://elastic:{KEY}@es.example/_inference/x",
        f"export ANTHROPIC_API_KEY={KEY}",
        f"client = Elasticsearch(url, api_key='{KEY}')",
        f"api_key: {KEY}, 'password': '{KEY}'",
        f'{{"api_key": {KEY}}}',
    ],
)
def test_a_key_anywhere_is_seen_nowhere(text: str) -> None:
    paste = Paste.of(text)
    found = plan(paste, Known())
    assert KEY not in paste.text + repr(found) + "".join(str(item.problems) for item in found)
    assert KEY in [key.get_secret_value() for key in paste.hidden]


def test_a_key_in_the_wrong_place_is_a_problem() -> None:
    item = only(PUT.replace("claude-haiku-5-5", KEY))
    assert item.problems == (
        (
            4,
            "service_settings.model_id: holds what looks like an API key; a key belongs under "
            "service_settings.api_key",
        ),
    )


@pytest.mark.parametrize(
    "placeholder", ["<api_key>", "YOUR_API_KEY", "xxxxx", "sk-ant-...", "***", "{{api_key}}", "api-key"]
)
def test_placeholders_are_no_keys(placeholder: str) -> None:
    paste = Paste.of(PUT.replace("<api_key>", placeholder))
    assert paste.hidden == ()
    assert plan(paste, Known())[0].endpoint == endpoint()


def test_a_part_of_a_hidden_key_is_no_key() -> None:
    paste = Paste.of(PUT.replace("<api_key>", KEY))
    (item,) = plan(Paste.of(paste.text.replace("•••hidden", "x•••hidden"), paste.hidden), Known())
    assert "paste the key whole" in item.problems[0][1]


def test_an_empty_key_is_a_problem() -> None:
    assert only(PUT.replace("<api_key>", "")).problems == (
        (4, "service_settings.api_key: must not be empty"),
    )


WORDS = (
    *(
        "PUT _inference/x\n",
        "PUT ",
        "curl ",
        "curl -d '",
        "-d @-",
        "<<E\n",
        "E\n",
        ".inference.put(",
        "\n",
        " ",
    ),
    *("{}[]()\"'`$\\,:#*/;|.-=<>"),
    *(
        '"""',
        "'''",
        "/*",
        "*/",
        "//",
        "$'",
        "${",
        "\\u",
        "\\ud83d",
        "\\x",
        "\\\n",
        "dict(",
        "a=",
        "const a=a",
    ),
    *(
        "a",
        "1",
        "1e9999",
        "-",
        "nan",
        "true",
        "é",
        "\0",
        "\ud800",
        "\u2028",
        "process.env.X",
        "os.environ['X']",
    ),
    *('"service": "anthropic"', '"service_settings": {', '"api_key": "', KEY),
)


@given(st.lists(st.sampled_from(WORDS), max_size=30).map("".join))
@example("const a={b:a}\n.inference.put({a})")
@example("a = a\n.inference.put(a=a)")
@example(".inference.put(a=" + "[" * 5000)
@example(".inference.put(a=" + "-" * 5000 + "1)")
@example('{"a":' * 5000)
@example("curl -d $'\\U99999999' _inference/x")
def test_nothing_that_is_pasted_breaks_it_or_shows_a_key(text: str) -> None:
    paste = Paste.of(text)
    found = plan(paste, Known(), ["x"])
    assert KEY not in paste.text + repr(found)
    lines = text.count("\n") + 1
    assert all(1 <= line <= lines for item in found for line, _ in item.problems)


@given(st.text(max_size=200))
def test_any_text_at_all_is_read(text: str) -> None:
    plan(Paste.of(text), Known())


LONG: dict[str, str] = {
    "braces": "{" * 10**6,
    "open strings": '{"a": "\n' * 10**5,
    "open comments": "{/*\n" * 10**5,
    "open quotations": "curl '\n" * 10**5,
    "open calls": ".inference.put(\n" * 10**5,
    "here-documents": "".join(f"curl <<A{n}\n" for n in range(10**5)),
    "keys": 'api_key="' * 10**5,
    "many keys": "\n".join(f'api_key="k-{n}-y"' for n in range(5 * 10**4)),
    "one large string": json.dumps(body(extra="x" * 10**6)),
    "many": json.dumps([{"inference_id": f"e{n}", **body()} for n in range(10**4)]),
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_megabyte_of_anything_is_read_once(text: str) -> None:
    assert plan(Paste.of(text), Known())


def test_more_than_anybody_means_is_cut_with_words() -> None:
    found: tuple[Any, ...] = items(LONG["many"])
    assert len(found) == 501
    assert found[-1].problems[0][1] == "more than 500 are too many at once; take the rest apart"
