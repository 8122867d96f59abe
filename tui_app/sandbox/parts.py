"""Parts of an answer that are not prose: a list, a table, a block of code."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable

from tui_app.sandbox.facts import Facts
from tui_app.sandbox.wishes import Wishes

_ROWS = 6


def bullet_list(items: Iterable[str], numbered: bool) -> str:
    """Give a Markdown list, a line an item."""
    return "\n".join(f"{f'{number}.' if numbered else '-'} {item}" for number, item in enumerate(items, 1))


def table(facts: Facts, rows: int | None) -> str:
    """Give a Markdown table of what was counted: at most so many rows, 6 by default."""
    counted = [
        ("characters", f"{len(facts.text):,}"),
        ("words", f"{len(facts.words):,}"),
        ("sentences", f"{facts.sentences:,}"),
        ("tokens", f"{facts.tokens:,}"),
        *((f"times “{word}”", f"{times:,}") for word, times in facts.counted.most_common(100)),
    ]
    lines = [f"| {what} | {how_much} |" for what, how_much in counted[: rows or _ROWS]]
    return "\n".join(["| What | How much |", "|---|---:|", *lines])


def code(facts: Facts, wishes: Wishes) -> str:
    """Give a fenced block of code that counts the words of the prompt by itself."""
    line = " ".join(facts.text.split())[:60]
    quoted = json.dumps(line, ensure_ascii=False)
    source = {
        "python": f"prompt = {quoted}\nprint(len(prompt.split()))",
        "javascript": f"const prompt = {quoted};\nconsole.log(prompt.split(/\\s+/).length);",
        "bash": f"printf '%s\\n' {shlex.quote(line)} | wc -w",
        "json": json.dumps(
            {"characters": len(facts.text), "words": len(facts.words), "tokens": facts.tokens},
            indent=2,
        ),
    }[wishes.language]
    return f"```{wishes.language}\n{source}\n```"
