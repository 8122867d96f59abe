"""The ladder of a verification: every rung with how it stands, in signs and words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from textual.content import Content

from tui_app.core.text import brief
from tui_app.core.verification import Report, Step, StepState

_SIGNS: Final = {
    StepState.PENDING: ("·", "$text-muted", ""),
    StepState.RUNNING: ("○", "$accent", "…"),
    StepState.WAITING: ("○", "$text-warning", "waits"),
    StepState.PASSED: ("✓", "$text-success", ""),
    StepState.SKIPPED: ("-", "$text-muted", "skipped"),
    StepState.FAILED: ("✗", "$text-error", "failed"),
}
_NAME_WIDTH: Final = max(len(step) for step in Step) + 2


def ladder(reports: Mapping[Step, Report], width: int) -> Content:
    """All rungs in order, one line each of at most `width` cells; those nobody reported yet are pending."""
    rungs = [_rung(step, reports.get(step), width) for step in Step]
    return Content("\n").join(rungs)


def cause(report: Report) -> Content:
    """Why a rung failed, in the service's words, and what to do about it."""
    words = Content.styled(brief(report.detail, limit=600, lines=6), "$text-error")
    if not report.advice:
        return words
    return Content.assemble(words, "\n", brief(report.advice, limit=600, lines=6))


def _rung(step: Step, report: Report | None, width: int) -> Content:
    state = report.state if report else StepState.PENDING
    sign, style, word = _SIGNS[state]
    name = Content.styled(str(step).ljust(_NAME_WIDTH), "$text-muted" if state is StepState.PENDING else "")
    pieces = [word]
    if report and state is not StepState.FAILED:
        pieces.append(" ".join(report.detail.split()))
        if report.seconds is not None and step is Step.HOST:
            pieces.append(f"{report.seconds * 1000:.0f} ms")
    about = Content.styled(", ".join(filter(None, pieces)), "$text-muted" if word != "failed" else style)
    return Content.assemble((f"{sign} ", style), name, about).truncate(max(10, width), ellipsis=True)
