"""What can be said to the sandbox so that it acts out the world."""

from __future__ import annotations

from typing import Final

SANDBOX_WORDS: Final[tuple[tuple[str, str], ...]] = (
    ("write 400 words", "a long answer; lists, tables, headings and code come when asked for"),
    ("slow", "a stream that takes its time, in many pieces"),
    ("think", "a thinking block before the text"),
    ("status 529", "that HTTP status: retried twice, then told; any of 400 to 529"),
    ("flaky demo", "fails the first time for that word, answers the second"),
    ("mid-stream error", "some text, then an error event"),
    ("cut short", "some text, then the connection drops"),
    ("refuse", "a refusal with its details"),
    ("use a tool", "a tool call"),
    ("separators", "text with unusual line ends"),
)
"""Prompt and what happens; the whole prompt has to be this."""
