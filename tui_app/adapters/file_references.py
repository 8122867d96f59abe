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

_MARK, _URI, _BASE64 = "digest", "data_uri", ";base64,"
_HEAD: Final = 100
"""Characters within which a data URI tells its type."""
GONE: Final = ""
"""The base64 of a file that is not kept any more."""


def without_files(connection: sqlite3.Connection, body: JsonObject) -> JsonObject:
    """The body with references to the files that are kept."""

    def refer(found: JsonObject | str) -> JsonValue:
        if not isinstance(found, str) and "data" not in found:
            return found
        head, _, data = found.partition(_BASE64) if isinstance(found, str) else ("", "", found["data"])
        digest = _digest(data)
        there = connection.execute("SELECT 1 FROM file WHERE digest = ?", (digest,)).fetchone()
        if there is None:
            return found
        rest = {_URI: head} if isinstance(found, str) else _without(found, "data")
        return {**rest, _MARK: digest}

    changed = _sources(body, refer)
    assert isinstance(changed, Mapping)
    return changed


def with_files(connection: sqlite3.Connection, body: JsonObject) -> JsonObject:
    """The body as it was sent; of a file that is gone nothing is left."""

    def restore(found: JsonObject | str) -> JsonValue:
        if isinstance(found, str) or _MARK not in found:
            return found
        row = connection.execute("SELECT data FROM file WHERE digest = ?", (found[_MARK],)).fetchone()
        data = GONE if row is None else base64.b64encode(row["data"]).decode("ascii")
        if _URI in found:
            return f"{found[_URI]}{_BASE64}{data}"
        return {**_without(found, _MARK), "data": data}

    changed = _sources(body, restore)
    assert isinstance(changed, Mapping)
    return changed


def _sources(value: JsonValue, change: Callable[[JsonObject | str], JsonValue]) -> JsonValue:
    """The value with everything changed that is a file in base64: a source, or a data URI."""
    if isinstance(value, Mapping):
        if _URI in value or (value.get("type") == "base64" and ("data" in value or _MARK in value)):
            return change(value)
        return {name: _sources(each, change) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_sources(each, change) for each in value]
    is_uri = isinstance(value, str) and value.startswith("data:") and _BASE64 in value[:_HEAD]
    return change(value) if is_uri and isinstance(value, str) else value


def _without(source: JsonObject, name: str) -> JsonObject:
    return {each: value for each, value in source.items() if each != name}


def _digest(data: JsonValue) -> str:
    try:
        return hashlib.sha256(base64.b64decode(str(data), validate=True)).hexdigest()
    except (binascii.Error, ValueError):
        return ""
