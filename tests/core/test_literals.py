"""Objects are read as JSON and JavaScript mean them, and refused where they do not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.clippings import Clipping, Unreadable, reference
from tui_app.core.literals import LiteralReader
from tui_app.core.notations import CONSOLE, JAVASCRIPT, JSON

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
)
values = st.recursive(
    scalars | texts, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
)


def read(text: str) -> Any:  # noqa: ANN401 - JSON
    """The value of a text, all of it."""
    reader = LiteralReader(Clipping(text))
    found = reader.read()
    reader.blank()
    assert reader.at == len(text)
    return found.value


@given(values, st.booleans(), st.sampled_from([None, 1]))
def test_every_json_is_read_as_json(value: object, ascii_only: bool, indent: int | None) -> None:
    assert read(json.dumps(value, ensure_ascii=ascii_only, indent=indent)) == value


@given(values, st.sampled_from([JSON, CONSOLE, JAVASCRIPT]))
def test_what_is_written_is_read_again(value: Any, notation: Any) -> None:  # noqa: ANN401 - JSON
    assert read(notation.write(value)) == value


@given(st.text(max_size=60))
def test_any_text_is_a_value_or_unreadable(text: str) -> None:
    reader = LiteralReader(Clipping(text))
    try:
        reader.read()
    except Unreadable as error:
        assert 0 <= error.at <= len(text)
        assert error.reason


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{a: 1, 'b': 2, \"c\": 3, $d_1: 4,}", {"a": 1, "b": 2, "c": 3, "$d_1": 4}),
        ("[1, .5, 1., -1e2, +3, 1_000, 1.0,]", [1, 0.5, 1.0, -100.0, 3, 1000, 1.0]),
        ("// a\n# b\n/* c\n */ {} // d", {}),
        ('"""a "quoted" \\n b"""', 'a "quoted" \\n b'),
        ("`a\nb`", "a\nb"),
        (r'"\u00e9\ud83d\ude00\x41\u{1F600}\/\q\"" ', 'é😀A😀/q"'),
        ("'it\\'s' ", "it's"),
        ("undefined", None),
        ("process.env.KEY", reference("KEY")),
        ("process.env['KEY'] || 'none'", reference("KEY")),
        ("`${process.env.KEY}`", reference("KEY")),
        ("`pre ${process.env.KEY}`", f"pre {reference('KEY')}"),
    ],
)
def test_what_people_write_is_understood(text: str, value: object) -> None:
    found = read(text)
    assert found == value
    assert json.dumps(found) == json.dumps(value)


@pytest.mark.parametrize(
    ("text", "at", "reason"),
    [
        ("{'a': 1, 'a': 2}", 9, "this name stands twice"),
        ("{a: 1 b: 2}", 6, "',' is expected in this object"),
        ("[1 2]", 3, "',' is expected in this list"),
        ("{a: }", 4, "a value is expected"),
        ("{a: 1", 5, "the text ends within this object"),
        ('{"a" 1}', 5, "':' is expected after a name"),
        ("{1: 2}", 1, "a name is expected"),
        ("{a: secretKey}", 4, "a value is expected, not a name"),
        ('"a\nb"', 0, "the string that begins here has no end"),
        ("{a: /* b }", 4, "the comment that begins here has no end"),
        (r'"\ud83d"', 1, "this string escapes what is no character"),
        ("NaN", 0, "a value is expected, not a name"),
        ("007", 0, "a value is expected"),
        ("1e999", 0, "this number is too large"),
        ("9" * 1001, 0, "this number is too large"),
        ("`${secret()}`", 1, "the value of what stands in ${ } is not known"),
        ("[" * 100, 61, "it is nested too deeply"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands_without_a_word_of_it(text: str, at: int, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        LiteralReader(Clipping(text)).read()
    assert (caught.value.at, caught.value.reason) == (at, reason)


def test_every_value_has_its_place() -> None:
    text = "{a: [1, {b: 'inner'}], c: true}"
    spans = LiteralReader(Clipping(text)).read().spans
    cut = {path: text[start:end] for path, (start, end) in spans.items()}
    assert cut == {
        "": text,
        "a": "[1, {b: 'inner'}]",
        "a.0": "1",
        "a.1": "{b: 'inner'}",
        "a.1.b": "inner",
        "c": "true",
    }
