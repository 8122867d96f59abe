"""What a person can do about an answer that ended otherwise than hoped."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from tui_app.core.conversation import SAMPLING_ALONE, Answer, Outcome

_BAD_REQUEST: Final = "(status 400)"


class Remedy(StrEnum):
    """One way on: ask again, ask again without the settings that were refused, continue, raise max_tokens."""

    RETRY = "retry"
    WITHOUT = "without"
    PROCEED = "continue"
    RAISE = "raise"


def remedies(answer: Answer) -> tuple[Remedy, ...]:
    """The ways on from an answer, the likeliest first; none while it comes or when all is well."""
    if answer.outcome is Outcome.RUNNING:
        return ()
    if answer.outcome is not Outcome.COMPLETE:
        if blamed(answer):
            return (Remedy.WITHOUT, Remedy.RETRY)
        return (Remedy.RETRY, Remedy.PROCEED) if answer.text.strip() else (Remedy.RETRY,)
    if answer.stop_reason == "max_tokens":
        return (Remedy.PROCEED, Remedy.RAISE)
    if answer.stop_reason == "pause_turn":
        return (Remedy.PROCEED,)
    return (Remedy.RETRY,) if answer.stop_reason == "refusal" or not answer.blocks else ()


def blamed(answer: Answer) -> tuple[str, ...]:
    """The sampling settings that a 400 names, so that the prompt may be asked again without them."""
    if answer.outcome is not Outcome.FAILED or _BAD_REQUEST not in answer.error:
        return ()
    return tuple(name for name in SAMPLING_ALONE if re.search(rf"\b{name}\b", answer.error))
