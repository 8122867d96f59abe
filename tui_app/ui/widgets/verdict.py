"""How an answer ended, in words, where it ended otherwise than with a whole answer."""

from __future__ import annotations

from typing import Final

from textual.content import Content

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


def verdict(answer: Answer) -> Content:
    """What there is to say; empty when all is well."""
    match answer.outcome:
        case Outcome.RUNNING:
            return Content("")
        case Outcome.STOPPED:
            kept = "What came is kept." if answer.blocks else "Nothing had come."
            if not answer.error:
                return _said("■", f"Stopped. {kept}", answer.advice, "$text-muted")
            return _said("■", brief(answer.error), answer.advice or kept, "$text-muted")
        case Outcome.FAILED:
            kept = " What came is kept." if answer.blocks else ""
            return _said("✗", brief(answer.error, limit=600), f"{answer.advice}{kept}".strip(), "$text-error")
        case Outcome.COMPLETE:
            return _completed(answer)


def _completed(answer: Answer) -> Content:
    if answer.stop_reason == "refusal":
        return _said("!", "The model refused to answer.", _refusal(answer), "$text-warning")
    if answer.stop_reason in _WORDS:
        count = f" {answer.usage.output_tokens:,} tokens." if answer.stop_reason == "max_tokens" else ""
        return _said("!", _WORDS[answer.stop_reason] + count, "", "$text-warning")
    if answer.stop_reason not in _WELL:
        reason = brief(answer.stop_reason or "", limit=60)
        return _said("!", f"The service stopped for a reason of its own: {reason}", "", "$text-warning")
    if answer.error:
        return _said("!", brief(answer.error), answer.advice, "$text-warning")
    if not answer.blocks:
        return _said("!", "The answer is empty.", "", "$text-warning")
    return Content("")


def _refusal(answer: Answer) -> str:
    details = answer.stop_details or {}
    category, explanation = details.get("category"), details.get("explanation")
    named = f"Category: {brief(str(category), limit=60)}." if category else "The service names no category."
    return f"{named} {brief(str(explanation))}" if explanation else named


def _said(sign: str, words: str, more: str, style: str) -> Content:
    first = Content.styled(f"{sign} {words}", style)
    return Content.assemble(first, f"\n  {brief(more)}") if more else first
