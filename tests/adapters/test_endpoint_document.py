"""An endpoint as text: what is written is read back, what is wrong is found where it stands."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies_storage import ENDPOINTS, JSON, UNHURRIED
from tui_app.adapters.endpoint_document import read_document, write_document
from tui_app.adapters.flaws import LARGEST, Flawed
from tui_app.core.endpoint import Endpoint

KEY = "sk-ant-test-0123456789"
GOOD = """{
  "service": "anthropic",
  "service_settings": {
    "model_id": "claude-haiku-4-5"
  },
  "task_settings": {
    "max_tokens": 100
  }
}
"""


def flaw_of(text: str | bytes) -> Flawed:
    with pytest.raises(Flawed) as caught:
        read_document("claude", text if isinstance(text, bytes) else text.encode())
    return caught.value


@UNHURRIED
@given(ENDPOINTS)
def test_what_is_written_is_read_back(endpoint: Endpoint) -> None:
    data = write_document(endpoint)
    assert read_document(endpoint.inference_id, data) == endpoint
    assert json.loads(data) == endpoint.document()


@UNHURRIED
@given(st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_an_endpoint_or_flawed_with_words(data: bytes) -> None:
    flaw = flaw_of(data)
    assert flaw.reason.isprintable() or flaw.reason.strip()
    assert flaw.line is None or flaw.line >= 1


def test_the_text_is_for_people_and_for_diff() -> None:
    endpoint = read_document("claude", GOOD.replace("100", '100, "top_k": 5').encode())
    text = write_document(
        endpoint.model_copy(update={"local": endpoint.local.model_copy(update={"note": "für"})})
    )
    assert text.decode() == (
        '{\n  "service": "anthropic",\n  "service_settings": {\n    "model_id": "claude-haiku-4-5",\n'
        '    "rate_limit": {\n      "requests_per_minute": 50\n    }\n  },\n  "task_settings": {\n'
        '    "max_tokens": 100,\n    "top_k": 5\n  },\n  "local": {\n    "note": "für"\n  }\n}\n'
    )


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "empty"),
        (GOOD.replace('"anthropic",', '"anthropic"'), 3, "not JSON"),
        (GOOD.replace("100", "NaN"), 1, "NaN"),
        (GOOD.replace("100", "0"), 7, "greater than 0"),
        (GOOD.replace("100", '"many"'), 7, "whole number"),
        (GOOD.replace('"max_tokens": 100', ""), 6, "max_tokens: is required"),
        (GOOD.replace('"service": "anthropic",', ""), 1, "service: is required"),
        (GOOD.replace('"service"', '"inference_id": "other", "service"'), 2, "inference_id"),
        (GOOD.replace("100", '100,\n    "top_z": 1'), 8, "top_z: is not a setting"),
        ("[]", 1, "object"),
        (GOOD.replace("haiku", "ha\xefku").encode("latin-1"), 4, "UTF-8"),
        (GOOD.encode("utf-16"), 1, "UTF-8"),
        (GOOD.encode() + b" " * LARGEST, None, "1 MiB"),
        ("[" * 100_000, 1, "nested"),
    ],
)
def test_a_flaw_has_its_line_and_reason(text: str | bytes, line: int | None, words: str) -> None:
    flaw = flaw_of(text)
    assert flaw.line == line
    assert words in flaw.reason


def test_all_flaws_are_told_from_the_top_down_with_their_lines() -> None:
    text = GOOD.replace("100", '0,\n    "top_k": "x",\n    "top_p": "y",\n    "z": 1').replace(
        "claude-haiku-4-5", ""
    )
    flaw = flaw_of(text)
    assert flaw.line == 4
    assert flaw.reason.startswith(
        "service_settings.model_id: must not be empty; line 7: task_settings.max_tokens"
    )
    assert "line 8: task_settings.top_k" in flaw.reason
    assert flaw.reason.endswith("and 2 more")


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace('"model_id"', f'"api_key": "{KEY}",\n    "model_id"'),
        GOOD.replace('"max_tokens"', f'"api_key": "{KEY}",\n    "max_tokens"'),
        GOOD.replace('"service":', f'"api_key": "{KEY}",\n  "service":'),
        GOOD.replace('"model_id"', f'"api_key": ["{KEY}"],\n    "model_id"'),
        GOOD.replace('"service":', f'"local": {{"api_key": "{KEY}"}},\n  "service":'),
    ],
)
def test_a_key_in_the_file_is_refused_with_what_to_do_and_not_quoted(text: str) -> None:
    flaw = flaw_of(text)
    assert "inferterm key set claude" in flaw.reason
    assert KEY not in flaw.reason
    assert flaw.line is not None
    assert "api_key" in text.splitlines()[flaw.line - 1]


def test_a_key_in_a_file_that_is_no_json_is_not_quoted() -> None:
    for end in range(len(GOOD)):
        text = GOOD.replace('"model_id"', f'"api_key": "{KEY}", "model_id"')[: end + 60]
        try:
            read_document("claude", text.encode())
        except Flawed as flaw:
            assert KEY not in flaw.reason


def test_a_null_key_is_as_none_and_a_byte_order_mark_is_no_flaw() -> None:
    text = GOOD.replace('"model_id"', '"api_key": null, "model_id"')
    assert read_document("claude", b"\xef\xbb\xbf" + text.encode()) == read_document("claude", GOOD.encode())


def test_words_about_text_that_cannot_be_shown_can_be_shown() -> None:
    flaw_of(GOOD.replace("haiku", "\\ud800")).reason.encode()
