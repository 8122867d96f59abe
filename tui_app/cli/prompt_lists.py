"""Kept prompts on standard output."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from tui_app.cli.exits import complain, one_line
from tui_app.cli.streams import write, write_json, write_line
from tui_app.core.durations import ago
from tui_app.core.errors import InvalidRequest
from tui_app.core.prompts import BrokenPrompt, Prompt, Version, differences
from tui_app.core.templates import write_template

if TYPE_CHECKING:
    from tui_app.wiring import Workbench


async def print_prompts(bench: Workbench, *, as_json: bool) -> None:
    """Print the list. Raises StoreFailed."""
    found = await bench.prompts.all()
    if as_json:
        write_json([_value(each) for each in found])
        return
    write_line(str(bench.folders.prompts))
    for each in found:
        if isinstance(each, BrokenPrompt):
            write_line(f"{each.name}: broken: {one_line(f'{each.place}: {each.reason}')}")
            continue
        names = [
            f"{name}={one_line(each.template.defaults[name])[:30]}"
            if name in each.template.defaults
            else name
            for name in each.template.variables
        ]
        about = f"  {one_line(each.template.description)}" if each.template.description else ""
        write_line(f"{each.name}: {', '.join(names) or 'no variables'}{about}")


async def print_prompt(bench: Workbench, name: str, values: Mapping[str, str]) -> None:
    """Print a prompt, filled in if there are values. Raises InvalidRequest, StoreFailed."""
    prompt = await bench.prompts.get(name)
    write(write_template(prompt.template.filled(values)) if values else prompt.text)


async def print_versions(bench: Workbench, name: str) -> None:
    """Print when each version was seen first. Raises InvalidRequest, StoreFailed."""
    for version in await _versions(bench, name):
        lines = len(version.text.splitlines())
        write_line(f"{version.number}: {ago(max(0.0, time.time() - version.seen_at))}, {lines} lines")


async def print_difference(bench: Workbench, name: str, before: int | None, after: int | None) -> None:
    """Print how two versions differ. Raises InvalidRequest, StoreFailed."""
    found = await _versions(bench, name)
    last = _numbered(found, name, after or len(found))
    first = _numbered(found, name, before or max(1, last.number - 1))
    for line in differences(first, last):
        write_line(line)
    if first.text == last.text:
        complain(f"version {first.number} and version {last.number} of {name} are the same")


async def _versions(bench: Workbench, name: str) -> tuple[Version, ...]:
    """All versions with the present one; a deleted or broken prompt has those that it had."""
    with suppress(InvalidRequest):
        await bench.prompts.get(name)
    found = await bench.prompts.versions(name)
    if not found:
        await bench.prompts.get(name)
    return found


def _numbered(found: tuple[Version, ...], name: str, number: int) -> Version:
    if number > len(found):
        raise InvalidRequest(f"{name} has no version {number}", f"It has {len(found)}.")
    return found[number - 1]


def _value(each: Prompt | BrokenPrompt) -> dict[str, object]:
    if isinstance(each, BrokenPrompt):
        return {"name": each.name, "path": each.path, "line": each.line, "error": each.reason}
    template = each.template
    return {
        "name": each.name,
        "path": each.path,
        "description": template.description,
        "variables": list(template.variables),
        "defaults": dict(template.defaults),
    }
