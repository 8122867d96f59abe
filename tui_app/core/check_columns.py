"""Checks and variables of a row: our own columns, and promptfoo's as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from tui_app.core.checks import FIGURES, Check, Kind
from tui_app.core.json_schemas import check_schema, strict_json
from tui_app.core.jsons import JsonObject, JsonValue
from tui_app.core.patterns import pattern
from tui_app.core.promptfoo import assertion, assertion_of_object, is_special
from tui_app.core.tables import cell_text

_PREFIXES: Final = ("check:", "check_", "check-", "check ")
_OWN: Final[Mapping[str, tuple[Kind, bool]]] = {
    "contains": (Kind.CONTAINS, False),
    "not contains": (Kind.CONTAINS, True),
    "does not contain": (Kind.CONTAINS, True),
    "matches": (Kind.MATCHES, False),
    "not matches": (Kind.MATCHES, True),
    "equals": (Kind.EQUALS, False),
    "not equals": (Kind.EQUALS, True),
    "json": (Kind.JSON, False),
    "is json": (Kind.JSON, False),
    "valid json": (Kind.JSON, False),
    "json schema": (Kind.JSON_SCHEMA, False),
    "max tokens": (Kind.MAX_TOKENS, False),
    "max seconds": (Kind.MAX_SECONDS, False),
    "max dollars": (Kind.MAX_DOLLARS, False),
}
"""Columns by name, in which `_` and `-` count as spaces."""
_BARE_TOO: Final = tuple(_OWN)
_YES, _NO = ("true", "yes", "1", "y", "x"), ("false", "no", "0", "n", "")
_NUMBERED: Final = re.compile(r"(.*[^\d\s])[ ]?\d+")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a row says beside its data: texts for variables, checks, and what promptfoo's columns add."""

    values: Mapping[str, str]
    checks: tuple[Check, ...] = ()
    threshold: float | None = None
    prefix: str = ""
    suffix: str = ""


def read_row(row: JsonObject, variables: Iterable[str] = ()) -> Asked:
    """Take a row apart. A column that one of the prompt's `variables` takes is no check.

    Raises ValueError that names the column whose check cannot be one.
    """
    cells = _cells(row)
    taken = set(variables)
    values = {name: cell_text(cell) for name, cell in cells.items() if not is_special(name)}
    own = [check for name, cell in cells.items() for check in _own(name, cell, taken)]
    known = {name: value for name, value in values.items() if _own_name(name, taken) is None}
    theirs = list(_assertions(row, cells, values))
    metric = cell_text(cells.get("__metric", ""))
    threshold = _number("__threshold", cells.get("__threshold"))
    return Asked(
        known,
        tuple(replace(check, name=check.name or metric) for check in (*own, *theirs)),
        threshold,
        cell_text(cells.get("__prefix", "")),
        cell_text(cells.get("__suffix", "")),
    )


def _cells(row: JsonObject) -> dict[str, JsonValue]:
    """The cells by column; `vars` and `checks` of a JSON row are opened."""
    cells: dict[str, JsonValue] = {}
    for name, value in row.items():
        if name == "vars" and isinstance(value, Mapping):
            cells |= value
        elif name == "checks" and isinstance(value, Mapping):
            cells |= {f"check:{kind}": wanted for kind, wanted in value.items()}
        elif not (name == "assert" and isinstance(value, list)):
            cells[name] = value
    return cells


def _own_name(column: str, taken: Iterable[str] = ()) -> str | None:
    """The check that a column is, None if it is data."""
    name = column.strip().lower()
    prefix = next((each for each in _PREFIXES if name.startswith(each)), "")
    bare = re.sub(r"[-_\s]+", " ", name.removeprefix(prefix)).strip()
    numbered = _NUMBERED.fullmatch(bare)
    bare = numbered[1] if numbered and bare not in _OWN else bare
    if prefix:
        return bare
    return bare if bare in _BARE_TOO and column not in taken else None


def _own(column: str, cell: JsonValue, taken: Iterable[str]) -> Iterator[Check]:
    name = _own_name(column, taken)
    if name is None or cell is None or (isinstance(cell, str) and not cell.strip()):
        return
    if name not in _OWN:
        raise ValueError(f"column {column}: there is no such check; there are {', '.join(_OWN)}")
    kind, negated = _OWN[name]
    try:
        for value in cell if isinstance(cell, list) and kind not in FIGURES else [cell]:
            if kind is not Kind.JSON or _yes(value):
                yield Check(kind, _value(kind, value), negated, column)
    except ValueError as error:
        raise ValueError(f"column {column}: {error}") from None


def _value(kind: Kind, cell: JsonValue) -> JsonValue:
    """The value of a check of our own. Raises ValueError."""
    if kind is Kind.JSON:
        return None
    if kind in FIGURES:
        return _number("", cell)
    if kind is Kind.JSON_SCHEMA:
        try:
            schema = strict_json(cell) if isinstance(cell, str) else cell
        except ValueError as error:
            raise ValueError(f"not JSON: {error}") from None
        check_schema(schema)
        return schema
    text = cell_text(cell)
    if kind is Kind.MATCHES:
        pattern(text)
    return text


def _yes(cell: JsonValue) -> bool:
    word = cell_text(cell).strip().lower()
    if word not in (*_YES, *_NO):
        raise ValueError(f"say true or leave it empty, not {word[:40]!r}")
    return word in _YES


def _number(column: str, cell: JsonValue) -> float | None:
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    try:
        number = float(cell_text(cell).strip().removeprefix("$"))
    except ValueError:
        number = float("nan")
    if not 0 <= number < float("inf"):
        what = f"column {column}: " if column else ""
        raise ValueError(f"{what}this is no number from 0 up: {cell_text(cell)[:40]!r}")
    return number


def _assertions(
    row: JsonObject, cells: Mapping[str, JsonValue], values: Mapping[str, str]
) -> Iterator[Check]:
    """The checks of promptfoo's `__expected` columns, and of `assert` in a JSON row."""
    for name, cell in cells.items():
        if name.startswith("__expected") and cell_text(cell).strip():
            yield assertion(cell_text(cell), _config(name, cells), values)
    tests = row.get("assert")
    for test in tests if isinstance(tests, list) else []:
        yield assertion_of_object(test, values)


def _config(column: str, cells: Mapping[str, JsonValue]) -> dict[str, str]:
    """What `__config:__expectedN:<key>` columns say of one assertion; without a number, of all."""
    whole: dict[str, str] = {}
    for about in ("__expected", column):
        head = f"__config:{about}:"
        whole |= {
            name.removeprefix(head): cell_text(cell) for name, cell in cells.items() if name.startswith(head)
        }
    config = {key: value for key, value in whole.items() if value.strip()}
    for key, value in config.items():
        if key != "threshold":
            raise ValueError(f"column __config:…:{key}: only `threshold` can be set so")
        _number(f"__config:{column}:threshold", value)
    return config
