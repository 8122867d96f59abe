"""Which part of an answer is copied: all of it, or one block of code."""

from __future__ import annotations

from typing import Any

from textual.app import App

from tui_app.core.code_blocks import code_blocks
from tui_app.core.counts import counted
from tui_app.core.text import one_line
from tui_app.ui.screens.choice import Choice, ChoiceScreen

WHOLE = "whole"


async def what_to_copy(app: App[Any], text: str) -> str | None:
    """Return the text that is to be copied, asking if there is code in it; None when the person left."""
    blocks = code_blocks(text)
    if not blocks:
        return text
    rows = text.count("\n") + 1
    choices = [Choice(WHOLE, "The whole answer", f"{rows:,} lines of Markdown")]
    for number, (language, code) in enumerate(blocks):
        lines = code.count("\n")
        label = f"Code {number + 1}: {one_line(language) or 'no language'}, {counted(lines, 'line')}"
        choices.append(Choice(str(number), label, one_line(code, limit=60)))
    chosen = await app.push_screen_wait(ChoiceScreen("Copy what?", "", choices))
    if chosen is None:
        return None
    return text if chosen == WHOLE else blocks[int(chosen)][1]
