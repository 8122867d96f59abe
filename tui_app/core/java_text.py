"""JSON values as Java prints them, in which Elasticsearch quotes what it refuses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from tui_app.core.jsons import JsonValue

LONGEST: Final = 2000
"""Characters of a value that are quoted at most."""
_SECRET_NAME: Final = re.compile(r"(x-)?api[-_]?key|authorization|secret|password", re.IGNORECASE)
_SECRET: Final = re.compile(r"sk-[\w-]{8,}")


def java_text(value: JsonValue, name: str = "") -> str:
    """The value that stands under `name`, with keys masked: `{a=1, b=[true, null]}`."""
    text = _text(value, name)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def masked(value: JsonValue, name: str = "") -> JsonValue:
    """The same value with `***` in place of what is, or looks like, a key."""
    match value:
        case str():
            return "***" if _SECRET_NAME.fullmatch(name) and value else _SECRET.sub("***", value)
        case Mapping():
            return {key: masked(part, key) for key, part in value.items()}
        case list() | tuple():
            return [masked(part, name) for part in value]
        case _:
            return value


def _text(value: JsonValue, name: str) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return str(masked(value, name))
        case Mapping():
            return "{" + ", ".join(f"{key}={_text(part, key)}" for key, part in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(_text(part, name) for part in value) + "]"
        case _:
            return _double(value) if isinstance(value, float) else str(value)


def _double(number: float) -> str:
    """As `Double.toString` writes it: with a power of ten from 10^7 on and below 10^-3."""
    if number == 0 or 1e-3 <= abs(number) < 1e7:
        return repr(number)
    digits, _, power = f"{Decimal(repr(number)).normalize():E}".partition("E")
    return f"{digits if '.' in digits else f'{digits}.0'}E{int(power)}"
