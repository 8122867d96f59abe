"""`filter_path`: the parts of an answer that a client wants to see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from tui_app.core.jsons import JsonValue

_Path: TypeAlias = tuple[str, ...]
_MOST: Final = 50
_NOTHING: Final[JsonValue] = ()
"""Stands for a part of which nothing is left; no answer holds an empty tuple."""


def filtered(value: JsonValue, paths: str) -> JsonValue:
    """What is left of a value: dotted paths with commas between, `*` and `**` in them, `-` to leave out."""
    wanted = [tuple(path.split(".")) for path in paths.split(",")[:_MOST] if path]
    left_out = [(path[0][1:], *path[1:]) for path in wanted if path[0].startswith("-")]
    kept = [path for path in wanted if not path[0].startswith("-")]
    if kept:
        value = _kept(value, kept)
    if left_out and value is not _NOTHING:
        value = _without(value, left_out)
    return {} if value is _NOTHING else value


def _kept(value: JsonValue, paths: Iterable[_Path]) -> JsonValue:
    if () in paths:
        return value
    if isinstance(value, Mapping):
        found = {name: _kept(part, _after(paths, name)) for name, part in value.items()}
        return {name: part for name, part in found.items() if part is not _NOTHING} or _NOTHING
    if isinstance(value, list):
        return [part for part in (_kept(each, paths) for each in value) if part is not _NOTHING] or _NOTHING
    return _NOTHING


def _without(value: JsonValue, paths: Iterable[_Path]) -> JsonValue:
    if isinstance(value, Mapping):
        after = {name: _after(paths, name) for name in value}
        return {n: _without(part, after[n]) for n, part in value.items() if () not in after[n]}
    if isinstance(value, list):
        return [_without(each, paths) for each in value]
    return value


def _after(paths: Iterable[_Path], name: str) -> set[_Path]:
    """What is left of each path behind the member `name`; the empty path means all of it."""
    found: set[_Path] = set()
    for path in paths:
        match path:
            case ():
                continue
            case ("**", *rest):
                found |= {path, *_after([tuple(rest)], name)} if rest else {()}
            case (head, *rest) if _fits(head, name):
                found.add(tuple(rest))
    return found


def _fits(pattern: str, name: str) -> bool:
    return re.fullmatch(".*?".join(map(re.escape, pattern.split("*"))), name, re.DOTALL) is not None
