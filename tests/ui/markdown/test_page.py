"""A page of Markdown: what it shows depends on the text alone and not on how it came."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_app.ui.markdown.look import Look
from tui_app.ui.markdown.page import LONGEST_LINE, Page

LOOK = Look.of({"text-muted": "#87919d", "accent": "#5fd3bc", "surface": "#1a1e23"}, dark=True)
BLOCKS = [
    "# A heading\n",
    "A heading\n-----\n",
    "A paragraph of **strong\nwords** and `code`.\n\n",
    "- one\n- two\n  - three\n\n    more of *three*\n",
    "1. one\n2. two\n\n   ```py\n   x = 1\n\n   y = '''\n   ```\n10) ten\n",
    "```python\ndef f():\n    '''\n    text\n    '''\n    return 1\n```\n",
    "~~~\n```\n\nnot the end\n~~~\n",
    "> a quote\nthat goes on\n> - a list\n\n",
    "| a | b |\n|---|--:|\n| 1 | **2** |\n| a \\| b | 語 |\n\n",
    "    indented code\n\n    goes on\n\n",
    "---\n",
    "-\n",
    "\n",
    "<b>text</b> ![a cat](x.png) https://example.com ~~old~~",
]
TEXTS = st.lists(st.sampled_from(BLOCKS), max_size=8).map("".join)
ANYTHING = st.text(st.sampled_from(list("ab1 #*_`~-.|>[]()!<&\\\n \t:/xh🙂語")), max_size=120)


def page_of(*parts: str, width: int = 60) -> Page:
    """A page that took a text in these parts."""
    page = Page()
    page.lay(width)
    for part in parts:
        for _ in page.feed(part):
            pass
    return page


def painted(page: Page) -> list[list[tuple[str, str]]]:
    """Every character of every line with its style."""
    lines = [page.paint(y, LOOK) for y in range(len(page))]
    return [[(char, str(segment.style)) for segment in line for char in segment.text] for line in lines]


def lines(text: str, width: int = 60) -> list[str]:
    """What is drawn, as text."""
    page = page_of(text, width=width)
    return [page.paint(y, LOOK).text.rstrip() for y in range(len(page))]


@settings(deadline=None, max_examples=150)
@given(TEXTS | ANYTHING, st.integers(1, 9), st.integers(12, 50))
def test_a_text_that_comes_bit_by_bit_looks_like_one_that_came_at_once(
    text: str, step: int, width: int
) -> None:
    parts = [text[at : at + step] for at in range(0, len(text), step)]
    assert painted(page_of(*parts, width=width)) == painted(page_of(text, width=width))


@settings(deadline=None, max_examples=80)
@given(TEXTS | ANYTHING, st.integers(1, 9), st.integers(12, 50), st.integers(12, 50))
def test_another_width_makes_it_what_it_would_have_been(text: str, step: int, old: int, new: int) -> None:
    page = page_of(*(text[at : at + step] for at in range(0, len(text), step)), width=old)
    page.lay(new)
    assert painted(page) == painted(page_of(text, width=new))


@settings(deadline=None, max_examples=150)
@given(TEXTS | ANYTHING, st.integers(1, 40))
def test_no_line_is_wider_than_it_may_be(text: str, width: int) -> None:
    page = page_of(text, width=width)
    assert all(page.paint(y, LOOK).cell_length <= width for y in range(len(page)))


@settings(deadline=None, max_examples=80)
@given(TEXTS, st.data())
def test_settled_lines_stay_as_they_are(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    page = page_of(text[:at])
    settled = painted(page)[: page.settled]
    for _ in page.feed(text[at:]):
        pass
    assert painted(page)[: len(settled)] == settled


@pytest.mark.parametrize("size", [3, 5])
def test_long_code_looks_the_same_in_any_parts(size: int) -> None:
    code = "```python\n" + "x = '''a\nb'''\n# c\ndef f(a: int) -> str:\n    return 'b'\n\n" * 12
    parts = [code[at : at + size] for at in range(0, len(code), size)]
    assert painted(page_of(*parts)) == painted(page_of(code))


def test_a_string_over_many_lines_keeps_its_colour() -> None:
    page = page_of("```python\nx = '''\n" + "1 + 1\n" * 40 + "'''\ny = 1\n```\n")
    inside = painted(page)[30]
    outside = painted(page)[-1]
    assert {style for char, style in inside if char == "1"} != {
        style for char, style in outside if char == "1"
    }


def test_html_is_text_and_images_are_named() -> None:
    assert lines("<b>bold</b> and ![a cat](x.png)") == ["<b>bold</b> and [image: a cat]"]


def test_a_table_is_aligned_as_it_asks() -> None:
    drawn = lines("| What | How much |\n|---|--:|\n| words | 7 |\n")
    assert drawn == ["What    How much", "words          7"]


def test_a_long_table_leaves_room_for_numbers_that_grow() -> None:
    rows = "".join(f"| {n} | word |\n" for n in range(150))
    drawn = lines(f"| n | w |\n|---|---|\n{rows}")
    assert len(drawn) == 151
    assert drawn[150].split() == ["149", "word"]


def test_a_fence_that_is_not_closed_yet_is_code() -> None:
    assert lines("```python\nx = 1\n\ny = 2") == [" x = 1", "", " y = 2"]


def test_lists_keep_their_numbers_and_what_belongs_to_them() -> None:
    text = "Before:\n- a\n- b\n\n  second\n- c\n  1. x\n  1. y\n\nAfter\n9. nine\n10. ten\n\n9. nine\n10. ten"
    assert lines(text) == [
        *("Before:", "", " • a", " • b", "", "   second", " • c", "    1 x", "    2 y", ""),
        *("After 9. nine 10. ten", "", " 9 nine", "10 ten"),
    ]


def test_a_dash_under_words_is_not_taken_for_a_heading_while_its_line_goes_on() -> None:
    page = page_of("Some words:\n-")
    assert "bold" not in str(painted(page))
    assert lines("Some words:\n- one") == ["Some words:", "", " • one"]


def test_lines_of_code_that_are_too_wide_go_on_below() -> None:
    assert lines("```\n  abc def ghi\n```", width=11) == ["   abc def", " ghi"]


def test_an_endless_line_is_read_as_several() -> None:
    page = page_of("x" * (3 * LONGEST_LINE), width=100)
    assert len(page) == 3 * LONGEST_LINE // 100
    assert page.settled >= LONGEST_LINE // 100


def test_words_of_a_quote_stand_behind_its_bar() -> None:
    assert lines("> one\n> two\n>\n> - three") == ["▌ one two", "▌", "▌  • three"]
