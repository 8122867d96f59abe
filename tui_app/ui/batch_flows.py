"""What a person goes through with batches: begin one, ask again, compare, save."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textual.app import App

from tui_app.core.batch_items import Batch, Row, RowState
from tui_app.core.batch_output import written
from tui_app.core.batch_plans import Plan, Wanted, estimate, estimate_words, make_plan, unsupported
from tui_app.core.batches import Batches
from tui_app.core.durations import ago, span
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InvalidRequest, LedgerFailed, StoreFailed
from tui_app.core.forecast import forecast
from tui_app.core.inference import Inference
from tui_app.core.prompts import Prompt, Prompts
from tui_app.core.tables import Format, NoTable, Table, decode_table
from tui_app.ui.screens.choice import Choice, ChoiceScreen
from tui_app.ui.screens.line import LineScreen

_COLUMN = ""
"""Stands for the column `prompt` among the names of prompts."""


async def begin(
    app: App[Any], inference: Inference, prompts: Prompts, batches: Batches, about: str | None = None
) -> None:
    """Ask for file, endpoint and prompt, say what will be done, and begin. Raises InfertermError."""
    question = LineScreen("A batch from which file?", "CSV with a header, or JSONL; ~ is your home folder.")
    line = await app.push_screen_wait(question)
    if line is None:
        return
    path = _path(line)
    data, table = await asyncio.to_thread(_read, path)
    endpoint = await _endpoint(app, inference, about)
    prompt = await _prompt(app, prompts, table) if endpoint else None
    if endpoint is None or prompt is None:
        return
    kept = (await prompts.get(prompt),) if prompt != _COLUMN else ()
    digest = hashlib.sha256(data).hexdigest()
    plan = await asyncio.to_thread(make_plan, Wanted(str(path), digest, table, endpoint, prompts=kept))
    await _start(app, inference, batches, plan, endpoint)


async def _start(
    app: App[Any], inference: Inference, batches: Batches, plan: Plan, endpoint: Endpoint
) -> None:
    """Say what will be done; begin, or go on with one of the same."""
    known = await batches.find(plan)
    choices = [Choice("new", "Begin", "It runs whatever screen is shown, and goes on after a quit.")]
    if known is not None and known.ended < known.total:
        left = f"{known.ended:,} of {known.total:,} rows have ended already."
        choices.insert(0, Choice("on", "Go on with the one that is kept", left))
    about = await _about(inference, plan, endpoint)
    chosen = await app.push_screen_wait(ChoiceScreen(f"{len(plan.items):,} requests?", about, choices))
    if chosen == "on" and known is not None:
        batches.start(known.id)
    elif chosen == "new":
        batches.start((await batches.create(plan)).id)


async def _about(inference: Inference, plan: Plan, endpoint: Endpoint) -> str:
    """What a plan will take: requests, cost, and until when."""
    lines = [estimate_words(estimate(plan.items, endpoint), free=endpoint.local.sandbox)]
    line = await inference.line(endpoint)
    try:
        last = forecast(line.quota(), len(plan.items), line.now()).last_in_s
        lines.append(f"At {endpoint.limit:,} a minute the last starts in {span(last)}.")
    except LedgerFailed as error:
        lines.append(f"! When it is done cannot be told: {error}")
    for words, where in unsupported(plan).items():
        lines.append(f"! Not supported in {where}, and so not passed: {words}")
    return "\n".join(lines)


async def _endpoint(app: App[Any], inference: Inference, about: str | None) -> Endpoint | None:
    found = [each for each in await inference.endpoints.stored() if isinstance(each, Endpoint)]
    found.sort(key=lambda each: each.inference_id != about)
    if not found:
        raise InvalidRequest("there is no endpoint to ask", "Make one first, or take the sandbox.")
    choices = [
        Choice(each.inference_id, each.inference_id, f"{each.model}, {each.limit:,} a minute")
        for each in found
    ]
    chosen = await app.push_screen_wait(ChoiceScreen("Ask which endpoint?", "", choices))
    return next((each for each in found if each.inference_id == chosen), None)


async def _prompt(app: App[Any], prompts: Prompts, table: Table) -> str | None:
    """The name of a kept prompt, empty for the column `prompt`, None when the person left."""
    kept = [each for each in await prompts.all() if isinstance(each, Prompt)]
    own = "prompt" in table.columns
    if own and not kept:
        return _COLUMN
    choices = [Choice("column", "The column prompt", "Each row brings its own.")] if own else []
    choices += [
        Choice(f"kept:{each.name}", each.name, ", ".join(each.template.variables) or "no variables")
        for each in kept
    ]
    if not choices:
        raise InvalidRequest("the file has no column `prompt`, and no prompt is kept", "Name a column so.")
    chosen = await app.push_screen_wait(ChoiceScreen("Ask what?", "", choices))
    return None if chosen is None else chosen.removeprefix("kept:") if chosen != "column" else _COLUMN


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
    """The rows of another run that the person chose; None if there is none. Raises InfertermError."""
    title = batch.head.title
    others = [each for each in await batches.all() if each.id != batch.id and each.head.title == title]
    if not others:
        app.notify("There is no other run of this file.", markup=False)
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
    """Ask for a file and write all rows to it. Raises InfertermError."""
    about = "A name that ends with .jsonl gets JSONL, any other CSV; ~ is your home folder."
    stem = Path(batch.head.title).stem or "batch"
    line = await app.push_screen_wait(LineScreen("Save to which file?", about, value=f"~/{stem}-answers.csv"))
    if line is None:
        return
    path = _path(line)
    force = False
    if await asyncio.to_thread(path.exists):
        choices = [Choice("keep", "Keep the file as it is"), Choice("over", "Overwrite it", danger=True)]
        force = await app.push_screen_wait(ChoiceScreen("Overwrite?", str(path), choices)) == "over"
        if not force:
            return
    kind: Format = "jsonl" if path.suffix in {".jsonl", ".ndjson"} else "csv"
    text = "".join(written(batch, await batches.rows(batch.id), kind))
    await asyncio.to_thread(_write, path, text, force)
    app.notify(f"Saved to {path}.", markup=False)


def _path(line: str) -> Path:
    """The path that was typed."""
    return Path(os.path.expanduser(line.strip()))


def _read(path: Path) -> tuple[bytes, Table]:
    """A file's bytes and table. Raises InvalidRequest."""
    try:
        data = path.read_bytes()
        return data, decode_table(path.name, data)
    except OSError as error:
        raise InvalidRequest(f"cannot read {path}: {(error.strerror or 'it failed').lower()}") from None
    except NoTable as flaw:
        raise InvalidRequest(f"{path}:{flaw.line}: {flaw.reason}") from None


def _write(path: Path, text: str, force: bool) -> None:
    """Write a file; without `force` only a new one. Raises StoreFailed."""
    try:
        data = text.encode("utf-8", "replace")
        with path.open("wb" if force else "xb") as file:
            file.write(data)
    except OSError as error:
        reason = (error.strerror or "it failed").lower()
        raise StoreFailed(f"{path} cannot be written: {reason}.", "Choose another file.") from None
