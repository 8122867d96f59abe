"""A value that fits a JSON schema, always the same for the same schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_DEEPEST: Final = 12
_STRINGS: Final = {
    "date": "2026-01-31",
    "time": "12:00:00Z",
    "date-time": "2026-01-31T12:00:00Z",
    "email": "sandbox@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def sample(schema: object, root: object = None, depth: int = 0) -> object:
    """Give a value for a schema; what the schema leaves open, or states in riddles, is a guess."""
    root = schema if root is None else root
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return None
    if "$ref" in schema:
        return sample(_resolved(str(schema["$ref"]), root), root, depth + 1)
    for name in ("const", "default"):
        if name in schema:
            return schema[name]
    for name in ("enum", "examples"):
        if isinstance(schema.get(name), list) and schema[name]:
            return schema[name][0]
    for name in ("anyOf", "oneOf", "allOf"):
        if isinstance(schema.get(name), list) and schema[name]:
            return sample(schema[name][0], root, depth + 1)
    return _of_type(schema, root, depth)


def sample_object(schema: object) -> dict[str, object]:
    """Give an object for a schema; an empty one where the schema is not that of an object."""
    value = sample(schema)
    return value if isinstance(value, dict) else {}


def _of_type(schema: Mapping[str, object], root: object, depth: int) -> object:
    kind = schema.get("type", "object" if "properties" in schema else "string")
    if isinstance(kind, list):
        kind = kind[0] if kind else "null"
    match kind:
        case "object":
            properties = schema.get("properties")
            named = properties if isinstance(properties, Mapping) else {}
            return {str(name): sample(part, root, depth + 1) for name, part in named.items()}
        case "array":
            least = max(1, _number(schema, "minItems", 1))
            return [sample(schema.get("items", {}), root, depth + 1)] * min(least, 100)
        case "integer" | "number":
            return _number(schema, "minimum", _number(schema, "exclusiveMinimum", 0) + 1)
        case "boolean":
            return True
        case "null":
            return None
    return _string(schema)


def _string(schema: Mapping[str, object]) -> str:
    text = _STRINGS.get(str(schema.get("format")), "sandbox")
    text = text.ljust(min(_number(schema, "minLength", 0), 1_000), ".")
    longest = _number(schema, "maxLength", len(text))
    return text[: max(0, longest)]


def _number(schema: Mapping[str, object], name: str, otherwise: int) -> int:
    value = schema.get(name)
    return int(value) if isinstance(value, int | float) else otherwise


def _resolved(reference: str, root: object) -> object:
    found: object = root
    for step in reference.removeprefix("#").split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
