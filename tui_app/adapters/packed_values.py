"""Values as text that a database can hold and search, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


def packed(value: object) -> str:
    """Any JSON value, or a dataclass of such, as JSON text."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_mapping)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"), default=_mapping)
    return text


def unpacked(kind: type[T], text: str) -> T:
    """The dataclass that was packed. Raises ValueError or TypeError when somebody else wrote there."""
    return kind(**known_fields(kind, text))


def known_fields(kind: type[DataclassInstance], text: str) -> dict[str, Any]:
    """The fields that packed text holds, lists as tuples; what a later inferterm added is left out."""
    names = _names(kind)
    found = dict(json.loads(text))
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in found.items()
        if name in names
    }


@lru_cache(maxsize=16)
def _names(kind: type[DataclassInstance]) -> frozenset[str]:
    return frozenset(each.name for each in fields(kind))


def _mapping(value: object) -> dict[Any, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} is no JSON")
