"""What a person goes through with batches: begin one, ask again, compare, save."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from textual.app import App

from tui_app.core.batch_items import Batch, Row, RowState
from tui_app.core.batch_output import written
from tui_app.core.batch_reuse import Outlook
from tui_app.core.batches import Batches
from tui_app.core.durations import ago
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InvalidRequest
from tui_app.core.inference import Inference
from tui_app.core.prompts import Prompt, Prompts
from tui_app.core.tables import Format
from tui_app.ui.screens.choice import Choice, ChoiceScreen
from tui_app.ui.text_files import save_text

_MANY: Final = 3_000
"""So many rows take more than a moment to be kept."""


async def begin(
    app: App[Any],
    inference: Inference,
    prompts: Prompts,
    batches: Batches,
    about: str | None = None,
    *,
    prompt: str | None = None,
) -> int | None:
    """Let a sweep be filled in and begin it; the id of its first batch, None when the person left.

    Raises InfertermError.
    """
    from tui_app.ui.screens.sweep import SweepScreen

    endpoints = [each for each in await inference.endpoints.stored() if isinstance(each, Endpoint)]
    if not endpoints:
        raise InvalidRequest("there is no endpoint to ask", "Make one first, or take the sandbox.")
    kept = [each for each in await prompts.all() if isinstance(each, Prompt)]
    ahead = await app.push_screen_wait(SweepScreen(batches, endpoints, kept, about, prompt))
    if sum(len(each.rows) for each in ahead or ()) > _MANY:
        app.notify("Its rows are kept first; then the first is asked.", title="Beginning", markup=False)
    begun = [await _begun(batches, each) for each in ahead or ()]
    return begun[0] if begun else None


async def _begun(batches: Batches, ahead: Outlook) -> int:
    """The id of the batch that goes on or is made, at work if there is anything left to ask."""
    batch = ahead.batch or await batches.create(ahead)
    if batch.ended < batch.total:
        batches.start(batch.id)
    return batch.id


async def ask_again(app: App[Any], batches: Batches, batch: Batch) -> None:
    """Ask which rows to ask again, and let them be asked. Raises InfertermError."""
    failed, lost = batch.counts.get(RowState.FAILED, 0), batch.counts.get(RowState.LOST, 0)
    choices = []
    if failed:
        choices.append(Choice("failed", f"What failed: {failed:,}", "Refused, or the connection was lost."))
    if lost:
        what = "They were on their way when a process was killed; they may have been answered, and paid for."
        choices.append(Choice("lost", f"What was lost: {lost:,}", what))
    states = {"failed": RowState.FAILED, "lost": RowState.LOST}
    chosen = await app.push_screen_wait(ChoiceScreen("Ask again", "", choices))
    if chosen is not None:
        await batches.ask_again(batch.id, [states[chosen]])
        batches.start(batch.id)


async def choose_earlier(app: App[Any], batches: Batches, batch: Batch) -> Sequence[Row] | None:
    """The rows of an earlier run that the person chose; None if there is none. Raises InfertermError."""
    title = _file_name(batch)
    others = [each for each in await batches.all() if each.id < batch.id and _file_name(each) == title]
    if not others:
        app.notify("There is no earlier run of this file; a later one is compared with this.", markup=False)
        return None
    wall = batches.now()
    choices = [
        Choice(
            str(each.id),
            ago(max(0.0, wall - each.created_at)),
            f"{each.head.endpoint}, {each.head.model}, {each.failing:,} of {each.total:,} fail a check",
        )
        for each in others
    ]
    chosen = await app.push_screen_wait(ChoiceScreen("Compare with which run?", title, choices))
    return None if chosen is None else await batches.rows(int(chosen))


async def save(app: App[Any], batches: Batches, batch: Batch) -> None:
    """Ask for a file and write all rows to it, JSONL where its name says so. Raises InfertermError."""
    stem = Path(batch.head.title).stem or "batch"
    rows = await batches.rows(batch.id)

    def text(path: Path) -> str:
        kind: Format = "jsonl" if path.suffix in {".jsonl", ".ndjson"} else "csv"
        return "".join(written(batch, rows, kind))

    about = "A name that ends with .jsonl gets JSONL, any other CSV; ~ is your home folder."
    if path := await save_text(app, text, f"~/{stem}-answers.csv", about):
        app.notify(f"Saved to {path}.", markup=False)


def _file_name(batch: Batch) -> str:
    return batch.head.title.rpartition("/")[2]
