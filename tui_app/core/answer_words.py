"""An answer's facts in words: model, tokens, cost, times, request id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui_app.core.conversation import Answer, Turn
from tui_app.core.models import cost
from tui_app.core.text import one_line

_SOON_S: Final = 0.05


def facts(turn: Turn, *, free: bool) -> tuple[str, ...]:
    """What is known of a turn's answer, piece by piece; `free` is for the sandbox."""
    return tuple(_facts(turn, turn.answer, free))


def _facts(turn: Turn, answer: Answer, free: bool) -> Iterator[str]:
    yield one_line(answer.model or turn.model) or "written in the prompt"
    usage = answer.usage
    if usage.total_input or usage.output_tokens:
        cached = f" ({usage.cache_read_input_tokens:,} cached)" if usage.cache_read_input_tokens else ""
        out = "out not told" if answer.cut else f"{usage.output_tokens:,} out"
        yield f"{usage.total_input:,} in{cached}, {out}"
        price = cost(answer.model or turn.model, usage)
        if price is not None:
            words = f"at least {money(price)}" if answer.cut else money(price)
            yield f"would cost {words}" if free else words
    timing = answer.timing
    if timing.queued_s >= _SOON_S or answer.attempts:
        yield f"queued {seconds(timing.queued_s if timing.queued_s >= _SOON_S else 0.0)}"
    if timing.first_token_s is not None:
        yield f"first token {seconds(timing.first_token_s)}"
    if answer.speed is not None:
        yield f"{answer.speed:,.0f} tokens/s"
    if answer.attempts > 1:
        yield f"{answer.attempts} attempts"
    if answer.request_id:
        yield one_line(answer.request_id)


def money(dollars: float) -> str:
    """US dollars with as many digits as it takes to see something."""
    if dollars >= 1:
        return f"${dollars:,.2f}"
    return f"${dollars:.4f}" if dollars >= 0.0001 or not dollars else "under $0.0001"


def seconds(stretch: float) -> str:
    """Seconds with as many digits as matter."""
    return f"{stretch:.2f} s" if 0.005 <= stretch < 10 else f"{stretch:.0f} s"
