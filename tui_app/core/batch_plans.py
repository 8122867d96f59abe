"""Plans of batches: from a table, prompts and settings to what is asked."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tui_app.core.batch_items import Head, Item
from tui_app.core.check_columns import Asked, read_row
from tui_app.core.checks import Kind
from tui_app.core.conversation import SAMPLING, SAMPLING_ALONE, Settings
from tui_app.core.counts import counted
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InvalidEndpoint, InvalidRequest
from tui_app.core.jsons import JsonValue
from tui_app.core.models import takes_lead, takes_sampling
from tui_app.core.overrides import field_of, read_settings
from tui_app.core.prompts import Prompt
from tui_app.core.tables import Table, TableRow
from tui_app.core.templates import Said, Template
from tui_app.core.text import one_line

MOST = 100_000
"""The most requests of one batch."""
_SHOWN = 3
SYSTEM = "system"
"""Is varied too, by its texts."""
PROMPT_COLUMN = "prompt_name"
"""Names the prompt of a row where several are asked."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person wants to be asked: a table, whom, with which prompts and settings.

    `title` names the file and `digest` its content; `values` fill variables that no column gives; `grid`
    has the values of each setting that is varied, as they were typed, and of `system` its texts; `place`
    is the file's absolute path, without links.
    """

    title: str
    digest: str
    table: Table
    endpoint: Endpoint
    settings: Settings = Settings()
    prompts: tuple[Prompt, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    grid: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    place: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be asked; `identity` is the same for the same file, endpoint, prompts and settings."""

    identity: str
    head: Head
    items: tuple[Item, ...]


def make_plan(wanted: Wanted) -> Plan:
    """The plan of what is wanted. Raises InvalidRequest that names file and line; InvalidEndpoint."""
    combinations = tuple(_combinations(wanted))
    if len(combinations) * len(wanted.table.rows) > MOST:
        raise InvalidRequest(f"that is more than {MOST:,} requests", "Part the file, or vary fewer settings.")
    _check_values(wanted)
    items: list[Item] = []
    problems: list[str] = []
    for row in wanted.table.rows:
        for template, settings, variation in combinations:
            try:
                made = _item(wanted, row, template, settings)
            except (InvalidRequest, ValueError) as error:
                problems.append(f"{wanted.title}:{row.line}: {error}")
                break
            items.append(replace(made, position=len(items), variation=variation))
    if problems:
        more = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        raise InvalidRequest("; ".join(problems[:_SHOWN]) + more, "Nothing was asked.")
    head = Head(
        wanted.title,
        wanted.endpoint.inference_id,
        wanted.endpoint.model,
        wanted.table.format,
        wanted.table.columns,
        tuple(dict.fromkeys(name for _, _, variation in combinations for name in variation)),
        _digest({"place": wanted.place, **_asked_of(wanted.endpoint)}) if wanted.place else "",
        wanted.endpoint.local.sandbox,
    )
    return Plan(_identity(wanted), head, tuple(items))


def read_grid(written: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The values of each setting, from `NAME=VALUE,VALUE,…`. Raises InvalidRequest."""
    grid: dict[str, tuple[str, ...]] = {}
    for each in written:
        name, equals, values = each.partition("=")
        name = name.strip().replace("-", "_")
        typed = tuple(dict.fromkeys(value.strip() for value in values.split(",") if value.strip()))
        if name not in SAMPLING or not equals or not typed:
            raise InvalidRequest(
                f"--grid {each}: that varies nothing",
                f"Write one of {', '.join(SAMPLING)}, then its values: --grid temperature=0,0.5,1",
            )
        if name in grid:
            raise InvalidRequest(f"--grid {name} is given twice", "Give all its values at once, with commas.")
        grid[name] = typed
    return grid


def unsupported(plan: Plan) -> dict[str, str]:
    """In which rows each check stands that is not supported, in words, by what it says."""
    lines: dict[str, list[int]] = {}
    for item in plan.items:
        for check in item.checks:
            if check.kind is Kind.UNSUPPORTED:
                lines.setdefault(f"{check.source.partition(':')[0]}: {check.value}", []).append(item.line)
    return {words: _where(found) for words, found in lines.items()}


def _where(lines: Sequence[int]) -> str:
    """How many rows, and the first lines of them."""
    first = list(dict.fromkeys(lines))
    shown = ", ".join(str(line) for line in first[:_SHOWN])
    more = ", …" if len(first) > _SHOWN else ""
    return f"{counted(len(lines), 'row')} ({'line' if len(first) == 1 else 'lines'} {shown}{more})"


def refused_settings(items: Iterable[Item], model: str) -> tuple[str, ...]:
    """The sampling settings that some of these set and the model is known to refuse."""
    if takes_sampling(model):
        return ()
    chosen = {name for item in items for name in item.request.settings.overrides()}
    return tuple(name for name in SAMPLING_ALONE if name in chosen)


def refused_leads(items: Iterable[Item], model: str) -> int:
    """How many of these end with the assistant's turn, which the model is known to refuse."""
    return 0 if takes_lead(model) else sum(item.lead != "" for item in items)


def _combinations(wanted: Wanted) -> Iterator[tuple[Prompt | None, Settings, dict[str, JsonValue]]]:
    """Every prompt with every combination of varied settings."""
    names = tuple(wanted.grid)
    prompts: tuple[Prompt | None, ...] = wanted.prompts or (None,)
    for prompt in prompts:
        for typed in itertools.product(*wanted.grid.values()):
            chosen = dict(zip(names, typed, strict=True))
            settings = _settings(wanted, chosen)
            variation: dict[str, JsonValue] = {
                name: text if name == SYSTEM else field_of(name).read(text) for name, text in chosen.items()
            }
            if prompt is not None and len(prompts) > 1:
                variation = {PROMPT_COLUMN: prompt.name, **variation}
            yield prompt, settings, variation


def _settings(wanted: Wanted, chosen: Mapping[str, str]) -> Settings:
    base = {name: str(value) for name, value in wanted.settings.overrides().items()}
    try:
        system = chosen.get(SYSTEM, wanted.settings.system)
        typed = {name: text for name, text in chosen.items() if name != SYSTEM}
        return read_settings(wanted.endpoint, system, {**base, **typed})
    except InvalidEndpoint as error:
        raise InvalidRequest(str(error)) from None


def _check_values(wanted: Wanted) -> None:
    """Refuse values that no prompt takes."""
    taken = {name for prompt in wanted.prompts for name in prompt.template.variables}
    if unknown := [name for name in wanted.values if name not in taken]:
        raise InvalidRequest(
            f"no prompt has a variable {', '.join(unknown)}",
            f"There are {', '.join(sorted(taken))}." if taken else "Values are for --prompt NAME.",
        )
    if not wanted.prompts and not any(_own_prompt(row) is not None for row in wanted.table.rows):
        there = one_line(", ".join(wanted.table.columns), limit=200)
        raise InvalidRequest(
            f"{wanted.title} has no column `prompt`, but {there}",
            "Name a column so, or give --prompt NAME to fill a prompt in with the columns.",
        )


def _own_prompt(row: TableRow) -> JsonValue:
    """The prompt that a row brings itself."""
    opened = row.cells.get("vars")
    return row.cells.get("prompt", opened.get("prompt") if isinstance(opened, Mapping) else None)


def _item(wanted: Wanted, row: TableRow, prompt: Prompt | None, settings: Settings) -> Item:
    if prompt is None:
        asked = read_row(row.cells, ("prompt", "system"))
        own = Template((Said("user", asked.values.get("prompt", "")),), asked.values.get("system", ""))
        request = _wrapped(own, asked).request(settings)
    else:
        variables = {name for each in wanted.prompts for name in each.template.variables}
        asked = read_row(row.cells, variables)
        values = {**wanted.values, **{name: cell for name, cell in _given(row, asked).items()}}
        names = prompt.template.variables
        filled = prompt.template.filled({name: values[name] for name in names if name in values})
        request = _wrapped(filled, asked).request(settings)
    return Item(0, row.line, row.cells, request, asked.checks, asked.threshold)


def _given(row: TableRow, asked: Asked) -> dict[str, str]:
    """The values of a row, without those that are null."""
    return {name: cell for name, cell in asked.values.items() if row.cells.get(name, "") is not None}


def _wrapped(template: Template, asked: Asked) -> Template:
    """The prompt with promptfoo's `__prefix` and `__suffix` round what the user says last."""
    if not asked.prefix and not asked.suffix:
        return template
    last = max(i for i, turn in enumerate(template.turns) if turn.role == "user")
    said = Said("user", f"{asked.prefix}{template.turns[last].text}{asked.suffix}")
    return replace(template, turns=(*template.turns[:last], said, *template.turns[last + 1 :]))


def _identity(wanted: Wanted) -> str:
    """A digest of all that decides what is asked; the rate limit may be changed on the way."""
    whole = {
        "file": wanted.digest,
        **_asked_of(wanted.endpoint),
        "settings": [wanted.settings.system, wanted.settings.overrides(), list(wanted.settings.without)],
        "prompts": [[prompt.name, prompt.text] for prompt in wanted.prompts],
        "values": dict(wanted.values),
        "grid": {name: list(values) for name, values in wanted.grid.items()},
    }
    return _digest(whole)


def _asked_of(endpoint: Endpoint) -> dict[str, object]:
    """All of an endpoint that decides what is asked, and of whom."""
    return {
        "endpoint": [endpoint.inference_id, endpoint.base_url(), endpoint.model],
        "task_settings": endpoint.task_settings.model_dump(mode="json"),
    }


def _digest(whole: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:32]
