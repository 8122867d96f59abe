"""What the agreed words make the sandbox do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from tui_app.sandbox.errors import ApiError
from tui_app.sandbox.messages import Answer, Ending, Text

_STATUS: Final = re.compile(r"status ([45]\d\d)")
_FLAKY: Final = re.compile(r"flaky (\S+)")
_MOST_REMEMBERED: Final = 10_000
SLOW_S: Final = 0.9
"""How long the answer to `slow` takes, in seconds."""


class Flakiness:
    """Which words were refused once already; the oldest are forgotten when there are many."""

    def __init__(self) -> None:
        self._seen: dict[str, None] = {}

    def check(self, word: str) -> None:
        """Raise ApiError the first time for a word: 429 if it begins with 429, else 529."""
        if word in self._seen:
            return
        self._seen[word] = None
        if len(self._seen) > _MOST_REMEMBERED:
            del self._seen[next(iter(self._seen))]
        raise _error(429 if word.startswith("429") else 529)


def act(prompt: str, flakiness: Flakiness) -> Answer | None:
    """Give the answer that an agreed word stands for, None for any other prompt.

    Raises ApiError where the word asks for an error. `think` and `use a tool` are answered like
    other prompts, with a block more.
    """
    word = prompt.strip().casefold()
    if found := _STATUS.fullmatch(word):
        raise _error(int(found[1]))
    if found := _FLAKY.fullmatch(word):
        flakiness.check(found[1])
        return Answer([Text(f"Sandbox: the second try for “{_safe(found[1])}” gets an answer.")])
    scene = _SCENES.get(word)
    return scene() if scene else None


def _error(status: int) -> ApiError:
    said = {429: "The sandbox was asked for a limit that is reached.", 529: "Overloaded"}
    message = said.get(status, "The sandbox was asked for this error.")
    return ApiError(status, message, headers={"retry-after": "1"} if status == 429 else None)


def _safe(word: str) -> str:
    return re.sub(r"[^\w.-]", "", word)[:40]


def _mid_stream_error() -> Answer:
    text = (
        "Sandbox: this is the beginning of an answer that never gets to its end, because the "
        "next event says that the service is overloaded. What came before it should"
    )
    return Answer([Text(text)], ending=Ending.ERROR_EVENT)


def _cut_short() -> Answer:
    text = (
        "Sandbox: this is the beginning of an answer that never gets to its end, because the "
        "connection drops in the middle of it. What came before that should"
    )
    return Answer([Text(text)], ending=Ending.DROPPED)


def _slow() -> Answer:
    text = (
        "Sandbox: this answer takes its time. It comes word by word, a small piece after "
        "another, so that there is a while in which it can be watched, stopped, or scrolled "
        "away from, and it is over in about a second."
    )
    return Answer([Text(text)], seconds=SLOW_S)


def _refuse() -> Answer:
    details = {
        "type": "refusal",
        "category": "general_harms",
        "explanation": "The sandbox refuses because the prompt asked it to; nothing is wrong.",
    }
    return Answer([], stop_reason="refusal", stop_details=details)


def _separators() -> Answer:
    text = (
        "Sandbox: between here\u2028and here is U+2028, between here\u0085and here is U+0085,\n"
        "and this stands on a line of its own. All of it is one text."
    )
    return Answer([Text(text)])


_SCENES: Final[Mapping[str, Callable[[], Answer]]] = {
    "mid-stream error": _mid_stream_error,
    "cut short": _cut_short,
    "slow": _slow,
    "refuse": _refuse,
    "separators": _separators,
}
