from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies_storage import UNHURRIED
from tui_app.adapters.split_characters import Mender, read_event
from tui_app.core.characters import mended


def utf16_pieces(text: str, size: int) -> list[str]:
    """Cut as a server does that counts in UTF-16 units."""
    units = text.encode("utf-16-le")
    return [
        units[i : i + 2 * size].decode("utf-16-le", "surrogatepass") for i in range(0, len(units), 2 * size)
    ]


@UNHURRIED
@given(st.text(), st.integers(1, 4))
def test_text_cut_between_the_halves_of_a_character_is_whole_again(text: str, size: int) -> None:
    mender = Mender()
    got = [mender.add(piece) for piece in utf16_pieces(text, size)]
    assert "".join(got) + mender.rest() == text
    for piece in got:
        piece.encode()


def test_a_half_that_never_finds_its_other_becomes_a_replacement_character() -> None:
    mender = Mender()
    assert mender.add("a\ud83d") == "a"
    assert mender.add("b") == "\ufffdb"
    assert mender.add("c\ud83d") == "c"
    assert mender.rest() == "\ufffd"
    assert mender.rest() == ""


def test_json_with_half_characters_is_read_and_only_deltas_keep_them() -> None:
    event = '{"delta": {"text": "x\\ud83d", "other": "\\ud83d"}, "list": ["\\ude00"], "\\ud83d": 1}'
    assert read_event(event) == {
        "delta": {"text": "x\ud83d", "other": "\ufffd"},
        "list": ["\ufffd"],
        "\ufffd": 1,
    }


@pytest.mark.parametrize(
    "text", ["", "{", "nonsense", "NaN", '{"a": NaN}', '"\\uZZZZ"', '["\\ud83d"' + "[" * 5000]
)
def test_what_is_no_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        read_event(text)


@UNHURRIED
@given(st.recursive(st.none() | st.booleans() | st.text() | st.integers(), st.lists, max_leaves=10))
def test_json_without_half_characters_is_read_as_it_is(value: object) -> None:
    assert read_event(json.dumps(value)) == value


def test_mending_leaves_whole_text_alone() -> None:
    assert mended("Grüße 😀") == "Grüße 😀"
