"""What an answer took, so that it can be held against another: times, tokens, speed, cost."""

from __future__ import annotations

from typing import Final

from tui_app.core.answer_words import money, seconds
from tui_app.core.conversation import Answer
from tui_app.core.models import cost

_SEEN: Final = 0.0001
UNKNOWN: Final = "not known"


def measures(answer: Answer, *, free: bool) -> tuple[tuple[str, str], ...]:
    """Each measure's name and value, always the same ones in the same order; `free` is for the sandbox."""
    timing, usage = answer.timing, answer.usage
    out = "? out" if answer.cut else f"{usage.output_tokens:,} out"
    counted = bool(usage.total_input or usage.output_tokens)
    queued = f", {seconds(timing.queued_s)} queued" if timing.queued_s >= 0.05 else ""
    price = cost(answer.model, usage) if counted and answer.model else None
    least = "at least " if answer.cut else ""
    would = "would be " if free else ""
    if answer.cut and price is not None and price < _SEEN:
        price = None
    return (
        ("first token", UNKNOWN if timing.first_token_s is None else seconds(timing.first_token_s)),
        ("in all", f"{seconds(timing.total_s)}{queued}" if answer.attempts else UNKNOWN),
        ("tokens", f"{usage.total_input:,} in, {out}" if counted else UNKNOWN),
        ("speed", UNKNOWN if answer.speed is None else f"{answer.speed:,.0f} a second"),
        ("cost", UNKNOWN if price is None else f"{would}{least}{money(price)}"),
    )
