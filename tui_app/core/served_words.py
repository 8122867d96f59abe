"""Requests that the server answers, in words: the cells of a list, and one request whole."""

from __future__ import annotations

import time
from dataclasses import dataclass

from tui_app.core.durations import span
from tui_app.core.served import ServedRequest, ServedState, Serving

MASK = "••••••••"
"""Stands for the server's key until it is to be seen."""


@dataclass(frozen=True, slots=True)
class Cells:
    """What a list says of a request, column by column."""

    at: str
    method: str
    path: str
    status: str
    waited: str
    took: str
    tokens: str


HEAD = Cells("At", "Method", "Path", "Status", "waited", "took", "tokens")


def cells(request: ServedRequest) -> Cells:
    """One request; what is not known yet is empty."""
    usage = request.usage
    return Cells(
        time.strftime("%H:%M:%S", time.localtime(request.began_at)),
        request.method,
        request.path,
        str(request.status or "") if request.state in _DONE else request.state.value,
        span(request.waited_s) if request.waited_s >= 0.05 else "",
        "" if request.took_s is None else _seconds(request.took_s),
        "" if usage is None else f"{usage.total_input:,}+{usage.output_tokens:,}",
    )


_DONE = (ServedState.ANSWERED, ServedState.REFUSED)


def whole(request: ServedRequest) -> tuple[tuple[str, str], ...]:
    """One request, part by part: a name and its text; keys are masked in both bodies."""
    shown = cells(request)
    facts = [f"{request.state.value}", f"status {request.status}" if request.status else ""]
    facts += [f"waited {shown.waited} for the quota" if shown.waited else ""]
    facts += [f"took {shown.took}" if shown.took else "", f"{shown.tokens} tokens" if shown.tokens else ""]
    return (
        ("What", ", ".join(filter(None, facts))),
        ("Request", request.request or "no body"),
        ("Response", request.response or "nothing yet"),
    )


def how(serving: Serving, lines: str, *, show_key: bool) -> str:
    """The lines to paste, the key masked unless it is to be seen."""
    key = serving.key.get_secret_value() if serving.key else ""
    return lines.replace(key, MASK) if key and not show_key else lines


def _seconds(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
