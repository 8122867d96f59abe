"""Endpoints as text for people and as JSON for scripts."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from tui_app.cli.bodies import key_words
from tui_app.cli.exits import complain, one_line
from tui_app.cli.streams import write_json, write_line
from tui_app.core.durations import ago
from tui_app.core.endpoints import Entry
from tui_app.core.quota_words import shared_words
from tui_app.core.storage import BrokenEndpoint

if TYPE_CHECKING:
    from tui_app.wiring import Workbench

_HEADS = ("ID", "MODEL", "LIMIT", "KEY", "VERIFIED")


async def print_list(bench: Workbench, *, as_json: bool) -> None:
    """Print all endpoints, broken ones with line and reason."""
    rows = await bench.inference.endpoints.entries()
    if as_json:
        write_json([_broken(row) if isinstance(row, BrokenEndpoint) else entry_value(row) for row in rows])
        return
    if not rows:
        complain("there are no endpoints yet. `inferterm ask sandbox PROMPT` works without one")
        return
    whole = [row for row in rows if isinstance(row, Entry)]
    if whole:
        table([_HEADS, *(_cells(row) for row in whole)])
    for row in rows:
        if isinstance(row, BrokenEndpoint):
            write_line(f"{row.inference_id}  broken: {row.place}: {one_line(row.reason)}")


async def print_one(bench: Workbench, inference_id: str, *, as_json: bool) -> None:
    """Print one endpoint with all that belongs to it. Raises as `Endpoints.get`."""
    entry = await bench.inference.endpoints.entry(inference_id)
    if as_json:
        write_json(entry_value(entry))
        return
    endpoint, health = entry.endpoint, entry.health
    task = endpoint.body()["task_settings"]
    assert isinstance(task, dict)
    lines = {
        "inference_id": endpoint.inference_id,
        "task_type": endpoint.task_type,
        "model_id": endpoint.model,
        "goes to": "the built-in sandbox" if endpoint.local.sandbox else entry.group.base_url,
        "rate limit": f"{endpoint.limit} requests/min",
        **{name: str(value) for name, value in task.items()},
        "key": key_words(entry.key),
        "shares": shared_words(entry.shares) or "no other endpoint's budget",
        "verified": _when(health.verified_at),
        "last error": f"{_when(health.failed_at)}: {one_line(health.error)}" if health.error else "none",
        "note": one_line(endpoint.local.note),
    }
    table([(f"{name}:", value) for name, value in lines.items() if value])


async def print_body(bench: Workbench, inference_id: str) -> None:
    """Print the bare PUT body, which names the task type where it is not `completion`.

    Raises as `Endpoints.get`.
    """
    document = (await bench.inference.endpoints.get(inference_id)).document()
    write_json({name: value for name, value in document.items() if name != "local"})


def entry_value(entry: Entry) -> dict[str, object]:
    """An endpoint for scripts: its PUT body and `local`, its key's state (never the key), its health."""
    endpoint, health = entry.endpoint, asdict(entry.health)
    return {
        "inference_id": endpoint.inference_id,
        "task_type": endpoint.task_type,
        **endpoint.document(),
        "key": {
            "state": str(entry.key.state),
            "fingerprint": entry.key.fingerprint,
            "detail": entry.key.detail,
        },
        "shares": list(entry.shares),
        "health": health,
    }


def table(rows: Sequence[Sequence[str]], *, numbers: bool = False) -> None:
    """Print rows of cells, aligned, `numbers` after the first to the right; nothing is cut, for scripts."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    aligned = str.rjust if numbers else str.ljust
    for row in rows:
        first, *others = zip(row, widths, strict=True)
        write_line("  ".join([str.ljust(*first), *(aligned(*each) for each in others)]).rstrip())


def _cells(entry: Entry) -> tuple[str, ...]:
    endpoint = entry.endpoint
    return (
        endpoint.inference_id,
        one_line(endpoint.model),
        f"{endpoint.limit}/min",
        "refused" if entry.health.key_refused else str(entry.key.state),
        _when(entry.health.verified_at),
    )


def _when(at: float | None) -> str:
    return "never" if at is None else ago(time.time() - at)


def _broken(row: BrokenEndpoint) -> dict[str, object]:
    return {
        "inference_id": row.inference_id,
        "broken": {"path": row.path, "line": row.line, "reason": row.reason},
    }
