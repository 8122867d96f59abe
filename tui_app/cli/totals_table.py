"""Totals as a table for people, and as JSON or CSV for scripts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tui_app.cli.exits import complain
from tui_app.cli.listing import table
from tui_app.cli.streams import is_terminal, write, write_line
from tui_app.core.charts import spark
from tui_app.core.receipt_books import Scope
from tui_app.core.totals import By, Report
from tui_app.core.totals_output import Form, written
from tui_app.core.totals_words import (
    HEADS,
    Measure,
    cells,
    errors_words,
    group_words,
    in_order,
    measured,
    sum_lines,
    unit_words,
    value_words,
)

if TYPE_CHECKING:
    from tui_app.wiring import Workbench

_SPARKS = (Measure.REQUESTS, Measure.TOKENS, Measure.COST)


async def print_totals(
    bench: Workbench, inference_id: str | None, by: str, span: str, form: Form | None
) -> None:
    """Print the totals of one endpoint or of all. Raises InvalidRequest, StoreFailed; as `Endpoints.get`.

    An endpoint that was deleted still has totals; one that never was has none.
    """
    totals = bench.inference.totals
    report = await totals.report(By(by), span, Scope(endpoint=inference_id))
    if inference_id is not None and not report.total.requests:
        await bench.inference.endpoints.get(inference_id)
    if form is not None:
        write(written(report, form))
    elif report.total.requests:
        _print(report)
    else:
        complain(f"nothing was asked in this span ({span}). `--since all` looks at everything")
    if totals.trouble:
        complain(f"note: {totals.trouble}")


def _print(report: Report) -> None:
    rows = [(group_words(each, report.by), *cells(each.sum)) for each in in_order(report, Measure.REQUESTS)]
    heads = (str(report.by).upper(), *(head.upper() for head in HEADS))
    table([heads, *rows, *([("all", *cells(report.total))] if len(rows) > 1 else [])], numbers=True)
    write_line()
    write_line("; ".join(sum_lines(report.total)))
    if errors := errors_words(report.total):
        write_line(f"errors: {errors}")
    if is_terminal(sys.stdout) and len(report.course) > 1:
        _print_sparks(report)


def _print_sparks(report: Report) -> None:
    unit = unit_words(report.calendar.unit)
    for measure in _SPARKS:
        values = [measured(each, measure) for each in report.course]
        write_line(f"{measure:<9}{spark(values)}  up to {value_words(max(values), measure)} {unit}")
