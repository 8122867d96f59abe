"""What is a link within a line, and what only looks like one."""

from __future__ import annotations

import pytest

from tui_app.ui.markdown.ink import inked


def links(source: str) -> list[str]:
    return [ink.href for line in inked(source) for _, ink in line if ink.href]


@pytest.mark.parametrize("name", ["notes.md", "src/main.rs", "setup.py", "v2.io"])
def test_a_file_name_is_no_link(name: str) -> None:
    assert links(f"See {name} for more.") == []


def test_an_address_is_a_link() -> None:
    assert links("See https://example.com/a_b and [here](notes.md).") == [
        "https://example.com/a_b",
        "notes.md",
    ]
