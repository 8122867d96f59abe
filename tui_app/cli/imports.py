"""Endpoints from texts of other programs: told first, then made, each on its own."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from tui_app.cli.bodies import kept_words
from tui_app.cli.exits import Exit, Failed, code_of, complain, one_line, sentences
from tui_app.cli.files import read_text
from tui_app.cli.streams import interruptible, is_terminal, write_json, write_line
from tui_app.cli.vault import open_vault_for
from tui_app.core.counts import counted
from tui_app.core.endpoint import ID_RULE
from tui_app.core.errors import InfertermError
from tui_app.core.import_items import Fate, Item
from tui_app.core.imports import Paste, carry_out, known_of, plan

if TYPE_CHECKING:
    from tui_app.wiring import Workbench

LARGEST: Final = 8 * 2**20
"""Bytes of a text; nobody pastes more."""
_PROBLEMS: Final = 20
_MADE: Final = {True: "would be", False: "will be"}


@dataclass(frozen=True, slots=True)
class Import:
    """How it is wanted: `inference_id` is for a body that names none."""

    inference_id: str = ""
    replace: bool = False
    dry_run: bool = False
    as_json: bool = False
    yes: bool = False

    def named_after(self, file: str | None) -> Import:
        """With the id from the name of a file such as inferterm's own, unless one is given."""
        stem = Path(file or "").stem
        if self.inference_id or not (file or "").endswith(".json") or not ID_RULE.fullmatch(stem):
            return self
        return replace(self, inference_id=stem)


def read_paste(file: str | None) -> Paste:
    """Read a file, or standard input, and take the keys out. Raises UsageError, InputFailed."""
    return Paste.of(read_text(file or "-", "or paste what makes endpoints", LARGEST))


async def import_endpoints(bench: Workbench, paste: Paste, wanted: Import) -> None:
    """Tell what a paste makes, and make it. Raises Failed where something is wrong, UsageError, Abort."""
    known = await known_of(bench.inference.endpoints, paste)
    items = plan(paste, known, [wanted.inference_id] if wanted.inference_id else [])
    if not items:
        raise click.UsageError("there is nothing in it")
    _refuse_wrong(items, wanted)
    chosen = [item for item in items if _is_meant(item, wanted)]
    if wanted.dry_run:
        _tell(items, wanted)
        return
    if not wanted.as_json:
        for item in items:
            if item not in chosen:
                complain(_words(item, wanted))
    if chosen and not wanted.yes and is_terminal(sys.stdin, sys.stderr):
        for item in chosen:
            complain(_words(item, wanted))
        with interruptible():
            click.confirm(f"Make or change {counted(len(chosen), 'endpoint')}?", abort=True, err=True)
    await _make(bench, items, chosen, wanted)


def _is_meant(item: Item, wanted: Import) -> bool:
    return item.fate is Fate.NEW or (item.fate is Fate.DIFFERS and wanted.replace)


def _refuse_wrong(items: Sequence[Item], wanted: Import) -> None:
    """Make nothing at all where something is wrong: whoever mends it pastes the whole again."""
    problems = [problem for item in items for problem in item.problems]
    if not problems:
        return
    if wanted.as_json:
        write_json([_value(item, _fate(item, wanted)) for item in items])
    lines = [f"line {line}: {one_line(words)}" for line, words in problems[:_PROBLEMS]]
    if len(problems) > _PROBLEMS:
        lines.append(f"and {len(problems) - _PROBLEMS} more")
    if any(not item.named and not item.inference_id for item in items):
        lines.append("--id gives an endpoint its id")
    raise Failed([*lines, "nothing was made"], Exit.BAD_INPUT)


def _tell(items: Sequence[Item], wanted: Import) -> None:
    if wanted.as_json:
        write_json([_value(item, _fate(item, wanted)) for item in items])
        return
    for item in items:
        write_line(_words(item, wanted))


async def _make(bench: Workbench, items: Sequence[Item], chosen: Sequence[Item], wanted: Import) -> None:
    """Make them one after another; one that fails hinders no other."""
    outcomes: dict[int, str] = {}
    failures: list[InfertermError] = []
    for item in chosen:
        assert item.endpoint is not None
        try:
            if item.key is not None:
                await open_vault_for(bench, item.endpoint, make=True)
            status = await carry_out(bench.inference.endpoints, item, item.endpoint, item.key)
        except InfertermError as error:
            failures.append(error)
            outcomes[id(item)] = f"not made: {sentences(str(error), error.advice)}"
            complain(f"{item.inference_id}: {outcomes[id(item)]}")
            continue
        outcomes[id(item)] = "created" if item.current is None else "replaced"
        if not wanted.as_json:
            write_line(f"{outcomes[id(item)]} {item.inference_id}; key {kept_words(item.endpoint, status)}")
    if wanted.as_json:
        write_json([_value(item, outcomes.get(id(item)) or _fate(item, wanted)) for item in items])
    if failures:
        made = len(chosen) - len(failures)
        raise Failed([f"{counted(made, 'endpoint')} made, {len(failures)} not"], code_of(failures[0]))


def _fate(item: Item, wanted: Import) -> str:
    if item.fate is Fate.NEW and wanted.dry_run:
        return "new"
    if item.fate is Fate.DIFFERS:
        return "differs" if wanted.dry_run and wanted.replace else "left as it is"
    return str(item.fate)


def _words(item: Item, wanted: Import) -> str:
    """One line about an item."""
    verb, name = _MADE[wanted.dry_run], item.inference_id
    match item.fate:
        case Fate.NEW:
            assert item.endpoint is not None
            words = f"{name} {verb} created: {one_line(item.endpoint.model)}, {_key_words(item)}"
        case Fate.SAME:
            words = f"{name} exists and is the same"
        case Fate.DIFFERS if wanted.replace:
            words = f"{name} {verb} changed: {'; '.join(item.changes)}"
        case Fate.DIFFERS:
            words = f"{name} exists and stays as it is, --replace changes it: {'; '.join(item.changes)}"
        case _:
            words = f"{name or 'this'} is skipped: {item.words}"
    notes = "".join(f"; note: {note}" for note in item.notes) if _is_meant(item, wanted) else ""
    return one_line(f"line {item.line}: {words}{notes}")


def _key_words(item: Item) -> str:
    assert item.endpoint is not None
    source = item.endpoint.local.key
    if item.endpoint.local.sandbox:
        return "no key is needed"
    if item.key is not None:
        return "with its key"
    return f"key from ${source.variable}" if source.place == "environment" else "without a key"


def _value(item: Item, outcome: str) -> dict[str, object]:
    """An item for scripts; never a key."""
    return {
        "line": item.line,
        "inference_id": item.inference_id or None,
        "state": str(item.fate),
        "outcome": outcome,
        "problems": [{"line": line, "message": words} for line, words in item.problems],
        "reason": item.words or None,
        "changes": list(item.changes),
        "notes": list(item.notes),
        "key": _key_words(item) if item.endpoint else None,
    }
