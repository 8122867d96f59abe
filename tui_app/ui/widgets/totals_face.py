"""What stands above the table of totals, and the faces when there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.content import Content

from tui_app.core.errors import InfertermError
from tui_app.core.totals import Report
from tui_app.core.totals_words import (
    ABOUT,
    Measure,
    errors_words,
    measured,
    sum_lines,
    value_words,
)
from tui_app.ui.widgets.chart import Chart

COUNTING: Final = Content.styled("Counting …", "$text-muted")
_SPANS: Final = {"today": "today", "7d": "the last 7 days", "30d": "the last 30 days", "all": "all time"}


def empty(span: str, span_key: str, wider_key: str) -> Content:
    """Nothing was asked, and what will be counted here."""
    hints = [f"{span_key} looks at a longer span." if span != "all" and span_key else ""]
    hints.append(f"{wider_key} looks at everything." if wider_key else "")
    return Content.assemble(
        (f"No request: {_SPANS.get(span, span)}\n\n", "bold $accent"),
        "Every request counts here that is sent from now on: from chats, side by side, batches, "
        "verifications, and from the commands ask, batch and serve of all your terminals.\n\n",
        (
            "You will see requests, tokens and cost by day, endpoint, model and chat, how long the first "
            "token takes, how fast answers come, and what went wrong.\n\n" + " ".join(filter(None, hints)),
            "$text-muted",
        ),
    )


def failure(error: InfertermError, read_key: str) -> Content:
    """Why nothing can be counted, and what to do."""
    return Content.assemble(
        ("✗ The requests cannot be counted\n\n", "bold $text-error"),
        f"{error}\n",
        (f"{error.advice}\n\n" if error.advice else "\n", ""),
        (f"Answers do not depend on it. {read_key} counts again.", "$text-muted"),
    )


def scope_words(span: str, about: Sequence[str]) -> str:
    """Whose requests of which span are counted."""
    return " · ".join((*(about or ("everything",)), _SPANS.get(span, span)))


def sums(report: Report, width: int) -> Content:
    """The sum of all, as many pieces on a line as there is room for, and the errors by kind."""
    lines: list[str] = []
    for piece in sum_lines(report.total):
        if lines and len(lines[-1]) + len(piece) + 3 <= width:
            lines[-1] += f" · {piece}"
        else:
            lines.append(piece)
    said = Content("\n".join(lines))
    errors = errors_words(report.total)
    if not errors:
        return said
    return Content.assemble(said, "\n", ("errors: ", "$text-error"), Content(errors))


def chart_of(report: Report, measure: Measure) -> Chart:
    """The course of a measure."""
    values = tuple(measured(each, measure) for each in report.course)
    calendar = report.calendar
    return Chart(
        f"{ABOUT[measure]}, by {calendar.unit}",
        values,
        tuple(calendar.label(place) for place in range(len(values))),
        value_words(max(values, default=0.0), measure),
    )
