"""JSON in answers: read strictly, found in a text, held against a schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from tui_app.core.jsons import JsonValue
from tui_app.core.text import one_line

_OPENING: Final = re.compile(r"[{\[]")


def strict_json(text: str) -> JsonValue:
    """One JSON value as every parser takes it. Raises ValueError that says where it is none."""

    def refuse(name: str) -> None:
        raise ValueError(f"{name} is not JSON")

    try:
        value: JsonValue = json.loads(text, parse_constant=refuse)
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg} (line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def check_schema(schema: JsonValue) -> None:
    """Raise ValueError for what is no JSON schema."""
    from jsonschema import SchemaError
    from jsonschema.validators import validator_for

    if not isinstance(schema, dict | bool):
        raise ValueError("a JSON schema is an object")
    try:
        validator_for(schema).check_schema(schema)
    except SchemaError as error:
        raise ValueError(f"not a JSON schema: {one_line(error.message, limit=120)}") from None


def load_schemas() -> None:
    """Import what checks schemas, before time is taken."""
    import jsonschema  # noqa: F401
    import referencing  # noqa: F401


def flaw_of(value: JsonValue, schema: JsonValue) -> str:
    """By what a value does not fit a schema; empty if it does. Nothing is fetched from anywhere.

    Raises ValueError where that cannot be told.
    """
    from jsonschema.exceptions import _WrappedReferencingError, best_match
    from jsonschema.validators import validator_for
    from referencing import Registry

    kind = validator_for(schema)
    try:
        validator = kind(schema, registry=Registry(), format_checker=kind.FORMAT_CHECKER)
        error = best_match(validator.iter_errors(value))
    except _WrappedReferencingError as missing:
        words = one_line(str(missing), limit=120)
        raise ValueError(f"the schema refers to what is not in it: {words}") from None
    except RecursionError:
        raise ValueError("the schema goes round in a circle") from None
    except (ArithmeticError, re.error) as trouble:
        raise ValueError(f"the schema cannot be checked: {trouble}") from None
    if error is None:
        return ""
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
    return f"{where.lstrip('.') or 'the whole'}: {one_line(error.message, limit=160)}"


def jsons_in(text: str) -> Iterator[JsonValue]:
    """The JSON objects and lists that stand in a text."""
    decoder = json.JSONDecoder()
    start = 0
    while found := _OPENING.search(text, start):
        try:
            value, start = decoder.raw_decode(text, found.start())
        except (ValueError, RecursionError):
            start = found.end()
        else:
            yield value
