"""Answers for benchmarks: Markdown as models write it, of any length, and in pieces like tokens."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

TOKEN_CHARS: Final = 4
"""About how many characters a token has."""
_SENTENCE: Final = (
    "the quota of an endpoint is shared by every process that asks it so a *request* waits until its turn "
    "comes and **nothing** is refused while `rate_limit` holds and the next window begins see "
    "[manual](https://example.com/manual) for what else is kept"
)
_WORDS: Final = _SENTENCE.split()


def prose(chance: random.Random, words: int) -> str:
    """So many words, as a sentence."""
    return " ".join(chance.choice(_WORDS) for _ in range(words)) + "."


def code(chance: random.Random, lines: int) -> str:
    """A fence of Python."""
    made = [
        f'    value_{n} = compute("{chance.choice(_WORDS)}", {n}) + offset  # step {n}' for n in range(lines)
    ]
    return "```python\ndef work(offset: int) -> int:\n" + "\n".join(made) + "\n    return offset\n```"


def items(chance: random.Random, count: int) -> str:
    """A list."""
    return "\n".join(f"{n + 1}. **Step {n}** {prose(chance, 12)}" for n in range(count))


def table(chance: random.Random, rows: int) -> str:
    """A table of three columns."""
    body = (f"| row {n} | `{chance.choice(_WORDS)}` | {chance.randrange(10_000)} |" for n in range(rows))
    return "| What | Which | How much |\n|---|---|--:|\n" + "\n".join(body)


def answer(length: int, seed: int = 1) -> str:
    """An answer of at least so many characters with all of it, again and again."""
    chance, size = random.Random(seed), 0
    made: list[str] = []
    while size < length:
        part = "\n\n".join(
            (
                f"## Part {len(made) + 1}",
                prose(chance, 60),
                items(chance, 8),
                code(chance, 18),
                prose(chance, 40),
                table(chance, 10),
                f"> {prose(chance, 20)}",
            )
        )
        made.append(part)
        size += len(part) + 2
    return "\n\n".join(made) + "\n"


SINGLE: Final = {
    "one fence": lambda chance, size: code(chance, size // 60),
    "one list": lambda chance, size: items(chance, size // 95),
    "one table": lambda chance, size: table(chance, size // 30),
    "one paragraph": lambda chance, size: prose(chance, size // 6),
}
"""Answers that are one block, which are the hard ones."""


def tokens(text: str) -> Iterator[str]:
    """A text in pieces."""
    for at in range(0, len(text), TOKEN_CHARS):
        yield text[at : at + TOKEN_CHARS]
