"""Small charts of block characters: text alone, so that they need no colour and no terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_RISING: Final = " ▁▂▃▄▅▆▇█"
_GROWING: Final = " ▏▎▍▌▋▊▉█"
_STEPS: Final = 8


def bars(values: Sequence[float], height: int) -> list[str]:
    """Upright bars, one character wide, in `height` lines from the top; the greatest fills them.

    What is more than nothing is seen.
    """
    most = max(values, default=0.0)
    filled = [_eighths(value, most, height) for value in values]
    return [
        "".join(_RISING[max(0, min(_STEPS, each - _STEPS * line))] for each in filled)
        for line in reversed(range(height))
    ]


def spark(values: Sequence[float]) -> str:
    """Upright bars in one line."""
    return bars(values, 1)[0]


def bar(value: float, top: float, width: int) -> str:
    """A bar that grows to the right, filling `width` characters at `top`; padded to that width."""
    filled = _eighths(value, top, width)
    whole, rest = divmod(filled, _STEPS)
    return ("█" * whole + (_GROWING[rest] if rest else "")).ljust(width)


def _eighths(value: float, top: float, length: int) -> int:
    if value <= 0 or top <= 0:
        return 0
    return max(1, min(length * _STEPS, round(value / top * length * _STEPS)))
