"""A value that fits a JSON schema, always the same for the same schema."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

_DEEPEST: Final = 12
_MOST_VALUES: Final = 2_000
_STRINGS: Final = {
    "date": "2026-01-31",
    "time": "12:00:00Z",
    "date-time": "2026-01-31T12:00:00Z",
    "email": "sandbox@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def sample(schema: object) -> object:
    """Give a value for a schema; what it says beyond types, bounds and choices is not heeded."""
    return _Sampler(schema).value(schema, 0)


def sample_object(schema: object) -> dict[str, object]:
    """Give an object for a schema; an empty one where the schema is not that of an object."""
    value = sample(schema)
    return value if isinstance(value, dict) else {}


class _Sampler:
    """Makes the value of one schema; a schema without end gets null where it goes on too long."""

    def __init__(self, root: object) -> None:
        self._root, self._left = root, _MOST_VALUES

    def value(self, schema: object, depth: int) -> object:
        self._left -= 1
        if not isinstance(schema, Mapping) or depth > _DEEPEST or self._left < 0:
            return None
        if "$ref" in schema:
            return self.value(self._resolved(str(schema["$ref"])), depth + 1)
        for name in ("const", "default"):
            if name in schema:
                return schema[name]
        for name in ("enum", "examples"):
            if choices := _list(schema, name):
                return choices[0]
        for name in ("anyOf", "oneOf", "allOf"):
            if choices := _list(schema, name):
                return self.value(choices[0], depth + 1)
        return self._of_type(schema, depth)

    def _of_type(self, schema: Mapping[str, object], depth: int) -> object:
        kinds = _list(schema, "type") or [schema.get("type")]
        match kinds[0] or ("object" if "properties" in schema else "string"):
            case "object":
                properties = schema.get("properties")
                named = properties if isinstance(properties, Mapping) else {}
                return {str(name): self.value(part, depth + 1) for name, part in named.items()}
            case "array":
                least = min(max(1, _number(schema, "minItems", 1)), _MOST_VALUES)
                items = schema.get("items", {"type": "string"})
                return [self.value(items, depth + 1) for _ in range(least) if self._left > 0]
            case "integer" | "number":
                return _number(schema, "minimum", _number(schema, "exclusiveMinimum", 0) + 1)
            case "boolean":
                return True
            case "null":
                return None
        return _string(schema)

    def _resolved(self, reference: str) -> object:
        found = self._root
        for step in reference.removeprefix("#").split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            found = found.get(name) if isinstance(found, Mapping) else None
        return found


def _list(schema: Mapping[str, object], name: str) -> list[object]:
    value = schema.get(name)
    return value if isinstance(value, list) else []


def _string(schema: Mapping[str, object]) -> str:
    text = _STRINGS.get(str(schema.get("format")), "sandbox")
    text = text.ljust(min(_number(schema, "minLength", 0), 1_000), ".")
    return text[: max(0, _number(schema, "maxLength", len(text)))]


def _number(schema: Mapping[str, object], name: str, otherwise: int) -> int:
    value = schema.get(name)
    if not isinstance(value, int | float) or not math.isfinite(value):
        return otherwise
    return math.ceil(value)
