"""Bodies of requests as they are kept: for the base64 of a file that is kept already stands its digest."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from tui_app.core.jsons import JsonObject, JsonValue

if TYPE_CHECKING:
    import sqlite3

_MARK: Final = "digest"
GONE: Final = ""
"""The base64 of a file that is not kept any more."""


def without_files(connection: sqlite3.Connection, body: JsonObject) -> JsonObject:
    """The body with references to the files that are kept."""

    def refer(source: JsonObject) -> JsonObject:
        digest = _digest(source.get("data"))
        there = connection.execute("SELECT 1 FROM file WHERE digest = ?", (digest,)).fetchone()
        return source if there is None else {**_rest(source), _MARK: digest}

    changed = _sources(body, refer)
    assert isinstance(changed, Mapping)
    return changed


def with_files(connection: sqlite3.Connection, body: JsonObject) -> JsonObject:
    """The body as it was sent; of a file that is gone nothing is left."""

    def restore(source: JsonObject) -> JsonObject:
        if _MARK not in source:
            return source
        row = connection.execute("SELECT data FROM file WHERE digest = ?", (source[_MARK],)).fetchone()
        data = GONE if row is None else base64.b64encode(row["data"]).decode("ascii")
        return {**{name: value for name, value in source.items() if name != _MARK}, "data": data}

    changed = _sources(body, restore)
    assert isinstance(changed, Mapping)
    return changed


def _sources(value: JsonValue, change: Callable[[JsonObject], JsonObject]) -> JsonValue:
    """The value with every `source` of type base64 changed."""
    if isinstance(value, Mapping):
        if value.get("type") == "base64" and ("data" in value or _MARK in value):
            return change(value)
        return {name: _sources(each, change) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_sources(each, change) for each in value]
    return value


def _rest(source: JsonObject) -> JsonObject:
    return {name: value for name, value in source.items() if name != "data"}


def _digest(data: JsonValue) -> str:
    try:
        return hashlib.sha256(base64.b64decode(str(data), validate=True)).hexdigest()
    except (binascii.Error, ValueError):
        return ""
