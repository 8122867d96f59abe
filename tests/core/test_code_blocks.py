"""The code in an answer."""

from __future__ import annotations

from tui_app.core.code_blocks import code_blocks


def test_code_blocks_are_found_with_their_languages() -> None:
    text = "```python\ndef f():\n\n    return 1\n```\n\n~~~\n```\n\nnot the end\n~~~\n\n    indented\n"
    assert code_blocks(text) == [
        ("python", "def f():\n\n    return 1\n"),
        ("", "```\n\nnot the end\n"),
        ("", "indented\n"),
    ]
