"""Cutting Markdown into pieces changes neither the text nor what it means."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tui_app.core.code_blocks import code_blocks
from tui_app.ui.widgets.markdown_pieces import Cutter, pieces_of, shown

BLOCKS = [
    "# A heading\n\n",
    "A paragraph of\ntwo lines.\n\n",
    "- a list\n\n  with a paragraph\n\n- and more\n\n",
    "1. one\n2. two\n\n   ```py\n   x = 1\n   ```\n\n",
    "```python\ndef f():\n\n    return 1\n\nprint(f())\n```\n\n",
    "~~~\n```\n\nnot the end\n~~~\n\n",
    "````md\n```\n\ninner\n\n```\n\nstill\n````\n\n",
    "> a quote\n\n",
    "| a | b |\n|---|---|\n| 1 | 2 |\n\n",
    "    indented code\n\n    goes on\n\n",
    "**Bold** begins.\n\n",
    "`code` begins.\n\n",
]


def html(text: str) -> str:
    """What a text means."""
    return str(MarkdownIt("gfm-like", {"linkify": False}).render(text)).replace("\n", "")


@given(st.lists(st.sampled_from(BLOCKS), max_size=12).map("".join), st.integers(1, 60))
def test_the_pieces_mean_what_the_whole_means(text: str, size: int) -> None:
    pieces = pieces_of(text, size)
    assert "".join(pieces) == text
    assert "".join(map(html, pieces)) == html(text)


@given(st.lists(st.sampled_from(BLOCKS), max_size=8).map("".join), st.integers(1, 60), st.integers(1, 9))
def test_a_text_that_comes_bit_by_bit_is_cut_at_the_same_places(text: str, size: int, step: int) -> None:
    cutter, pieces = Cutter(size), [""]
    for start in range(0, len(text), step):
        first, *more = cutter.add(text[start : start + step])
        pieces[-1] += first
        pieces += more
    assert pieces == pieces_of(text, size)


@given(st.text())
def test_nothing_that_is_shown_moves_the_cursor_or_splits_lines_unseen(text: str) -> None:
    lines = shown(text).splitlines()
    assert lines == shown(text).removesuffix("\n").split("\n") or not lines
    assert "\x1b" not in shown(text)


def test_code_blocks_are_found_with_their_languages() -> None:
    text = "".join(BLOCKS[4:6]) + "    indented\n"
    assert code_blocks(text) == [
        ("python", "def f():\n\n    return 1\n\nprint(f())\n"),
        ("", "```\n\nnot the end\n"),
        ("", "indented\n"),
    ]
