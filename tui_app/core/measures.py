"""What an answer took, so that it can be held against another: times, tokens, speed, cost."""

from __future__ import annotations

from typing import Final

from tui_app.core.answer_words import money, seconds
from tui_app.core.conversation import Answer, Outcome
from tui_app.core.models import cost

_MEASURABLE_S: Final = 0.1
_SEEN: Final = 0.0001
UNKNOWN: Final = "not known"


def measures(answer: Answer, *, free: bool) -> tuple[tuple[str, str], ...]:
    """Each measure's name and value, always the same ones in the same order; `free` is for the sandbox."""
    timing, usage = answer.timing, answer.usage
    cut = answer.stop_reason is None and answer.outcome in {Outcome.STOPPED, Outcome.FAILED}
    out = "? out" if cut else f"{usage.output_tokens:,} out"
    counted = bool(usage.total_input or usage.output_tokens)
    queued = f", {seconds(timing.queued_s)} queued" if timing.queued_s >= 0.05 else ""
    speed = UNKNOWN
    if not cut and timing.streamed_s and timing.streamed_s >= _MEASURABLE_S and usage.output_tokens > 1:
        speed = f"{usage.output_tokens / timing.streamed_s:,.0f} a second"
    price = cost(answer.model, usage) if counted and answer.model else None
    least = "at least " if cut else ""
    would = "would be " if free else ""
    if cut and price is not None and price < _SEEN:
        price = None
    return (
        ("first token", UNKNOWN if timing.first_token_s is None else seconds(timing.first_token_s)),
        ("in all", f"{seconds(timing.total_s)}{queued}" if answer.attempts else UNKNOWN),
        ("tokens", f"{usage.total_input:,} in, {out}" if counted else UNKNOWN),
        ("speed", speed),
        ("cost", UNKNOWN if price is None else f"{would}{least}{money(price)}"),
    )
