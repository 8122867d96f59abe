"""The parameters of a query, as Elasticsearch reads and refuses them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from tui_app.core.elastic_errors import ARGUMENT, refused
from tui_app.core.java_text import java_text

COMMON: Final = frozenset({"pretty", "human", "error_trace", "filter_path"})
"""Parameters that every request may have."""
_MANY: Final = 64
_UNITS: Final = {"nanos": 1e-9, "micros": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_INT64_MAX: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Duration:
    """A time as it was written, and in seconds."""

    text: str
    seconds: float


def read_query(query: bytes) -> dict[str, str]:
    """The parameters, the last of several with one name. Raises Refused."""
    try:
        pairs = parse_qsl(
            query.decode("ascii"), keep_blank_values=True, max_num_fields=_MANY, errors="strict"
        )
    except ValueError:
        raise refused("the query of this request cannot be read", kind=ARGUMENT) from None
    return dict(pairs)


def check_names(parameters: Mapping[str, str], known: frozenset[str], path: str) -> None:
    """Raise Refused for parameters that a request does not have."""
    unknown = sorted(parameters.keys() - known - COMMON)
    if unknown:
        names = ", ".join(f"[{java_text(name)}]" for name in unknown)
        plural = "s" if len(unknown) > 1 else ""
        raise refused(f"request [{path}] contains unrecognized parameter{plural}: {names}", kind=ARGUMENT)


def truth(parameters: Mapping[str, str], name: str) -> bool:
    """A parameter that is true, false, absent (false), or there without a value (true). Raises Refused."""
    value = parameters.get(name, "false")
    if value not in {"true", "false", ""}:
        words = f"Failed to parse value [{java_text(value)}] as only [true] or [false] are allowed."
        raise refused(words, kind=ARGUMENT)
    return value != "false"


def duration(parameters: Mapping[str, str], name: str, default: str) -> Duration:
    """A time such as `30s`; `-1` is over at once, as in Elasticsearch. Raises Refused."""
    text = parameters.get(name, default)
    if text in {"-1", "0"}:
        return Duration(text, 0.0)
    where = f"failed to parse setting [{name}] with value [{java_text(text)}] as a time value"
    found = re.fullmatch(r"\s*(-?[\d.]+)\s*([a-zA-Z]+)\s*", text, re.ASCII)
    if not found or found[2].lower() not in _UNITS:
        raise refused(f"{where}: unit is missing or unrecognized", kind=ARGUMENT)
    number, unit = found[1], found[2].lower()
    if number.startswith("-"):
        raise refused(f"{where}: negative durations are not supported", kind=ARGUMENT)
    if "." in number:
        raise refused(f"failed to parse [{text}], fractional time values are not supported", kind=ARGUMENT)
    if len(number) > len(str(_INT64_MAX)) or int(number) > _INT64_MAX:
        raise refused(f"failed to parse [{java_text(text)}]", kind=ARGUMENT)
    return Duration(text.strip(), int(number) * _UNITS[unit])
