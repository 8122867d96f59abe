"""What `inferterm batch` was told, and the plan that it makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui_app.cli.batch_files import read_rows
from tui_app.cli.exits import complain, one_line
from tui_app.core.batch_plans import Plan, Wanted, make_plan, read_grid, unsupported
from tui_app.core.conversation import Settings
from tui_app.core.endpoint import Endpoint
from tui_app.core.promptfoo import mistaken
from tui_app.core.tables import Format

if TYPE_CHECKING:
    from tui_app.wiring import Workbench


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command was told; `timeout` is in seconds."""

    file: str
    inference_id: str
    prompts: tuple[str, ...]
    values: Mapping[str, str]
    grid: tuple[str, ...]
    kind: Format | None
    settings: Settings
    timeout: float | None
    at_once: int | None
    retry_failed: bool = False
    retry_lost: bool = False
    again: bool = False
    dry_run: bool = False


async def planned(bench: Workbench, wish: Wish) -> tuple[Plan, Endpoint]:
    """The plan, and whom it asks; says which checks cannot be made here.

    Raises UsageError, InvalidRequest, StoreFailed.
    """
    file = read_rows(wish.file)
    endpoint = await bench.inference.endpoints.get(wish.inference_id)
    prompts = tuple([await bench.prompts.get(name) for name in dict.fromkeys(wish.prompts)])
    grid = read_grid(wish.grid)
    plan = make_plan(
        Wanted(
            file.title,
            file.digest,
            file.table,
            endpoint,
            wish.settings,
            prompts,
            wish.values,
            grid,
            file.place,
        )
    )
    for note in _notes(plan, file.table.columns, wish.values):
        complain(f"note: {note}")
    return plan, endpoint


def _notes(plan: Plan, columns: Sequence[str], values: Iterable[str]) -> Iterator[str]:
    """What a person might expect otherwise of the columns, and the checks that cannot be made here."""
    for name in sorted({*values} & {*columns}):
        words = one_line(name)
        yield f"the column {words} goes before --var {words}, which is used only where a row has none"
    for column in mistaken(columns):
        yield f"the column {one_line(column)} is data; promptfoo's is called _{one_line(column)}"
    for words, where in unsupported(plan).items():
        yield f"not supported, and so not passed, in {where}: {one_line(words)}"
