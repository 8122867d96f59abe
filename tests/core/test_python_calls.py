"""Calls of Python are read as Python reads them, and nothing of them is run."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.test_literals import values
from tui_app.core.clippings import Clipping, Unreadable, reference
from tui_app.core.notations import PYTHON
from tui_app.core.python_calls import PythonReader


def arguments(text: str, before: str = "") -> Any:  # noqa: ANN401 - JSON
    """The arguments of the call `f` at the end of a text."""
    whole = f"{before}f{text}"
    return PythonReader(Clipping(whole)).arguments(len(before) + 1).value


@given(values)
def test_every_literal_is_read_as_python_reads_it(value: Any) -> None:  # noqa: ANN401 - JSON
    assert arguments(f"(a={value!r})") == {"a": value}


@given(values)
def test_what_is_written_is_read_by_python_and_here(value: Any) -> None:  # noqa: ANN401 - JSON
    written = PYTHON.write(value)
    assert ast.literal_eval(written) == value
    assert arguments(f"(a={written})") == {"a": value}


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_a_text_that_is_written_is_read_by_python_and_here(text: str) -> None:
    written = PYTHON.write(text)
    assert ast.literal_eval(written) == text
    assert arguments(f"(a={written})") == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(a=dict(b=1, c=[2, (3,)]))", {"a": {"b": 1, "c": [2, [3]]}}),
        ("(a='x' \"y\", b=r'\\d', c='''z\n''')", {"a": "xy", "b": "\\d", "c": "z\n"}),
        ("(a=-1.5, b=+2, c=True, d=None)", {"a": -1.5, "b": 2, "c": True, "d": None}),
        ("(a=os.environ['K'], b=os.getenv('L', 'x'))", {"a": reference("K"), "b": reference("L")}),
        ("(a=f\"{os.environ['K']}\")", {"a": reference("K")}),
        ("(\n  # (\n  a=')', # ')'\n)", {"a": ")"}),
    ],
)
def test_what_people_write_is_understood(text: str, value: object) -> None:
    assert arguments(text) == value


def test_names_are_followed_to_what_they_were_assigned() -> None:
    before = "limit: int = 7  # a minute\nrate = {\n 'requests_per_minute': limit,\n}\n"
    assert arguments("(a=rate)", before) == {"a": {"requests_per_minute": 7}}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(1)", "the arguments have to be named, as in task_type=…"),
        ("(**a)", "** is not read here; write the arguments out"),
        ("(a=b)", "the value of this name is not known here"),
        ("(a=g())", "the value of this expression is not known here"),
        ("(a=__import__('os').system('id'))", "the value of this expression is not known here"),
        ("(a={1: 2})", "a name in quotation marks is expected"),
        ("(a={'b': 1, 'b': 2})", "this name stands twice"),
        ("(a=1 b=2)", "this is not Python"),
        ("(a=[)", "this bracket closes nothing"),
        ("(a='b)", "the string that begins here has no end"),
        ("(a=1", "this call has no end"),
        ("(a=1e999)", "this number is too large"),
        ("(a=b'x')", "the value of this expression is not known here"),
    ],
)
def test_what_is_not_known_is_said(text: str, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        arguments(text)
    assert caught.value.reason == reason


def test_names_that_lead_in_circles_end() -> None:
    with pytest.raises(Unreadable):
        arguments("(a=b)", "b = c\nc = b\n")


def test_every_value_has_its_place() -> None:
    text = "f(é='ü',\n a={'b': \"key\", 'c': 'x' 'y'})"
    spans = PythonReader(Clipping(text)).arguments(1).spans
    cut = {path: text[start:end] for path, (start, end) in spans.items()}
    assert cut == {
        "": text[1:],
        "é": "ü",
        "a": "{'b': \"key\", 'c': 'x' 'y'}",
        "a.b": "key",
        "a.c": "'x' 'y'",
    }
