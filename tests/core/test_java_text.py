"""Values as Java prints them, and keys that are not printed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.java_text import LONGEST, java_text, masked
from tui_app.core.jsons import JsonValue

KEY = "sk-ant-api03-0123456789"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (1, "1"),
        (1.5, "1.5"),
        (1e20, "1.0E20"),
        (-12345678.5, "-1.23456785E7"),
        (0.00025, "2.5E-4"),
        (9999999.0, "9999999.0"),
        (0.001, "0.001"),
        ("a b", "a b"),
        ([1, "b", None], "[1, b, null]"),
        ({"k": {"n": [False]}, "m": "v"}, "{k={n=[false]}, m=v}"),
        ({}, "{}"),
    ],
)
def test_values_are_printed_as_java_does(value: JsonValue, text: str) -> None:
    assert java_text(value) == text


@pytest.mark.parametrize("name", ["api_key", "API-Key", "x-api-key", "apikey", "authorization", "password"])
def test_what_is_called_a_key_is_masked(name: str) -> None:
    assert java_text({name: "anything"}) == f"{{{name}=***}}"
    assert masked({"service_settings": {name: "anything"}}) == {"service_settings": {name: "***"}}


@given(st.text(), st.text())
def test_what_looks_like_a_key_is_masked_wherever_it_stands(before: str, after: str) -> None:
    assert KEY not in java_text([f"{before} {KEY} {after}"])
    assert KEY not in str(masked({"extra": [f"{before} {KEY} {after}"]}))


def test_what_is_long_is_cut() -> None:
    assert len(java_text("x" * 10_000)) == LONGEST + 1
