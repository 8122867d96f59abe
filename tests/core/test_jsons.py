"""JSON is read strictly, and every value's line is known."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.jsons import NotJson, lines_of, read_json


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("  \n ", 1),
        ('{"a": 1,\n "b": }', 2),
        ('{"a": 1,\n "b" 2}', 2),
        ('{"a": 1,\n "a": 2}', 2),
        ('{"a": NaN}', 1),
        ('{"a": 1e999}', 1),
        ("[" * 100_000, 1),
        ('{"a": ' + "9" * 5000 + "}", 1),
    ],
)
def test_what_is_no_json_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(NotJson) as caught:
        read_json(text)
    assert caught.value.line == line
    assert caught.value.reason


def test_a_number_without_end_is_too_large_and_not_a_matter_of_python() -> None:
    with pytest.raises(NotJson, match=r"the number 9{40}… is too large"):
        read_json('{"a": ' + "9" * 5000 + "}")


def test_a_byte_order_mark_is_no_fault() -> None:
    assert read_json('\ufeff{"a": 1}') == {"a": 1}


def test_the_line_of_each_key_is_found() -> None:
    text = '{"a": 1,\n "b": {"c": ["x", {"d": 2}],\n  "e": "f:{\\""},\n\n "g": null}'
    assert lines_of(text) == {"a": 1, "b": 2, "b.c": 2, "b.c.d": 2, "b.e": 3, "g": 5}


@given(st.recursive(st.none() | st.integers() | st.text(), lambda x: st.dictionaries(st.text(), x)))
def test_what_is_written_is_read_back_and_every_key_has_a_line(value: object) -> None:
    text = json.dumps(value, indent=1)
    assert read_json(text) == value
    assert all(1 <= line <= text.count("\n") + 1 for line in lines_of(text).values())
