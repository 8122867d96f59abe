"""What can be said to the sandbox so that it acts out the world."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from textual.app import SystemCommand

SANDBOX_WORDS: Final[tuple[tuple[str, str], ...]] = (
    ("write 400 words", "as long as you ask; also lists, tables and code"),
    ("slow", "a stream in many pieces"),
    ("think", "a thinking block before the text"),
    ("status 529", "that HTTP status, tried again twice; 400 to 529"),
    ("flaky demo", "fails once for that word, then answers"),
    ("mid-stream error", "some text, then an error event"),
    ("cut short", "some text, then the connection drops"),
    ("refuse", "a refusal with its details"),
    ("use a tool", "a tool call"),
    ("separators", "text with unusual line ends"),
)
"""Prompt and what happens; the whole prompt has to be this."""


def sandbox_offers(propose: Callable[[str], None]) -> Iterator[SystemCommand]:
    """The same for the palette; the one that is chosen is handed to `propose`."""
    for prompt, about in SANDBOX_WORDS:
        yield SystemCommand(f"Sandbox: {prompt}", f"{about[0].upper()}{about[1:]}.", partial(propose, prompt))
