"""Foreign text is shown without doing anything to the terminal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.text import brief, one_line, plain


def test_escape_sequences_are_removed_whole() -> None:
    text = "\x1b[31mred\x1b[0m \x1b]0;title\x07link\x1b]8;;http://x\x1b\\y\x9b2Jend"
    assert plain(text) == "red linky" + "end"


def test_lines_stay_and_direction_marks_go() -> None:
    assert plain("a\r\nb\tc\u202ed") == "a\nb\tcd"


def test_a_long_message_is_cut_to_a_few_lines() -> None:
    cut = brief("\n\n".join(f"line {n}" for n in range(50)))
    assert cut.count("\n") == 2
    assert cut.endswith("…")


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    for made in (plain(text), brief(text), one_line(text)):
        assert not set(made) & {"\x1b", "\x07", "\x9b", "\x00", "\x7f"}


@given(st.text(), st.integers(5, 80))
def test_one_line_is_one_line_and_fits(text: str, limit: int) -> None:
    made = one_line(text, limit=limit)
    assert len(made) <= limit
    assert "\n" not in made
