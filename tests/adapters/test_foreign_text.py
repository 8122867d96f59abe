from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from tests.strategies_storage import UNHURRIED
from tui_app.adapters.foreign_text import ForeignText

KEY = "sk-ant-api03-secret"
FOREIGN = ForeignText(SecretStr(KEY))


def test_the_key_is_replaced_wherever_it_is_quoted() -> None:
    assert FOREIGN.words(f"bad key {KEY}, really {KEY}") == "bad key ***, really ***"
    assert FOREIGN.word(KEY) == "***"
    assert FOREIGN.page(f"<b>{KEY}</b>".encode()) == "***"


def test_a_key_that_escape_sequences_cut_apart_is_found_too() -> None:
    assert KEY not in FOREIGN.words(f"{KEY[:8]}\x1b[31m{KEY[8:]}")
    assert KEY not in FOREIGN.words(f"{KEY[:8]}\x00{KEY[8:]}")


def test_a_key_that_json_writes_with_escapes_is_found_too() -> None:
    foreign = ForeignText(SecretStr("sk/very+secret"))
    for source in (r'{"a": ["bad sk\/very+secret"]}', r'{"a": ["bad sk/very\u002bsecret"]}'):
        assert foreign.whole(json.loads(source), source) == {"a": ["bad ***"]}


@UNHURRIED
@given(st.integers(0, 400))
def test_a_key_at_the_edge_of_what_is_kept_leaves_nothing_behind(before: int) -> None:
    assert KEY[:6] not in FOREIGN.words("x" * before + KEY)


def test_a_key_of_a_letter_does_not_blot_out_the_alphabet() -> None:
    assert ForeignText(SecretStr("e")).words("the end") == "the end"


def test_a_page_is_read_without_its_tags_scripts_and_styles() -> None:
    hidden = b"<style>p{color:red}</style><script>alert('x')</script><!-- c -->"
    page = b"\xef\xbb\xbf<html>" + hidden + b"<h1>502 Bad&nbsp;Gateway</h1>"
    assert FOREIGN.page(page) == "502 Bad\xa0Gateway"


def test_text_that_is_no_page_keeps_its_angle_brackets() -> None:
    assert FOREIGN.page(b"1 < 2 and <b> stays") == "1 < 2 and <b> stays"


@UNHURRIED
@given(st.binary(max_size=500))
def test_any_bytes_become_three_plain_lines_at_most(body: bytes) -> None:
    words = FOREIGN.page(body)
    assert len(words) <= 300
    assert words.count("\n") <= 2
    assert "\x1b" not in words
