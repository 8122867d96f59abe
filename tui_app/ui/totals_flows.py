"""Totals on their way out of the app: to a file, to the clipboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.app import App

from tui_app.core.errors import InfertermError
from tui_app.core.totals import Report
from tui_app.core.totals_output import written
from tui_app.ui.clipboard import copy
from tui_app.ui.text_files import save_text


async def save_report(app: App[Any], report: Report) -> None:
    """Ask for a file and write the report there: JSON to one whose name ends so, any other gets CSV."""

    def text(path: Path) -> str:
        return written(report, "json" if path.suffix.lower() == ".json" else "csv")

    about = "A name that ends with .json gets JSON, any other CSV; ~ is your home folder."
    try:
        path = await save_text(app, text, f"~/totals-by-{report.by}.csv", about)
    except InfertermError as error:
        app.notify(f"{error}\n{error.advice}".strip(), severity="error", markup=False, timeout=12)
        return
    if path is not None:
        app.notify(f"Saved to {path}.", markup=False)


async def copy_report(app: App[Any], report: Report) -> None:
    """Copy the report as CSV, and say which way it went."""
    app.notify(await copy(app, written(report, "csv")), markup=False)
