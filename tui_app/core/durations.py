"""Stretches of time in words."""

from __future__ import annotations

import math

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def span(seconds: float) -> str:
    """Say how long something still takes, rounded up to whole seconds: `4 s`, `2 min 05 s`, `1 h 10 min`."""
    whole = max(0, math.ceil(seconds - 0.001))
    if whole < 100:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02} min"


def ago(seconds: float) -> str:
    """Say how long ago something was, in one unit: `just now`, `2 min ago`, `3 h ago`, `4 days ago`."""
    if seconds < 5:
        return "just now"
    if seconds < _MINUTE:
        return f"{seconds:.0f} s ago"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE:.0f} min ago"
    if seconds < _DAY:
        return f"{seconds // _HOUR:.0f} h ago"
    days = int(seconds // _DAY)
    return f"{days} day{'s' if days > 1 else ''} ago"


def same_for(seconds: float) -> float:
    """Tell for how long `ago` says the same of what was so long ago; its seconds count as one unit."""
    unit = _MINUTE if seconds < _HOUR else _HOUR if seconds < _DAY else _DAY
    return unit - max(0.0, seconds) % unit
