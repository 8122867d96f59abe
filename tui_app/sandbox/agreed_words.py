"""Agreed words: alone in the last user message, they make the sandbox act out the world."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

THINK: Final = "think"
USE_A_TOOL: Final = "use a tool"

AGREED_WORDS: Final[Mapping[str, str]] = {
    "status NNN": "an error with the HTTP status 400 to 599, such as `status 529`",
    "flaky WORD": "529 the first time for that word (429 if it begins with 429), then an answer",
    "mid-stream error": "some text, then an `error` event of type `overloaded_error`",
    "cut short": "some text, then the connection drops",
    "slow": "a stream of many small pieces that takes about a second",
    THINK: "a thinking block with a signature before the text",
    USE_A_TOOL: "a `tool_use` block for the request's first tool",
    "refuse": "a refusal, with its category and an explanation",
    "separators": "text with U+2028, U+0085 and a newline, sent unescaped",
}
"""What to write as the whole prompt, and what happens then."""
