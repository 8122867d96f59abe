"""The code in a Markdown text."""

from __future__ import annotations


def code_blocks(text: str) -> list[tuple[str, str]]:
    """The fenced and indented code blocks of a Markdown text: language (may be empty) and code."""
    from markdown_it import MarkdownIt

    return [
        (token.info.split()[0] if token.info.split() else "", token.content)
        for token in MarkdownIt("commonmark").parse(text)
        if token.type in {"fence", "code_block"}
    ]
