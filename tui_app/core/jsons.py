"""JSON at the door: read strictly, with the line on which each value stands."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TypeAlias

JsonValue: TypeAlias = (
    "bool | int | float | str | list[JsonValue] | tuple[JsonValue, ...] | Mapping[str, JsonValue] | None"
)
JsonObject: TypeAlias = Mapping[str, JsonValue]

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


_DIGITS_MAX = 1000
"""Python reads no more than 4,300 by itself, and says so in words for programmers."""


class NotJson(ValueError):
    """Text that is not JSON: `line` (from 1) and `reason` say where and why."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line, self.reason = line, reason


def read_json(text: str) -> JsonValue:
    """Parse one JSON value; NaN, doubled keys and endless nesting raise `NotJson`."""
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise NotJson(1, "it is empty; a JSON object is expected")
    try:
        value: JsonValue = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_refuse,
            parse_float=_finite,
            parse_int=_whole,
        )
    except json.JSONDecodeError as error:
        raise NotJson(error.lineno, f"{error.msg} (column {error.colno})") from None
    except RecursionError:
        raise NotJson(1, "it is nested too deeply") from None
    except _Doubled as error:
        lines = [line for path, line in _positions(text) if f".{path}".endswith(f".{error.key}")]
        raise NotJson(lines[-1] if lines else 1, f'the key "{error.key}" stands twice') from None
    except ValueError as error:
        raise NotJson(1, str(error)) from None
    return value


def document_text(value: object) -> str:
    """JSON as a file holds it for people: a member a line, and an end of the last."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def lines_of(text: str) -> dict[str, int]:
    """Map the dotted path of every key of a valid JSON text to its line, from 1."""
    return dict(_positions(text))


class _Doubled(ValueError):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _unique(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for key, value in pairs:
        if key in found:
            raise _Doubled(key)
        found[key] = value
    return found


def _refuse(name: str) -> JsonValue:
    raise ValueError(f"{name} is not JSON")


def _whole(digits: str) -> int:
    if len(digits) > _DIGITS_MAX:
        raise ValueError(f"the number {digits[:40]}… is too large")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"the number {digits[:40]} is too large")
    return number


def _positions(text: str) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    path: list[str] = []
    key, last, line, end = "", "", 1, 0
    for token in _TOKEN.finditer(text):
        line += text.count("\n", end, token.start())
        end = token.start()
        word = token.group()
        if word in "{[":
            path.append(key)
            key = ""
        elif word in "}]":
            key = path.pop() if path else ""
        elif word == ":":
            key = last
            found.append((".".join([*filter(None, path), key]), line))
        elif word.startswith('"'):
            last = json.loads(word, strict=False)
    return found
