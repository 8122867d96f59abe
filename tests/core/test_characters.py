"""Halves of characters, mended."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.strategies_storage import UNHURRIED
from tui_app.core.characters import mended


@UNHURRIED
@given(st.text())
def test_mended_text_can_be_stored_and_is_the_same_unless_it_has_halves(text: str) -> None:
    mended(text).encode()
    if not any("\ud800" <= letter <= "\udfff" for letter in text):
        assert mended(text) == text


def test_two_halves_become_one_character_and_one_alone_a_mark() -> None:
    assert mended("\ud83d\ude00") == "\U0001f600"
    assert mended("a\ud83d") == "a\ufffd"
