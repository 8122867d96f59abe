"""Endpoints written for other programs, to standard output or a file."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui_app.cli.exits import complain, one_line
from tui_app.cli.streams import interruptible, is_terminal, write
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InvalidRequest, StoreFailed
from tui_app.core.snippets import Form, notes, snippet

if TYPE_CHECKING:
    from tui_app.wiring import Workbench


@dataclass(frozen=True, slots=True)
class Export:
    """What is wanted: no ids means all; `variable` is where the text has its key from."""

    inference_ids: tuple[str, ...]
    form: str
    variable: str = ""
    output: str | None = None
    force: bool = False


async def export_endpoints(bench: Workbench, wanted: Export) -> None:
    """Write them. Raises as `Endpoints.get`; InvalidRequest where there is none; StoreFailed."""
    chosen = await _chosen(bench, wanted.inference_ids)
    form = Form(wanted.form)
    text = snippet(chosen, form, wanted.variable)
    for note in notes(chosen, form):
        complain(f"note: {one_line(note)}")
    if wanted.output in {None, "-"}:
        write(text)
    else:
        write_file(Path(str(wanted.output)), text, force=wanted.force)


async def _chosen(bench: Workbench, inference_ids: tuple[str, ...]) -> list[Endpoint]:
    if inference_ids:
        return [await bench.inference.endpoints.get(each) for each in dict.fromkeys(inference_ids)]
    stored = await bench.inference.endpoints.stored()
    for item in stored:
        if not isinstance(item, Endpoint):
            complain(f"note: {item.inference_id} is left out, its file is broken: {one_line(item.reason)}")
    whole = [item for item in stored if isinstance(item, Endpoint)]
    if not whole:
        raise InvalidRequest("there are no endpoints to export")
    return whole


def write_file(path: Path, text: str, *, force: bool) -> None:
    """Write a file; over an older one only when that is meant. Raises UsageError, StoreFailed, Abort."""
    if path.exists() and not force:
        if not is_terminal(sys.stdin, sys.stderr):
            raise click.UsageError(f"{path} exists; --force overwrites it")
        with interruptible():
            click.confirm(f"Overwrite {path}?", abort=True, err=True)
        force = True
    try:
        with path.open("w" if force else "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        reason = (error.strerror or "it failed").lower()
        raise StoreFailed(f"cannot write {path}: {reason}", "Name another file.") from None
