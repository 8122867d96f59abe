"""The two pacings explained in a person's own numbers, and drawn."""

from __future__ import annotations

from typing import Final

from tui_app.core.quota import WINDOW_S, Pacing

MOST_SHOWN: Final = 8
"""How many prompts the drawing shows at most."""


def burst_words(limit: int) -> str:
    """What `burst` does with a limit of so many a minute."""
    return f"Any {limit} within {WINDOW_S:.0f} s, each at once while one is free; then the next waits."


def even_words(limit: int) -> str:
    """What `even` does with a limit of so many a minute."""
    return f"One each {_seconds(WINDOW_S / limit)}, as Elasticsearch spreads them; several at once wait."


def drawing(pacing: Pacing, limit: int, cells: int) -> str:
    """Draw in `cells` cells of time how many of some prompts that come at once start when.

    A digit is a number of starts, a dot none. `drawing_words` says how many prompts in what time.
    """
    prompts = _shown(limit)
    if pacing is Pacing.BURST:
        return f"{prompts}" + "·" * (cells - 1)
    drawn = ["·"] * cells
    for number in range(prompts):
        drawn[number * cells // prompts] = "1"
    return "".join(drawn)


def drawing_words(limit: int) -> str:
    """What the drawings show."""
    prompts = _shown(limit)
    over = _seconds(prompts * WINDOW_S / limit)
    return f"{prompts} prompts that come at once, over {over}" if prompts > 1 else f"one prompt, over {over}"


def _shown(limit: int) -> int:
    return min(limit, MOST_SHOWN)


def _seconds(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds < 100 else f"{seconds:.0f} s"
