"""Sweeps: a grid of endpoints, models, settings and prompts over the rows of a file, or over none."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from tui_app.core.batch_estimates import Estimate, estimate, estimate_words
from tui_app.core.batch_items import Item
from tui_app.core.batch_plans import (
    MOST,
    SYSTEM,
    Plan,
    Wanted,
    make_plan,
    read_grid,
    refused_leads,
    unsupported,
)
from tui_app.core.cautions import cautions
from tui_app.core.counts import counted
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InvalidRequest
from tui_app.core.overrides import effective
from tui_app.core.prompts import Prompt
from tui_app.core.tables import Table, TableRow
from tui_app.core.variations import Variation

PARTS: Final = "---"
"""Stands alone on a line between two system prompts."""
NO_ROWS: Final = Table("jsonl", (), (TableRow(1, {}),))
"""What is asked where there is no file: each prompt once, as it is."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a person wants to be asked of whom: each endpoint with each model gets a batch of its own.

    Without `prompts` the rows bring their own. `grid` has the values of each setting, as typed, `place` is
    the file's absolute path, without links.
    """

    table: Table
    title: str
    digest: str
    endpoints: tuple[Endpoint, ...] = ()
    models: tuple[str, ...] = ()
    prompts: tuple[Prompt, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    grid: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    place: str = ""

    @property
    def open_variables(self) -> tuple[str, ...]:
        """The variables of its prompts that no column gives."""
        names = dict.fromkeys(name for prompt in self.prompts for name in prompt.template.variables)
        return tuple(name for name in names if name not in self.table.columns)

    @property
    def asked(self) -> tuple[Endpoint, ...]:
        """Every endpoint with every model."""
        models = self.models or ("",)
        return tuple(
            Variation(each.inference_id, name).of(each) for each in self.endpoints for name in models
        )


def unfiled(prompts: Sequence[Prompt]) -> tuple[str, str]:
    """Title and digest of a sweep without a file."""
    title = ", ".join(prompt.name for prompt in prompts) or "no file"
    return title, hashlib.sha256(title.encode()).hexdigest()


def plans_of(sweep: Sweep) -> tuple[Plan, ...]:
    """A plan for each endpoint and model. Raises InvalidRequest, InvalidEndpoint."""
    if not sweep.endpoints:
        raise InvalidRequest("no endpoint is chosen", "Choose one at least.")
    if sweep.table is NO_ROWS and not sweep.prompts:
        raise InvalidRequest("nothing is asked", "Name a file with a column `prompt`, or choose a prompt.")
    plans, count = [], 0
    for endpoint in sweep.asked:
        plan = make_plan(
            Wanted(
                sweep.title,
                sweep.digest,
                sweep.table,
                endpoint,
                prompts=sweep.prompts,
                values={name: text for name, text in sweep.values.items() if name in sweep.open_variables},
                grid=sweep.grid,
                place=sweep.place,
            )
        )
        count += len(plan.items)
        if count > MOST:
            raise InvalidRequest(f"that is more than {MOST:,} requests", "Part the file, or vary less.")
        plans.append(plan)
    return tuple(plans)


def read_lists(typed: Mapping[str, str], systems: str) -> dict[str, tuple[str, ...]]:
    """The values of each setting that is varied, from lists with commas and parted system prompts.

    Raises InvalidRequest.
    """
    grid = read_grid(f"{name}={values}" for name, values in typed.items() if values.strip(" ,"))
    texts = [""]
    for line in systems.split("\n"):
        if line.strip() == PARTS:
            texts.append("")
        else:
            texts[-1] += f"\n{line}" if texts[-1] else line
    found = tuple(dict.fromkeys(text.strip("\n") for text in texts if text.strip()))
    return {**grid, SYSTEM: found} if found else grid


def factors(sweep: Sweep) -> str:
    """Where the number of requests comes from: `4 rows by 2 prompts by 3 of temperature`."""
    counts = {
        "row": 0 if sweep.table is NO_ROWS else len(sweep.table.rows),
        "prompt": len(sweep.prompts),
        "endpoint": len(sweep.endpoints),
        "model": len(sweep.models),
    }
    parts = [counted(count, name) for name, count in counts.items() if count]
    return " by ".join([*parts, *(f"{len(values)} of {name}" for name, values in sweep.grid.items())])


def price_words(items: Sequence[Sequence[Item]], asked: Sequence[Endpoint]) -> str:
    """How many requests there are to each endpoint, with their tokens and what they cost at most."""
    told = [estimate(each, endpoint) for each, endpoint in zip(items, asked, strict=True)]
    prices = [(each.least, each.most) for each in told]
    known = [(least, most) for least, most in prices if least is not None and most is not None]
    whole = Estimate(
        sum(each.requests for each in told),
        sum(each.tokens_in for each in told),
        sum(each.tokens_out for each in told),
        sum(least for least, _ in known) if len(known) == len(told) else None,
        sum(most for _, most in known) if len(known) == len(told) else None,
    )
    return estimate_words(whole, free=all(each.local.sandbox for each in asked))


def before_words(known: int, total: int, *, anew: bool) -> str:
    """How many of all requests were asked before, and what becomes of them; empty where there are none."""
    if not known:
        return ""
    of = "This was asked before" if known == total else f"{known:,} of {total:,} were asked before"
    if anew:
        return f"{of}; all are asked again, and the earlier run stays to be compared with."
    return f"{of}: {'nothing is left to ask' if known == total else 'their answers are kept'}."


def doubts(plans: Sequence[Plan], asked: Sequence[Endpoint], today: date) -> Iterator[str]:
    """What will probably be refused or cannot be checked, each said once."""
    told: dict[str, None] = {}
    for plan, endpoint in zip(plans, asked, strict=True):
        for settings in dict.fromkeys(item.request.settings for item in plan.items):
            found = cautions(effective(endpoint, settings), today)
            told |= dict.fromkeys(each.message for each in found)
        if led := refused_leads(plan.items, endpoint.model):
            told[f"{endpoint.model} refuses {counted(led, 'row')} that end with the assistant's turn"] = None
    yield from told
    for words, where in (unsupported(plans[0]) if plans else {}).items():
        yield f"not supported in {where}, and so not passed: {words}"
