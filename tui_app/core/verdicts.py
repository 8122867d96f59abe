"""How an answer ended, in words, where it ended otherwise than with a whole answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from tui_app.core.conversation import Answer, Outcome
from tui_app.core.text import brief

_WORDS: Final = {
    "max_tokens": "The answer reached its limit of tokens and was cut.",
    "tool_use": "The model waits for a tool's result. No tools run here; a new prompt goes on without it.",
    "pause_turn": "The service paused a long turn; it can go on.",
    "model_context_window_exceeded": "The conversation no longer fits into what the model can read. "
    "Begin a new chat, or ask for less.",
}
_WELL: Final = frozenset({None, "end_turn", "stop_sequence"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an answer ended: of which kind that is, what it is, and `more` that helps."""

    kind: Literal["stopped", "failed", "doubtful"]
    words: str
    more: str = ""


def verdict_of(answer: Answer) -> Verdict | None:
    """What there is to say; None when all is well or the answer still comes."""
    match answer.outcome:
        case Outcome.RUNNING:
            return None
        case Outcome.STOPPED:
            kept = "What came is kept." if answer.blocks else "Nothing had come."
            if not answer.error:
                return Verdict("stopped", f"Stopped. {kept}", _whole(answer.advice))
            return Verdict("stopped", brief(answer.error), _whole(answer.advice or kept))
        case Outcome.FAILED:
            kept = " What came is kept." if answer.blocks else ""
            return Verdict("failed", brief(answer.error, limit=600), _whole(f"{answer.advice}{kept}".strip()))
        case Outcome.COMPLETE:
            return _completed(answer)


def _completed(answer: Answer) -> Verdict | None:
    if answer.stop_reason == "refusal":
        return Verdict("doubtful", "The model refused to answer.", _refusal(answer))
    if answer.stop_reason in _WORDS:
        count = f" {answer.usage.output_tokens:,} tokens." if answer.stop_reason == "max_tokens" else ""
        return Verdict("doubtful", _WORDS[answer.stop_reason] + count)
    if answer.stop_reason not in _WELL:
        reason = brief(answer.stop_reason or "", limit=60)
        return Verdict("doubtful", f"The service stopped for a reason of its own: {reason}")
    if answer.error:
        return Verdict("doubtful", brief(answer.error), _whole(answer.advice))
    return None if answer.blocks else Verdict("doubtful", "The answer is empty.")


def _whole(text: str) -> str:
    """All of what helps, within reason: what to type may stand at its end."""
    return brief(text, limit=1_000, lines=8)


def _refusal(answer: Answer) -> str:
    details = answer.stop_details or {}
    category, explanation = details.get("category"), details.get("explanation")
    named = f"Category: {brief(str(category), limit=60)}." if category else "The service names no category."
    return brief(f"{named} {brief(str(explanation))}" if explanation else named)
